"""The half that writes: fetch, archive, parse, resolve, append, measure, publish."""
