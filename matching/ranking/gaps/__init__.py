"""需求空白: which open needs fit no product, the rule that keeps them out, and what a bent rule would bring.

    found = find(asked, catalogue)          # asked: (key, enterprise, NeedFacts, places it counts under), any number
    found.shown()                           # plain data, no figure of fewer than five enterprises in it

Plain Python and numpy: imports no Django. The rules are those of `matching.ranking.rules`, asked once for each distinct
value of what they read.
"""

from .api import Asked, Found, find
from .bends import BENT, Bend
from .disclosure import LEAST

__all__ = ["BENT", "LEAST", "Asked", "Bend", "Found", "find"]
