"""The passages that may answer: found by words and by meaning, fused, re-ranked."""
