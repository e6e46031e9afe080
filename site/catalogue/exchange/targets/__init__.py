"""What a row of each sheet means: where it is found, what is checked, how it is written and taken back."""

from ...models import Import
from .base import Target
from .owned import OutletTarget, ServiceItemTarget
from .parties import EnterpriseTarget, InstitutionTarget
from .products import ProductTarget
from .tariffs import TariffTarget

TARGETS: dict[str, type[Target]] = {
    Import.Kind.PRODUCTS: ProductTarget,
    Import.Kind.TARIFFS: TariffTarget,
    Import.Kind.SERVICES: ServiceItemTarget,
    Import.Kind.OUTLETS: OutletTarget,
    Import.Kind.INSTITUTIONS: InstitutionTarget,
    Import.Kind.ENTERPRISES: EnterpriseTarget,
}
__all__ = ["TARGETS", "Target"]
