"""Conversations exported: Markdown, HTML, Word."""
