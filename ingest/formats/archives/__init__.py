"""Archives: their members and the names of these."""
