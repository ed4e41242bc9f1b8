"""A file becomes a document, a document becomes passages."""

from ..vectorstore.telemetry import switch_off

switch_off()
