"""Answers without a language model: which sentences are quoted, and when the records do not answer."""
