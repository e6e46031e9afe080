"""The one question worth asking: the unknown whose answer would change the order most.

For each thing that is not known, a few answers are tried that the likely products make plausible: yes and no for a trait,
the places, guarantees and lines of business that they name, amounts and years about their limits. Everything is ranked
again with each answer. What the order changes by is the sum, over the products among the ten best before or after, of how
much weight their places lose or gain (the first counts 1, the second 0.63, the third 0.5 …; outside the ten nothing), as a
share of all there is to lose and gain. An unknown counts with the mean of its answers, each by how likely it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from math import log2
from typing import Any

from matching.places import covers

from .catalogue import Ints
from .facts import NeedFacts
from .names import GUARANTEES, PURPOSES, SIZES, TRAITS
from .profile import Profile
from .result import Question
from .rules import in_industry
from .scan import Scan, best
from .scoring import LIKELY, UNLIKELY
from .wording import gettext as _

TOP = 10
LIKELY_PRODUCTS = 30  # whose unknowns are looked at
UNKNOWNS, ANSWERS = 6, 14  # tried at most


def gettext_noop(sentence: str) -> str:
    """Marks a sentence that is translated when it is asked."""
    return sentence


QUESTIONS = {
    "region": Question("regions", gettext_noop("企业在哪个县（市、区）？")),
    "guarantee": Question(
        "guarantee_kinds", gettext_noop("有没有可以抵押、质押的东西，或者需要信用方式、担保公司担保？")
    ),
    "amount": Question("amount_low", gettext_noop("大概需要多少资金？")),
    "purpose": Question("purposes", gettext_noop("这笔钱打算用来做什么？")),
    "renewal": Question("renewal_agreed", gettext_noop("原贷款银行同意续贷了吗？")),
    "size_class": Question("size_class", gettext_noop("企业有多少员工、年营业收入大约多少？")),
    "industry": Question("industry_codes", gettext_noop("企业主要做什么行业？")),
    "years": Question("years", gettext_noop("企业成立几年了？")),
    "revenue": Question("revenue", gettext_noop("去年营业收入大约多少？")),
}
PLACES = [1 / log2(place + 2) for place in range(TOP)]


@dataclass(frozen=True, slots=True)
class Unknown:
    """`answers`: how likely, and what they would make of the need; `votes`: how much of the present top hangs on it."""

    name: str
    code: str
    votes: float
    answers: tuple[tuple[float, dict[str, Any]], ...]

    @property
    def question(self) -> Question:
        if self.name == "traits":
            return Question("traits", _("您的企业是不是%s？") % _(TRAITS.get(self.code, self.code)), self.code)
        known = QUESTIONS[self.name]
        return replace(known, text=_(known.text))


def question_of(scan: Scan, shown: Ints) -> Question | None:
    """None where no answer that was tried would change the order."""
    now = shown[:TOP].tolist()
    if not now:
        return None
    tried, found = 0, []
    for unknown in sorted(unknowns(scan), key=lambda each: (-each.votes, each.name, each.code))[:UNKNOWNS]:
        if tried + len(unknown.answers) > ANSWERS:
            continue
        tried += len(unknown.answers)
        total = sum(chance for chance, _fields in unknown.answers)
        expected = sum(
            chance * change(now, scan.answered(**fields).top(TOP)[0].tolist()) for chance, fields in unknown.answers
        )
        found.append((round(expected / total, 9), unknown))
    if not found:
        return None
    most, unknown = min(found, key=lambda each: (-each[0], -each[1].votes, each[1].name, each[1].code))
    return unknown.question if most > 0 else None


def change(before: list[int], after: list[int]) -> float:
    """0: the same order; 1: ten others."""
    weight: dict[int, float] = defaultdict(float)
    for row, place in zip(before, PLACES, strict=False):
        weight[row] += place
    for row, place in zip(after, PLACES, strict=False):
        weight[row] -= place
    return sum(abs(each) for each in weight.values()) / (sum(PLACES[: len(before)]) + sum(PLACES[: len(after)]))


def unknowns(scan: Scan) -> Iterator[Unknown]:
    """What is not known and bears on the likely products, with the answers to try."""
    need, catalogue = scan.need, scan.catalogue
    rows, scores = best(scan.fitting, scan.scores(scan.fitting), catalogue.place, LIKELY_PRODUCTS)
    likely = [
        (float(score) / (place + 2), catalogue.profiles[row], catalogue.products[row])
        for place, (row, score) in enumerate(zip(rows.tolist(), scores, strict=True))
    ]
    everyone = sum(weight for weight, _profile, _product in likely)
    yield from _traits(need, [(weight, profile) for weight, profile, _product in likely])
    groups = {
        "region": _Codes(),
        "industry": _Codes(),
        "guarantee": _Codes(),
        "purpose": _Codes(),
        "size_class": _Codes(),
    }
    for weight, profile, product in likely:
        groups["region"].add(weight, (code for group in profile.regions for code in group if _narrower(need, code)))
        groups["industry"].add(weight, (code for group in profile.industries for code in group))
        groups["guarantee"].add(weight, set(product.guarantee_kinds) & (GUARANTEES.keys() - {"credit"}))
        groups["purpose"].add(weight, set(product.purposes) & PURPOSES.keys())
        groups["size_class"].add(weight, profile.sizes)
    if named := groups["region"].best(3):
        yield Unknown("region", "", groups["region"].votes, tuple((p, {"regions": (code,)}) for code, p in named))
    if not need.industry_codes and (named := groups["industry"].best(2)):
        other = next(
            letter for letter in "CFAGIESLRMNPQJKHDBOT" if not any(in_industry(letter, code) for code, _p in named)
        )
        yield Unknown(
            "industry",
            "",
            groups["industry"].votes,
            tuple((p, {"industry_codes": (code,)}) for code, p in [*named, (other, everyone / 2)]),
        )
    if not need.guarantee_kinds and not need.guarantee_refused and (named := groups["guarantee"].best(2)):
        nothing = {"guarantee_kinds": ("credit",), "guarantee_refused": ("real_estate",)}
        yield Unknown(
            "guarantee",
            "",
            groups["guarantee"].votes,
            (*((p, {"guarantee_kinds": (code,)}) for code, p in named), (everyone / 2, nothing)),
        )
    if not need.purposes and (named := groups["purpose"].best(3)):
        yield Unknown("purpose", "", everyone, tuple((p, {"purposes": (code,)}) for code, p in named))
    if need.size_class is None and not need.traits.get("sole_trader") and groups["size_class"].votes:
        sizes = [size for size in SIZES if size != "large"]
        yield Unknown(
            "size_class", "", groups["size_class"].votes, tuple((1.0, {"size_class": size}) for size in sizes)
        )
    if need.renewal_agreed is None:
        lent = [weight for weight, _profile, product in likely if product.kind == "bridging"]
        if lent or "renewal" in need.purposes:
            yield Unknown("renewal", "", sum(lent), ((0.6, {"renewal_agreed": True}), (0.4, {"renewal_agreed": False})))
    yield from _numbers(need, [(weight, profile) for weight, profile, _product in likely], everyone)


def _narrower(need: NeedFacts, code: str) -> bool:
    """A place of a product that may or may not be the firm's, as far as is known."""
    return not need.regions or any(covers(place, code) and place != code for place in need.regions)


