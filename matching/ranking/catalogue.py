"""The whole catalogue as numpy columns, built once and shared by every need."""

from collections.abc import Iterable

from .facts import ProductFacts


class Catalogue:
    """Columns over `products`, in the order of their names (ties in the score go by it). Immutable: a change makes a new
    one with `refreshed`."""

    def __init__(self, products: Iterable[ProductFacts]) -> None:
        self.products = tuple(sorted(products, key=lambda each: (each.name, each.institution, str(each.key))))

    def __len__(self) -> int:
        return len(self.products)

    def refreshed(self, changed: Iterable[ProductFacts] = (), removed: Iterable[object] = ()) -> "Catalogue":
        """A new catalogue with `changed` in place of products of the same key and without those of keys `removed`."""
        kept = {product.key: product for product in self.products}
        for key in removed:
            kept.pop(key, None)
        kept.update({product.key: product for product in changed})
        return Catalogue(kept.values())
