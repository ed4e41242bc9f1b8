"""What is stored and how it is found: Chroma, the lexical index, the catalogue, the embedder."""

from .telemetry import switch_off

switch_off()
