"""Places of records as others cite them: in a style, as references, by selectors that outlive a re-reading."""
