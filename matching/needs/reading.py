"""What was understood of a sentence: as an unsaved need, as words marked in the text, as chips, as a form's values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Industry, Region, SizeClass, Trait
from accounts.wording import day, money, percent, plain
from catalogue.models import GuaranteeKind, ProductKind, RepaymentKind

from ..gazetteer.current import gazetteer
from ..matcher import DETAILS, needed_by
from ..models import Need
from ..models.needs import money_range
from .parser import Mark, ParsedNeed, parse

WAN = Decimal(10_000)
# Which field of the form a word of the sentence went to, where the names differ.
FIELDS = {
    "amount_low": "amount_high",
    "amount": "amount_high",
    "regions": "region",
    "within_days": "needed_by",
}


def read(text: str, on: date) -> ParsedNeed:
    """A sentence by the names of places that editors keep."""
    return parse(text, today=on, gazetteer=gazetteer())


def need_of(parsed: ParsedNeed, on: date) -> Need:
    """An unsaved need with what the sentence says. The first place that it names is the place of business."""
    return Need(
        text=parsed.text[:500],
        marks=[_kept_mark(mark) for mark in parsed.marks],
        kinds=list(parsed.kinds),
        purposes=list(parsed.purposes),
        guarantee_kinds=list(parsed.guarantee_kinds),
        amount_low=parsed.amount_low,
        amount_high=parsed.amount_high,
        term_months=parsed.term_months,
        days=parsed.days,
        revolving=parsed.revolving,
        rate_ceiling=parsed.rate_ceiling,
        region=Region.objects.filter(pk__in=parsed.regions).order_by("-level", "pk").first()
        if parsed.regions
        else None,
        traits=dict(parsed.traits),
        needed_by=needed_by(parsed.within_days, on),
        matures_on=parsed.matures_on,
        renewal_agreed=parsed.renewal_agreed,
        details=details_of(parsed),
    )


def _kept_mark(mark: Mark) -> dict[str, Any]:
    """A mark as JSON holds it; one code of several (a purpose, a trait) is kept with it, to be corrected on its own."""
    kept = {"field": FIELDS.get(mark.field, mark.field), "start": mark.span.start, "end": mark.span.end}
    if mark.field == "traits":
        kept["code"], kept["holds"] = mark.value
    elif isinstance(mark.value, str):
        kept["code"] = mark.value
    return kept


def marks_that_hold(need: Need, fields: dict[str, Any]) -> list[dict]:
    """The marks whose value still stands: what a person corrected no longer comes from those words."""
    return [mark for mark in need.marks if mark["field"] not in fields or _holds(mark, need, fields[mark["field"]])]


def _holds(mark: dict, need: Need, value: Any) -> bool:
    if isinstance(value, dict):  # traits: one left open is answered by the register, and the sentence still said it
        return value.get(mark["code"], mark["holds"]) == mark["holds"]
    if isinstance(value, list):
        return mark["code"] in value
    return getattr(need, mark["field"]) == value


def details_of(parsed: ParsedNeed) -> dict[str, Any]:
    """What the sentence says that the form has no field for, as JSON holds it."""
    said = {name: getattr(parsed, name) for name in DETAILS}
    return {
        name: list(value) if isinstance(value, tuple) else str(value)
        for name, value in said.items()
        if value is not None and value != ()
    }


@dataclass(frozen=True)
class Chip:
    """One thing understood: what it is, its value in words, the words of the sentence that it comes from, and the id of the
    form's field that corrects it."""

    field: str
    label: str
    value: str
    words: str = ""
    anchor: str = ""


def chips(need: Need) -> list[Chip]:
    """What the need says, in the form's order; what is not known is left out."""
    said = {
        "amount_high": (_("金额"), money_range(need.amount_low, need.amount_high)),
        "purposes": (_("用途"), "、".join(need.labels("purposes"))),
        "kinds": (_("想要的服务"), "、".join(need.labels("kinds"))),
        "guarantee_kinds": (_("能提供的担保"), "、".join(need.labels("guarantee_kinds"))),
        "region": (_("经营所在地"), need.region.full_name if need.region else ""),
        "term_months": (_("期限"), _("%s 个月") % need.term_months if need.term_months else ""),
        "days": (_("用款天数"), _("%s 天") % need.days if need.days else ""),
        "revolving": (_("随借随还"), _yes_no(need.revolving)),
        "rate_ceiling": (_("可接受年利率"), _("不超过 %s") % percent(need.rate_ceiling) if need.rate_ceiling else ""),
        "needed_by": (_("最晚要用"), day(need.needed_by)),
        "matures_on": (_("现有贷款到期日"), day(need.matures_on)),
        "renewal_agreed": (_("银行已同意续贷"), _yes_no(need.renewal_agreed)),
        "traits": (_("企业特征"), "、".join(trait_names(need.traits))),
    }
    words = sources(need)
    first_trait = next(iter(need.traits), "")
    found = [
        Chip(
            field, label, value, words.get(field, ""), f"id_trait_{first_trait}" if field == "traits" else f"id_{field}"
        )
        for field, (label, value) in said.items()
        if value
    ]
    return found + [
        Chip(name, label, value, words.get(name, ""), "id_said") for name, (label, value) in detail_words(need.details)
    ]


