"""Web pages, and what else is HTML: books, bodies of mails."""
