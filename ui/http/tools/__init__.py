"""The HTTP API's routes of tools."""
