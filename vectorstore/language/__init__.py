"""What the lexical index knows of languages: which one a text is in, and its words as they are searched by."""
