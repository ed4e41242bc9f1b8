"""Facts of a document: title, date, body, symbol, language, and its short forms."""
