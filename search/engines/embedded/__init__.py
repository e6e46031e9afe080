"""The embedded engine: SQLite FTS5 says which documents hold the words, numpy columns filter, count and sort them."""

from .engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
