"""Tables of the catalogue."""

from .choices import GuaranteeKind, ProductKind, Purpose, RepaymentKind
from .outlets import Outlet, ServiceItem
from .products import EligibilityRule, Product, Tariff

__all__ = [
    "EligibilityRule",
    "GuaranteeKind",
    "Outlet",
    "Product",
    "ProductKind",
    "Purpose",
    "RepaymentKind",
    "ServiceItem",
    "Tariff",
]