def sources(need: Need) -> dict[str, str]:
    """Field → the words of the sentence that it comes from; `trait_<code>` for each trait, `traits` for all."""
    words: dict[str, list[str]] = {}
    for mark in need.marks:
        said = need.text[mark["start"] : mark["end"]]
        words.setdefault(mark["field"], []).append(said)
        if mark["field"] == "traits":
            words.setdefault(f"trait_{mark['code']}", []).append(said)
    return {field: "、".join(dict.fromkeys(each)) for field, each in words.items()}


def detail_words(details: dict[str, Any]) -> list[tuple[str, tuple[str, str]]]:
    """(name, (what it is, its value in words)) of what was said and has no field of its own."""
    said = [(name, label) for name, label in detail_labels().items() if details.get(name)]
    names = industry_names(details.get("industry_codes", ()))
    return [(name, (label, detail(name, details[name], names))) for name, label in said]


def detail_labels() -> dict[str, str]:
    return {
        "kinds_refused": _("不想要的服务"),
        "guarantee_refused": _("不能提供的担保"),
        "repayment_kinds": _("还款方式"),
        "industry_codes": _("行业"),
        "size_class": _("企业规模"),
        "years": _("经营年限"),
        "revenue": _("年营业收入"),
    }


def industry_names(codes: Iterable[str]) -> dict[str, str]:
    """Code as the parser has it (C15 is the division 15) → name."""
    keys = {code: code if len(code) == 1 else code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in codes}
    names = dict(Industry.objects.filter(pk__in=keys.values()).values_list("pk", "name")) if keys else {}
    return {code: names.get(key, code) for code, key in keys.items()}


def detail(name: str, value: Any, industries: Mapping[str, str]) -> str:
    """One of `detail_labels` in words."""
    choices = {
        "kinds_refused": ProductKind,
        "guarantee_refused": GuaranteeKind,
        "repayment_kinds": RepaymentKind,
        "size_class": SizeClass,
    }
    codes = value if isinstance(value, list) else [value]
    if name in choices:
        labels = dict(choices[name].choices)
        return "、".join(str(labels.get(code, code)) for code in codes)
    if name == "industry_codes":
        return "、".join(industries.get(code, code) for code in codes)
    return money(Decimal(value)) if name == "revenue" else _("%s 年") % plain(Decimal(value))


def trait_names(traits: dict[str, bool]) -> list[str]:
    """首贷户, 非外贸企业 …"""
    labels = dict(Trait.choices)
    return [
        str(labels[code]) if holds else _("非%s") % labels[code] for code, holds in traits.items() if code in labels
    ]


def _yes_no(value: bool | None) -> str:
    return "" if value is None else _("是") if value else _("否")


@dataclass(frozen=True)
class Piece:
    """A stretch of the sentence; `field` is what it was read as, "" for the rest, and `anchor` the id of the form's field
    that corrects it."""

    text: str
    field: str = ""
    anchor: str = ""


def pieces(text: str, marks: Iterable[dict]) -> list[Piece]:
    """The whole sentence, cut where words were understood. Marks that overlap an earlier one are left out."""
    found, place = [], 0
    for mark in sorted(marks, key=lambda each: (each["start"], -each["end"])):
        start, end = mark["start"], mark["end"]
        if start < place or end <= start or end > len(text):
            continue
        if start > place:
            found.append(Piece(text[place:start]))
        found.append(Piece(text[start:end], mark["field"], _anchor(mark)))
        place = end
    if place < len(text):
        found.append(Piece(text[place:]))
    return found


def _anchor(mark: dict) -> str:
    field = mark["field"]
    if field == "traits":
        return f"id_trait_{mark['code']}"
    return "id_said" if field in DETAILS else "" if field == "other_amounts" else f"id_{field}"


def form_values(need: Need) -> dict[str, Any]:
    """The need as the form shows it: amounts in 万元, yes/no as codes. Also what its address carries."""
    values = {
        "text": need.text,
        "amount_low": _wan(need.amount_low),
        "amount_high": _wan(need.amount_high),
        "kinds": need.kinds,
        "purposes": need.purposes,
        "guarantee_kinds": need.guarantee_kinds,
        "term_months": need.term_months,
        "days": need.days,
        "revolving": _code(need.revolving),
        "rate_ceiling": None if need.rate_ceiling is None else plain(Decimal(need.rate_ceiling)),
        "region": str(need.region) if need.region else "",
        "needed_by": need.needed_by,
        "matures_on": need.matures_on,
        "renewal_agreed": _code(need.renewal_agreed),
    }
    values |= {f"trait_{code}": _code(holds) for code, holds in need.traits.items()}
    if need.text:
        values |= {"said": list(need.details), "said_shown": "1"}
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _wan(yuan: Decimal | None) -> str | None:
    return None if yuan is None else plain(Decimal(yuan) / WAN)


def _code(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]
