"""One file a family of measures; each measure is one function."""
