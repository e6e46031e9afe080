"""Tables of the catalogue."""

from .choices import GuaranteeKind, ProductKind, Purpose, RepaymentKind
from .decisions import BulkDecision
from .favourites import Favourite
from .imports import Import, ImportRow
from .log import CatalogueLogEntry
from .outlets import Landmark, Outlet, ServiceItem, StatedCount
from .policies import ProductPolicy
from .products import EligibilityRule, LendingRate, Product, RateBasis, Tariff
from .review import InstitutionReview, SupervisorReview

__all__ = [
    "BulkDecision",
    "CatalogueLogEntry",
    "EligibilityRule",
    "Favourite",
    "GuaranteeKind",
    "Import",
    "ImportRow",
    "InstitutionReview",
    "Landmark",
    "LendingRate",
    "Outlet",
    "Product",
    "ProductKind",
    "ProductPolicy",
    "Purpose",
    "RateBasis",
    "RepaymentKind",
    "ServiceItem",
    "StatedCount",
    "SupervisorReview",
    "Tariff",
]