def _traits(need: NeedFacts, likely: list[tuple[float, Profile]]) -> Iterator[Unknown]:
    votes: dict[str, float] = defaultdict(float)
    for weight, profile in likely:
        codes = {code for _how, group in profile.traits for code in group}
        for code in codes:
            if need.traits.get(code) is None:
                votes[code] += weight / len(codes)
    for code in sorted(votes):
        yes = LIKELY.get(code, UNLIKELY)
        answers = ((yes, {"traits": {**need.traits, code: True}}), (1 - yes, {"traits": {**need.traits, code: False}}))
        yield Unknown("traits", code, votes[code], answers)


def _numbers(need: NeedFacts, likely: list[tuple[float, Profile]], everyone: float) -> Iterator[Unknown]:
    """Below, between and above the limits of the likely products."""
    for name, least, most, known in (
        ("amount", "amount_min", "amount_max", need.amount_low),
        ("years", "years_min", "years_max", need.years),
        ("revenue", "revenue_min", "revenue_max", need.revenue),
    ):
        if known is not None:
            continue
        limited = [
            (weight, limit)
            for weight, profile in likely
            for limit in (getattr(profile, least), getattr(profile, most))
            if limit is not None
        ]
        if not limited:
            continue
        limits = sorted(limit for _weight, limit in limited)
        tried = dict.fromkeys([limits[0] / 2, limits[len(limits) // 2], limits[-1] * Decimal("1.2")])
        fields = ("amount_low", "amount_high") if name == "amount" else (name,)
        votes = everyone if name == "amount" else sum(weight for weight, _limit in limited)
        yield Unknown(name, "", votes, tuple((1.0, dict.fromkeys(fields, value)) for value in tried))


class _Codes:
    """Codes that products name, by the weight of those that name them."""

    def __init__(self) -> None:
        self.votes = 0.0
        self._by_code: dict[str, float] = defaultdict(float)

    def add(self, weight: float, codes: Iterable[str]) -> None:
        held = set(codes)
        if held:
            self.votes += weight
        for code in held:
            self._by_code[code] += weight

    def best(self, count: int) -> list[tuple[str, float]]:
        return sorted(self._by_code.items(), key=lambda each: (-each[1], each[0]))[:count]
