"""A table of positions: who says what on which topic, in the fewest quotes, with the record's own verb."""
