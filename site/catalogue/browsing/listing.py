"""The product list as its address describes it: what was chosen, what each further choice would give, what to drop.

Everything is in the address, so that a list can be kept, sent and come back to; nothing is kept of a visitor.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import SizeClass
from accounts.wording import money, plain
from search.queries import FacetResult, Results, find

from .. import facets

SORTS = (
    ("", gettext_lazy("综合")),
    ("rate", gettext_lazy("利率低")),
    ("amount", gettext_lazy("额度高")),
    ("days", gettext_lazy("办结快")),
    ("newest", gettext_lazy("最新")),
    ("name", gettext_lazy("名称")),
)
MANY = ("kind", "region", "guarantee", "trait", "size", "purpose", "institution")  # any of several values
ORDER = ("kind", "amount", "region", "guarantee", "term", "trait", "size", "purpose", "institution")
INDEXED = {"region": "place", "size": "fits_size", "amount": "lends"}  # name in the address → facet of the index
LABELS = {
    "region": gettext_lazy("地区"),
    "size": gettext_lazy("企业规模"),
    "trait": gettext_lazy("面向"),
    "amount": gettext_lazy("想借多少"),
    "term": gettext_lazy("想用多久"),
}
SHOWN, AT_MOST = 8, 60  # values of a facet at first; behind “more”
CHOSEN_AT_MOST = 30
WAN_AFTER = re.compile(r"\s*万元?\s*$")
PER_PAGE = 20


@dataclass(frozen=True)
class Wanted:
    """What an address asks for. `amount` 万元, `term` months; None when not asked or not understood."""

    q: str = ""
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amount: Decimal | None = None
    term: int | None = None
    sort: str = ""

    @classmethod
    def read(cls, get: QueryDict) -> "Wanted":
        term = get.get("term", "")
        return cls(
            q=get.get("q", "").strip()[:200],
            many={
                name: values
                for name in MANY
                if (values := tuple(dict.fromkeys(each[:40] for each in get.getlist(name) if each))[:CHOSEN_AT_MOST])
            },
            amount=_amount(get.get("amount", "")),
            term=int(term) if term in {str(each) for each in facets.TERMS} else None,
            sort=get.get("sort", "") if get.get("sort", "") in dict(SORTS) else "",
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.many or self.amount or self.term)

    def without(self, name: str, value: str = "") -> "Wanted":
        """Less one condition."""
        if name == "q":
            return replace(self, q="")
        if name == "amount":
            return replace(self, amount=None)
        if name == "term":
            return replace(self, term=None)
        left = {**self.many, name: tuple(each for each in self.many[name] if each != value)}
        return replace(self, many={key: values for key, values in left.items() if values})

    @property
    def amount_text(self) -> str:
        """As typed, without zeros that say nothing."""
        return plain(self.amount) if self.amount else ""

    @property
    def is_usual_amount(self) -> bool:
        return self.amount in {Decimal(each) for each in facets.AMOUNTS}

    def find(self, tokens: frozenset[str], *, counted: bool = False, offset: int = 0, limit: int = 0) -> Results:
        """The products asked for, those that state no amount or term among them; `counted` with facets."""
        filters = {INDEXED.get(name, name): _tokens(name, values) for name, values in self.many.items()}
        ranges: dict[str, tuple[Decimal | None, Decimal | None]] = {}
        if self.term:
            filters["term"] = [str(self.term)]
        if self.amount and self.is_usual_amount:
            filters["lends"] = [str(int(self.amount))]
        elif self.amount:
            ranges = {"amount_max": (self.amount * 10_000, None), "amount_min": (None, self.amount * 10_000)}
        return find(
            "product",
            q=self.q,
            filters=filters,
            ranges=ranges,
            sort=self.sort,
            facets=[INDEXED.get(name, name) for name in ORDER] if counted else (),
            tokens=tokens,
            offset=offset,
            limit=limit,
        )


def _amount(text: str) -> Decimal | None:
    """万元 as typed, also “５０”, “1,000” and “50 万元”; None for what is no amount."""
    digits = WAN_AFTER.sub("", normalize("NFKC", text[:40])).replace(",", "")
    try:
        value = Decimal(digits.strip()[:20])
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 10_000_000 else None


def _tokens(name: str, values: Iterable[str]) -> list[str]:
    makers = {"region": facets.place_choice, "size": facets.size_choice}
    return [token for value in values for token in (makers[name](value) if name in makers else (value,))]


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    selected: bool
    url: str = ""  # of a choice that is a link


@dataclass(frozen=True)
class Group:
    """A facet as it is shown: `values` at first, `more` behind a fold, `left` so many that they are not listed."""

    name: str
    label: Any
    values: list[Choice]
    more: list[Choice]
    left: int
    is_open: bool
    is_single: bool = False  # one value at most

    @property
    def chosen(self) -> int:
        return sum(each.selected for each in [*self.values, *self.more])


def groups(get: QueryDict, wanted: Wanted, results: Results) -> list[Group]:
    """Facets with anything to choose. One query each for the names of places and of institutions."""
    found = []
    for name in ORDER:
        result = results.facet(INDEXED.get(name, name))
        choices = _choices(get, wanted, name, result)
        if not choices:
            continue
        if name in MANY and len(choices) > SHOWN + 2:
            first = choices[:SHOWN] + [each for each in choices[SHOWN:] if each.selected]
            rest = [each for each in choices[SHOWN:] if not each.selected]
        else:
            first, rest = choices, []
        is_open = name in ("kind", "amount", "region") or any(each.selected for each in choices)
        label = LABELS.get(name, result.label)
        found.append(Group(name, label, first, rest[:AT_MOST], max(len(rest) - AT_MOST, 0), is_open, name == "term"))
    return found


def _choices(get: QueryDict, wanted: Wanted, name: str, result: FacetResult) -> list[Choice]:
    counts = {each.value: each.count for each in result.values}
    chosen = wanted.many.get(name, ())
    if name == "amount":
        return [_amount_choice(get, wanted, each, counts) for each in facets.AMOUNTS] if counts else []
    if name == "term":
        return [_term_choice(wanted, each, counts) for each in facets.TERMS] if counts else []
    if name == "region":
        counts = facets.place_counts(counts, chosen)
        names = facets.place_names(counts)
        counts = {
            code: counts[code] for code in sorted(counts, key=lambda code: (-counts[code], code)) if code in names
        }
    elif name == "size":
        unlimited = counts.pop(facets.ANY, 0)
        names = {code: str(label) for code, label in SizeClass.choices}
        counts = {code: counts.get(code, 0) + unlimited for code in names} if counts or unlimited else {}
    else:
        names = {each.value: str(each.label) for each in result.values}
    return [Choice(value, names[value], count, value in chosen) for value, count in counts.items() if value in names]


def _amount_choice(get: QueryDict, wanted: Wanted, amount: int, counts: Mapping[str, int]) -> Choice:
    selected = wanted.amount == amount
    url = f"?{address(get, 'amount', set_to='' if selected else str(amount))}"
    count = counts.get(str(amount), 0) if wanted.is_usual_amount or not wanted.amount else -1
    return Choice(str(amount), money(amount * 10_000), count, selected, url)


def _term_choice(wanted: Wanted, term: int, counts: Mapping[str, int]) -> Choice:
    return Choice(str(term), term_name(term), counts.get(str(term), 0), wanted.term == term)


def term_name(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest:
        return ngettext("%(n)s 个月", "%(n)s 个月", months) % {"n": months}
    return ngettext("%(n)s 年", "%(n)s 年", years) % {"n": years}


def address(get: QueryDict, name: str, value: str = "", *, set_to: str = "") -> str:
    """The query string less a parameter, or less one of its values, or with another value; always from page one."""
    kept = get.copy()
    kept.pop("page", None)
    rest = [each for each in kept.getlist(name) if value and each != value]
    kept.setlist(name, [*rest, set_to] if set_to else rest)
    for key in [key for key, values in kept.lists() if not any(values)]:
        del kept[key]
    return kept.urlencode()


@dataclass(frozen=True)
class Condition:
    """One thing that narrows the list: `url` is the list without it, `count` what that would hold (asked for only when
    nothing was found)."""

    label: str
    url: str
    count: int | None = None


def conditions(
    get: QueryDict, wanted: Wanted, shown: list[Group], tokens: frozenset[str], *, count: bool
) -> list[Condition]:
    names = {(group.name, each.value): each.label for group in shown for each in [*group.values, *group.more]}
    found: list[tuple[str, str, str]] = []
    if wanted.q:
        found.append(("q", "", f"“{wanted.q[:40]}”"))
    for name in ORDER:
        if name == "amount" and wanted.amount:
            found.append(("amount", "", _("借 %s") % money(wanted.amount * 10_000)))
        elif name == "term" and wanted.term:
            found.append(("term", "", _("用 %s") % term_name(wanted.term)))
        found += [(name, value, names.get((name, value), value)) for value in wanted.many.get(name, ())]
    return [
        Condition(
            label,
            f"?{address(get, name, value)}",
            wanted.without(name, value).find(tokens).total if count else None,
        )
        for name, value, label in found[: CHOSEN_AT_MOST if not count else 8]
    ]
