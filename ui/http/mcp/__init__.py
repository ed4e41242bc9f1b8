"""The Model Context Protocol's door for agents."""
