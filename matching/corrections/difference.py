"""What a person changed of what was read: values as plain data, which of them differ, and how they are said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.wording import masked_text, money, percent, plain
from catalogue.models import GuaranteeKind, ProductKind, Purpose

from ..matcher import DETAILS
from ..models import Need
from ..needs.reading import detail, detail_labels, trait_names

LISTS = {"kinds": ProductKind, "purposes": Purpose, "guarantee_kinds": GuaranteeKind}
NUMBERS = ("amount_low", "amount_high", "rate_ceiling")
PLAIN = ("term_months", "days", "revolving", "renewal_agreed")
DATES = ("needed_by", "matures_on")
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9][0-9A-Za-z]{14,}(?![0-9A-Za-z])")  # of a person, a card, an enterprise
ADDRESS = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
A_NUMBER = re.compile(r"[0-9０-９一二两三四五六七八九十百千万亿]")


def values_of(need: Need) -> dict[str, Any]:
    """What a need says, as JSON holds it; what it does not say is left out."""
    said: dict[str, Any] = {name: sorted(getattr(need, name)) for name in LISTS}
    said |= {name: None if (value := getattr(need, name)) is None else plain(Decimal(value)) for name in NUMBERS}
    said |= {name: getattr(need, name) for name in PLAIN}
    said |= {name: None if (value := getattr(need, name)) is None else value.isoformat() for name in DATES}
    said |= {name: need.details.get(name) for name in DETAILS}
    said |= {"region": need.region_id, "traits": dict(sorted(need.traits.items()))}
    return {name: value for name, value in said.items() if value not in (None, [], {}, "")}


def changed(read: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The fields that were read and now say otherwise. What was only added says nothing against the reading."""
    fields = []
    for name, value in read.items():
        if name == "traits":
            then = now.get("traits", {})
            # One left open on the form is answered by the register, and the sentence still said it.
            if any(then.get(code, holds) != holds for code, holds in value.items()):
                fields.append(name)
        elif now.get(name) != value:
            fields.append(name)
    return fields


def is_worth_a_look(text: str, read: Need, now: Need) -> bool:
    """Something that was read was changed; or an amount was added to a sentence whose number was taken for nothing."""
    before, after = values_of(read), values_of(now)
    if changed(before, after):
        return True
    spots = sorted(((mark["start"], mark["end"]) for mark in read.marks), reverse=True)
    for start, end in spots:
        text = text[:start] + " " * (end - start) + text[end:]
    return "amount_high" in after and "amount_high" not in before and bool(A_NUMBER.search(text))


def masked(need: Need) -> str:
    """Its sentence without who says it."""
    firm = need.enterprise.name
    text = need.text
    if len(firm) > 1:
        text = text.replace(firm, _("某企业"))
    text = masked_text(text, need.author.name or "")
    return ADDRESS.sub("***", LONG_NUMBER.sub("***", text))


@dataclass(frozen=True)
class Row:
    """One field before and after, in words."""

    label: str
    read: str
    now: str
    differs: bool


def rows(read: Mapping[str, Any], now: Mapping[str, Any], names: Mapping[str, str]) -> list[Row]:
    """What either side says, the differing ones first. `names`: of the codes of places and industries."""
    found = []
    for name, label in _labels().items():
        before, after = read.get(name), now.get(name)
        if before is None and after is None:
            continue
        differs = name in changed(read, now) if before is not None else True
        found.append(Row(label, _said(name, before, names), _said(name, after, names), differs))
    return sorted(found, key=lambda row: not row.differs)


def _labels() -> dict[str, str]:
    return {
        "amount_low": _("至少"),
        "amount_high": _("至多"),
        "purposes": _("用途"),
        "guarantee_kinds": _("担保"),
        "kinds": _("服务"),
        "region": _("所在地"),
        "term_months": _("期限"),
        "days": _("用款天数"),
        "revolving": _("随借随还"),
        "rate_ceiling": _("最高年利率"),
        "needed_by": _("最晚要用"),
        "matures_on": _("贷款到期"),
        "renewal_agreed": _("银行同意续贷"),
        "traits": _("特征"),
        **detail_labels(),
    }


def _said(name: str, value: Any, names: Mapping[str, str]) -> str:
    if value is None:
        return "—"
    if name in DETAILS:
        return detail(name, value, names)
    if name in LISTS:
        labels = dict(LISTS[name].choices)
        return "、".join(str(labels.get(code, code)) for code in value)
    if name in {"amount_low", "amount_high"}:
        return money(Decimal(value))
    if name == "rate_ceiling":
        return percent(Decimal(value))
    if name == "region":
        return names.get(value, str(value))
    if name == "traits":
        return "、".join(trait_names(value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    units = {"term_months": _("%s 个月"), "days": _("%s 天")}
    return units.get(name, "%s") % value
