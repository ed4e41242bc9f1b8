"""Plain text, Markdown, captions, and what transcripts print beside it."""
