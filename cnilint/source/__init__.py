"""Text to documents whose every node keeps its place."""
