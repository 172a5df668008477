"""The half that shows: queries, charts and pages over the published database."""
