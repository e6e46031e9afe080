"""Hard rules: over all products at once (`outcomes`) and for one product in words (`explain`). A test holds both equal.

An outcome is 1 pass, 0 unknown, -1 fail. A product that does not limit something passes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ..catalogue import Catalogue
from ..columns import Columns
from ..factors import Part
from ..facts import NeedFacts, ProductFacts
from ..names import GUARANTEES
from ..profile import Profile
from ..result import Check, Outcome
from ..wording import gettext as _
from ..wording import money
from . import firms, limits, wants
from .base import FAIL, PASS, UNKNOWN, Outcomes
from .firms import in_industry
from .limits import refused_guarantees
from .wants import wanted_kinds

__all__ = [
    "BY_NAME",
    "RULES",
    "change",
    "explain",
    "in_industry",
    "is_repairable",
    "outcomes",
    "refused_guarantees",
    "traits_repairable",
    "wanted_kinds",
]

# Traits that a firm can still get by applying for them.
ATTAINABLE = frozenset({"high_tech", "tech_sme", "specialised"})
WORDS = {PASS: Outcome.PASS, UNKNOWN: Outcome.UNKNOWN, FAIL: Outcome.FAIL}


@dataclass(frozen=True)
class Rule:
    """`asks`, `columns`: all that it reads of the need and of products. `repairable`: a fail alone makes 差一点就符合;
    `in_firms_hands`: the firm itself can repair it."""

    name: str
    over_all: Callable[[NeedFacts, Columns], Outcomes]
    in_words: Callable[[NeedFacts, ProductFacts, Profile], tuple[int, str]]
    asks: tuple[str, ...]
    columns: tuple[str, ...]
    repairable: bool = False
    in_firms_hands: bool = False

    @cached_property
    def part(self) -> Part:
        return Part(self.name, self.over_all, self.asks, self.columns)


def outcomes(need: NeedFacts, catalogue: Catalogue) -> dict[str, Outcomes]:
    """Rule → its outcome for every product."""
    traits = frozenset(need.traits.items())
    found = {}
    for rule in RULES:
        table, codes = catalogue.table(rule.part, need, traits)
        found[rule.name] = table[codes]
    return found


def explain(need: NeedFacts, product: ProductFacts, profile: Profile) -> list[Check]:
    """Every rule that bears on this pair, with its sentence."""
    checks = []
    for rule in RULES:
        outcome, sentence = rule.in_words(need, product, profile)
        if sentence:
            checks.append(Check(rule.name, WORDS[outcome], sentence))
    return checks


RULES = (
    Rule("open", wants.open_all, wants.open_words, ("on",), ("valid_from", "valid_to")),
    Rule("kind", wants.kind_all, wants.kind_words, wants.KINDS_ASKED, ("kind",)),
    Rule("purpose", wants.purpose_all, wants.purpose_words, ("purposes", "renewal_agreed"), ("purposes", "kind")),
    Rule("region", firms.region_all, firms.region_words, ("regions",), ("regions",)),
    Rule("industry", firms.industry_all, firms.industry_words, ("industry_codes",), ("industries",)),
    Rule("size_class", firms.size_all, firms.size_words, ("size_class", "traits"), ("sizes",)),
    Rule("traits", firms.traits_all, firms.traits_words, ("traits",), ("traits",), repairable=True),
    Rule(
        "guarantee",
        limits.guarantee_all,
        limits.guarantee_words,
        ("guarantee_kinds", "guarantee_refused"),
        ("guarantees",),
        repairable=True,
        in_firms_hands=True,
    ),
    Rule(
        "amount",
        limits.amount_all,
        limits.amount_words,
        ("amount_low", "amount_high"),
        ("amount_min", "amount_max"),
        repairable=True,
        in_firms_hands=True,
    ),
    Rule(
        "term",
        limits.term_all,
        limits.term_words,
        ("term_months",),
        ("term_min", "term_max"),
        repairable=True,
        in_firms_hands=True,
    ),
    Rule(
        "rate",
        limits.rate_all,
        limits.rate_words,
        ("rate_ceiling",),
        ("kind", "rate"),
        repairable=True,
        in_firms_hands=True,
    ),
    Rule("years", limits.years_all, limits.years_words, ("years",), ("years_min", "years_max")),
    Rule("revenue", limits.revenue_all, limits.revenue_words, ("revenue",), ("revenue_min", "revenue_max")),
    Rule("renewal", wants.renewal_all, wants.renewal_words, ("renewal_agreed",), ("kind", "purposes"), repairable=True),
)
BY_NAME = {rule.name: rule for rule in RULES}


def change(rule: str, need: NeedFacts, product: ProductFacts, profile: Profile) -> str:
    """What would have to be different for a failed repairable rule to pass."""
    sentence = BY_NAME[rule].in_words(need, product, profile)[1]
    if rule == "amount":
        if profile.amount_max is not None and need.amount_low is not None and need.amount_low > profile.amount_max:
            told = {"fails": sentence, "most": money(profile.amount_max)}
            return _("%(fails)s；把金额减到 %(most)s以内，或分两家办理，就符合") % told
        return _("%s；提高到起点金额就符合") % sentence
    if rule == "guarantee":
        several = len(set(product.guarantee_kinds) & set(GUARANTEES)) > 1
        return (_("%s；能提供其中一种就符合") if several else _("%s；能提供就符合")) % sentence
    if rule == "term":
        return _("%s；期限调整到范围内就符合") % sentence
    if rule == "rate":
        return _("%s；放宽利率上限就符合") % sentence
    if rule == "renewal":
        return _("%s；取得银行同意后就符合") % sentence
    return _("%s；取得认定后就符合") % sentence


def is_repairable(rule: str, need: NeedFacts, profile: Profile) -> bool:
    return traits_repairable(need, profile.traits) if rule == "traits" else BY_NAME[rule].repairable


def traits_repairable(need: NeedFacts, groups: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    """Whether what is missing can still be had: nobody becomes a first-time borrower again."""
    failed = [(how, group) for how, group in groups if firms.traits_of(need, ((how, group),)) == FAIL]
    for how, group in failed:
        missing = {code for code in group if need.traits.get(code) is False}
        if not (missing <= ATTAINABLE if how == "all" else missing & ATTAINABLE):
            return False
    return bool(failed)
