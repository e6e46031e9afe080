"""Tables of the catalogue."""

from .choices import GuaranteeKind, ProductKind, Purpose, RepaymentKind
from .log import CatalogueLogEntry
from .outlets import Outlet, ServiceItem
from .products import EligibilityRule, Product, Tariff
from .review import InstitutionReview, SupervisorReview

__all__ = [
    "CatalogueLogEntry",
    "EligibilityRule",
    "GuaranteeKind",
    "InstitutionReview",
    "Outlet",
    "Product",
    "ProductKind",
    "Purpose",
    "RepaymentKind",
    "ServiceItem",
    "SupervisorReview",
    "Tariff",
]
