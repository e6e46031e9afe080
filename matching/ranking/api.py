"""`rank`: the one entry of the ranking."""

from .catalogue import Catalogue
from .facts import NeedFacts
from .result import Ranking
from .weights import Weights


def rank(need: NeedFacts, catalogue: Catalogue, weights: Weights | None = None, limit: int = 10) -> Ranking:
    """The best `limit` products that no hard rule rules out, best first; the same input gives the same order."""
    weights = weights or Weights.default()
    return Ranking(results=(), considered=len(catalogue), weights_version=weights.version)
