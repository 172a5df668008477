"""One file per published source; a source exists by having its file here."""
