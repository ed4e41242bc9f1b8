"""A draft held against the records."""
