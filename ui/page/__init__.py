"""The browser chat: its routes, its static files, its words."""
