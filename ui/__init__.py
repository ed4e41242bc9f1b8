"""How people and programs reach it: command line, browser chat, HTTP, MCP."""
