"""How people and programs reach it: command line, browser chat, HTTP, MCP."""

from ..vectorstore.telemetry import switch_off

switch_off()
