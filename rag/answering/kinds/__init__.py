"""Kinds of questions that are answered in a way of their own; `ways.py` says which."""
