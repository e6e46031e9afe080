"""Floating rates follow the LPR in force also when it was entered ahead of its day."""

from django.utils import timezone

from search import outbox

from ..models import LendingRate, Product


def follow_lending_rates(today=None) -> int:
    """Products whose LPR takes effect today are looked at again by search; how many. Matching reads its columns anew each
    day by itself."""
    bases = LendingRate.objects.filter(valid_from=today or timezone.localdate()).values("basis")
    keys = list(Product.objects.filter(live=True, rate_basis__in=bases).values_list("pk", flat=True))
    outbox.changes(("product", key) for key in keys)
    return len(keys)
