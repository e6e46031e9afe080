"""Calculators on editorial pages: the form stands in the page and answers at the calculator's own address."""

from collections.abc import Iterable
from typing import Any

from accounts.wording import plain

from .queries import stated
from .views import CALCULATORS


def find(text: str) -> list[tuple[str, str]]:
    return [
        (each.slug, str(each.title)) for each in CALCULATORS.values() if text in str(each.title) or text == each.slug
    ]


def names(slugs: Iterable[str]) -> dict[str, str]:
    return {slug: str(CALCULATORS[slug].title) for slug in slugs if slug in CALCULATORS}


def build(user: Any, slugs: list[str], limit: int) -> list[dict[str, Any]]:
    """[{calculator, form}], each form filled with the calculator's example."""
    found = []
    for slug in slugs:
        if (calculator := CALCULATORS.get(slug)) is not None:
            tariff = stated(user, calculator.kind, calculator.basis)
            amount, days = calculator.example
            initial = {"amount": amount, "days": days, "rate": plain(tariff.rate) if tariff else None}
            form = calculator.form(initial=initial, auto_id=f"id_{slug}_%s")
            found.append({"calculator": calculator, "form": form})
    return found
