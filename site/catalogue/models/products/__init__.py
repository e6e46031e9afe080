"""金融产品 with its eligibility rules and tariffs."""

from .product import NOT_NEGATIVE, Product, RateBasis
from .rates import LendingRate
from .rules import EligibilityRule, named_industries, named_places
from .tariffs import Tariff

__all__ = [
    "NOT_NEGATIVE",
    "EligibilityRule",
    "LendingRate",
    "Product",
    "RateBasis",
    "Tariff",
    "named_industries",
    "named_places",
]
