"""Adopted corrections as cases, in the columns of the judged needs."""

import csv
from typing import IO

from ..models import ParseCorrection
from .states import State

COLUMNS = (
    "id", "catalogue", "part", "family", "voice", "status", "amount_low", "amount_high", "best", "acceptable", "text",
)  # fmt: skip


def write(file: IO[str]) -> int:
    """Tab-separated, a header first; what a correction does not tell stays empty. How many cases."""
    found = ParseCorrection.objects.filter(state=State.ADOPTED).order_by("pk")
    writer = csv.DictWriter(file, COLUMNS, restval="", delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE,
                            quotechar=None, escapechar=None)  # fmt: skip
    writer.writeheader()
    for each in found:
        now = each.corrected
        kinds = now.get("kinds", [])
        low, high = now.get("amount_low", ""), now.get("amount_high", "")
        writer.writerow(
            {
                "id": f"c{each.pk}",
                "family": kinds[0] if len(kinds) == 1 else "",
                "status": "matched",
                "amount_low": low or high,
                "amount_high": high or low,
                "text": " ".join(each.text.split()),
            }
        )
    return len(found)
