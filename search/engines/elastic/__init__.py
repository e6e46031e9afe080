"""The Elasticsearch engine: the same answers as the embedded one, from a cluster of any size.

It needs a server ≥ 9.1 and nothing beside its core: no plugin, no analyzer but `whitespace`, no scripts.
"""

from .engine import ElasticEngine

__all__ = ["ElasticEngine"]
