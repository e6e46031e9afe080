"""Tables of the catalogue."""

from .choices import GuaranteeKind, ProductKind, Purpose, RepaymentKind
from .log import CatalogueLogEntry
from .outlets import Landmark, Outlet, ServiceItem, StatedCount
from .products import EligibilityRule, Product, Tariff
from .review import InstitutionReview, SupervisorReview

__all__ = [
    "CatalogueLogEntry",
    "EligibilityRule",
    "GuaranteeKind",
    "InstitutionReview",
    "Landmark",
    "Outlet",
    "Product",
    "ProductKind",
    "Purpose",
    "RepaymentKind",
    "ServiceItem",
    "StatedCount",
    "SupervisorReview",
    "Tariff",
]
