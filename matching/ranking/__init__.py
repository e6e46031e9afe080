"""Which products fit a need, in which order, and why. Plain Python and numpy: imports no Django.

    catalogue = Catalogue([ProductFacts(...), ...])
    ranking = rank(NeedFacts.of(parsed, firm=FirmFacts(...), on=date.today()), catalogue)
    ranking.results[0].reasons, ranking.nearly, ranking.question

Nothing here is a credit score of an enterprise: a score says how well a product fits what was asked for.
"""

from .api import Shortlist, rank, rank_many
from .catalogue import Catalogue
from .facts import FirmFacts, NeedFacts, ProductFacts, RuleFacts
from .result import Check, Nearly, Outcome, Question, Ranking, Result
from .weights import Weights

__all__ = [
    "Catalogue",
    "Check",
    "FirmFacts",
    "Nearly",
    "NeedFacts",
    "Outcome",
    "ProductFacts",
    "Question",
    "Ranking",
    "Result",
    "RuleFacts",
    "Shortlist",
    "Weights",
    "rank",
    "rank_many",
]
