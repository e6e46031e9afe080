"""Hard rules: over all products at once (`outcomes`) and for one product in words (`explain`). A test holds both equal.

An outcome is 1 pass, 0 unknown, -1 fail. A product that does not limit something passes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..catalogue import Catalogue
from ..facts import NeedFacts, ProductFacts
from ..names import GUARANTEES, money
from ..profile import Profile
from ..result import Check, Outcome
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
    "wanted_kinds",
]

# Traits that a firm can still get by applying for them.
ATTAINABLE = frozenset({"high_tech", "tech_sme", "specialised"})
WORDS = {PASS: Outcome.PASS, UNKNOWN: Outcome.UNKNOWN, FAIL: Outcome.FAIL}


@dataclass(frozen=True, slots=True)
class Rule:
    """`repairable`: a fail alone makes 差一点就符合; `in_firms_hands`: the firm itself can repair it."""

    name: str
    over_all: Callable[[NeedFacts, Catalogue], Outcomes]
    in_words: Callable[[NeedFacts, ProductFacts, Profile], tuple[int, str]]
    repairable: bool = False
    in_firms_hands: bool = False


def outcomes(need: NeedFacts, catalogue: Catalogue) -> dict[str, Outcomes]:
    """Rule → its outcome for every product."""
    return {rule.name: rule.over_all(need, catalogue) for rule in RULES}


def explain(need: NeedFacts, product: ProductFacts, profile: Profile) -> list[Check]:
    """Every rule that bears on this pair, with its sentence."""
    checks = []
    for rule in RULES:
        outcome, sentence = rule.in_words(need, product, profile)
        if sentence:
            checks.append(Check(rule.name, WORDS[outcome], sentence))
    return checks


RULES = (
    Rule("open", wants.open_all, wants.open_words),
    Rule("kind", wants.kind_all, wants.kind_words),
    Rule("purpose", wants.purpose_all, wants.purpose_words),
    Rule("region", firms.region_all, firms.region_words),
    Rule("industry", firms.industry_all, firms.industry_words),
    Rule("size_class", firms.size_all, firms.size_words),
    Rule("traits", firms.traits_all, firms.traits_words, repairable=True),
    Rule("guarantee", limits.guarantee_all, limits.guarantee_words, repairable=True, in_firms_hands=True),
    Rule("amount", limits.amount_all, limits.amount_words, repairable=True, in_firms_hands=True),
    Rule("term", limits.term_all, limits.term_words, repairable=True, in_firms_hands=True),
    Rule("rate", limits.rate_all, limits.rate_words, repairable=True, in_firms_hands=True),
    Rule("years", limits.years_all, limits.years_words),
    Rule("revenue", limits.revenue_all, limits.revenue_words),
    Rule("renewal", wants.renewal_all, wants.renewal_words, repairable=True),
)
BY_NAME = {rule.name: rule for rule in RULES}


def change(rule: str, need: NeedFacts, product: ProductFacts, profile: Profile) -> str:
    """What would have to be different for a failed repairable rule to pass."""
    _outcome, sentence = BY_NAME[rule].in_words(need, product, profile)
    if rule == "amount":
        if profile.amount_max is not None and need.amount_low is not None and need.amount_low > profile.amount_max:
            return f"{sentence}；把金额减到 {money(profile.amount_max)}以内，或分两家办理，就符合"
        return f"{sentence}；提高到起点金额就符合"
    if rule == "guarantee":
        one_of = "其中一种" if len(set(product.guarantee_kinds) & set(GUARANTEES)) > 1 else ""
        return f"{sentence}；能提供{one_of}就符合"
    if rule == "term":
        return f"{sentence}；期限调整到范围内就符合"
    if rule == "rate":
        return f"{sentence}；放宽利率上限就符合"
    if rule == "renewal":
        return f"{sentence}；取得银行同意后就符合"
    return f"{sentence}；取得认定后就符合"


def is_repairable(rule: str, need: NeedFacts, profile: Profile) -> bool:
    if rule == "traits":  # nobody becomes a first-time borrower again
        missing = {
            code
            for how, group in profile.traits
            if firms.traits_of(need, ((how, group),)) == FAIL
            for code in group
            if need.traits.get(code) is False
        }
        return bool(missing & ATTAINABLE)
    return BY_NAME[rule].repairable
