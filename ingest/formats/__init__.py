"""One reader a file format, and what readers share; each gives text and blocks."""
