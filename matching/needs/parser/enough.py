"""How much was said."""

import re
from decimal import Decimal

from .reading import Reading
from .words import telling

ENOUGH = Decimal("1.5")  # from here on there is something to match


def asks_for_money(said: Reading) -> bool:
    return bool(said.values.get("kinds") or re.search(r"借|贷|融资|资金|钱|周转|额度", said.text))


def weight(said: Reading) -> Decimal:
    """How much was said about a need: matching starts at `ENOUGH`."""
    values = said.values
    half, one, more, two = Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2)
    weight = Decimal(0)
    weight += one if values.get("amount_low") is not None else 0
    for purpose in values.get("purposes", ()):
        weight += half if purpose == "working_capital" else two if purpose in {"risk", "equity"} else more
    for code in values.get("guarantee_kinds", ()):
        weight += one if code == "credit" else two
    for code, yes in values.get("traits", {}).items():
        if yes:
            weight += (
                more
                if code == "first_loan"
                else one
                if code in {"sole_trader", "private", "agriculture", "startup", "growth", "exporter"}
                else two
            )
    for kind in values.get("kinds", ()):
        weight += 0 if kind == "loan" else one if kind == "subsidy" else two
    weight += more if values.get("revolving") else 0
    weight += more if values.get("repayment_kinds") else 0
    weight += one if values.get("matures_on") else 0
    for name in (
        "industry_codes",
        "term_months",
        "days",
        "rate_ceiling",
        "size_class",
        "years",
        "revenue",
    ):
        weight += half if values.get(name) is not None else 0
    weight += Decimal("0.25") if values.get("regions") else 0
    if asks_for_money(said) or values.get("amount_low") is not None:
        # A trade or a thing to pledge that no list knows may still be one that a product names.
        weight += half * min(2, len(telling(said.text, said.taken)))
    if not asks_for_money(said) and weight < 2 and values.get("amount_low") is None:
        weight = min(weight, one)  # words of a trade, but nothing that asks for anything
    return weight
