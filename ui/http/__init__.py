"""The HTTP API: the gate, the routes, OpenAI's shapes, MCP, metrics."""
