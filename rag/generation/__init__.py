"""Answers by a language model: asked, read, and held against the passages."""
