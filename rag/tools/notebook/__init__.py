"""Quotes that are kept while reading: in order, with a line of one's own, checked by somebody, as a briefing."""
