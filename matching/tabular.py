"""Rows of the catalogue's spreadsheet as facts that are ranked; asks no database."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from catalogue.tabular import Row
from matching.costs.core import Tariff
from matching.ranking import ProductFacts, RuleFacts


def product_facts(row: Row) -> ProductFacts:
    """`key` is the row's number in the sheet."""
    values = row.values
    return ProductFacts(
        key=row.number,
        name=values["name"],
        institution=values["institution"],
        kind=values["kind"] or "loan",
        purposes=tuple(values["purposes"]),
        summary=values["summary"],
        audience=values["audience"],
        not_for=values["not_for"],
        description=values["description"],
        region_codes=tuple(values["regions"]),
        industry_codes=tuple(values["industry_codes"]),
        size_classes=tuple(values["size_classes"]),
        **{name: values[name] for name in ("amount_min", "amount_max", "rate_min", "rate_max")},
        rate_note=values["rate_note"],
        term_min=values["term_min"],
        term_max=values["term_max"],
        guarantee_kinds=tuple(values["guarantee_kinds"]),
        repayment_kinds=tuple(values["repayment_kinds"]),
        promised_days=values["promised_days"],
        valid_from=values["valid_from"],
        valid_to=values["valid_to"],
        rules=tuple(
            RuleFacts(rule["kind"], tuple(rule["values"]), rule["minimum"], rule["maximum"], rule["text"])
            for rule in values["rules"]
        ),
        tariffs=tuple(_tariff(tariff) for tariff in values["tariffs"]),
    )


def _tariff(values: dict[str, Any]) -> Tariff:
    steps = tuple((step["from_day"], Decimal(step["rate"])) for step in values.get("steps", ()))
    costs = {name: value for name, value in values.items() if name != "policy"}
    return Tariff(**{**costs, "regions": tuple(values["regions"]), "steps": steps})


def all_facts(rows: Iterable[Row]) -> list[ProductFacts]:
    return [product_facts(row) for row in rows]
