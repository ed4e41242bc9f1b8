"""The commands of who runs a server: backups, and what was done on it."""
