"""Whether the firm is one that the product is for: its place, industry, size and traits."""

from collections.abc import Callable, Collection
from functools import lru_cache

import numpy as np

from matching.places import covers

from ..columns import Columns
from ..facts import NeedFacts, ProductFacts
from ..names import SIZES, TRAITS, bits
from ..profile import Profile
from ..wording import gettext as _
from ..wording import listed, names
from .base import FAIL, PASS, UNKNOWN, Outcomes, each_once, full

Groups = tuple[tuple[str, ...], ...]


def _inside(own: Collection[str], groups: Groups, holds: Callable[[str, str], bool]) -> int:
    """Every group asks for one of its codes; `holds(wide, narrow)` says whether one code lies in another."""
    if not groups:
        return PASS
    if not own:
        return UNKNOWN
    worst = PASS
    for group in groups:
        if any(holds(code, each) for code in group for each in own):
            continue
        # 舟山 was said and the product is for 定海区 only: perhaps.
        perhaps = any(holds(each, code) for code in group for each in own)
        worst = min(worst, UNKNOWN if perhaps else FAIL)
    return worst


# Region


def _region_of(need: NeedFacts, groups: Groups) -> int:
    return _inside(need.regions, groups, covers)


def region_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    return each_once(catalogue, catalogue.regions, lambda groups: _region_of(need, groups))


def region_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    outcome = _region_of(need, profile.regions)
    if not profile.regions:
        return PASS, ""
    if outcome == PASS:
        return PASS, _("在适用地区内")
    if outcome == FAIL:
        return FAIL, _("不在产品的适用地区")
    return UNKNOWN, _("只在部分地区办理，还不知道企业在哪个县（市、区）")


# Industry


def _industry_of(need: NeedFacts, groups: Groups) -> int:
    return _inside(need.industry_codes, groups, in_industry)


SECTIONS = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60), ("H", 61, 62),
    ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 79), ("O", 80, 82), ("P", 83, 83),
    ("Q", 84, 85), ("R", 86, 90), ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip


@lru_cache(10_000)
def section_and_digits(code: str) -> tuple[str, str]:
    """A01 → ("A", "01"), 0111 → ("A", "0111"), C → ("C", "")."""
    letter, digits = (code[0].upper(), code[1:]) if code[:1].isalpha() else ("", code)
    if not letter and digits[:2].isdigit():
        division = int(digits[:2])
        letter = next((name for name, first, last in SECTIONS if first <= division <= last), "")
    return letter, digits


@lru_cache(100_000)
def in_industry(wide: str, narrow: str) -> bool:
    """Whether `narrow` is `wide` or lies in it; with or without the section's letter."""
    first, second = section_and_digits(wide), section_and_digits(narrow)
    return first[0] == second[0] and second[1].startswith(first[1])


def industry_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    return each_once(catalogue, catalogue.industries, lambda groups: _industry_of(need, groups))


def industry_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    outcome = _industry_of(need, profile.industries)
    if not profile.industries:
        return PASS, ""
    return outcome, {PASS: _("行业符合"), UNKNOWN: _("限定行业，还不知道企业的行业"), FAIL: _("不在产品的适用行业")}[
        outcome
    ]


# Size


def size_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    limited = catalogue.sizes != 0
    if need.traits.get("sole_trader"):
        return full(catalogue)
    if need.size_class is None:
        return np.where(limited, UNKNOWN, PASS).astype(np.int8)
    fits = (catalogue.sizes & bits([need.size_class], SIZES)) != 0
    return np.where(~limited | fits, PASS, FAIL).astype(np.int8)


def size_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    if not profile.sizes:
        return PASS, ""
    said = names(profile.sizes, SIZES)
    if need.traits.get("sole_trader"):
        return PASS, ""
    if need.size_class is None:
        return UNKNOWN, _("限%s企业，还不知道企业规模") % said
    if need.size_class in profile.sizes:
        return PASS, _("企业规模符合（%s）") % _(SIZES[need.size_class])
    return FAIL, _("限%(sizes)s企业，您的企业是%(own)s") % {
        "sizes": said,
        "own": _(SIZES.get(need.size_class, need.size_class)),
    }


# Traits


def traits_of(need: NeedFacts, rules: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
    worst = PASS
    for how, codes in rules:
        known = [need.traits.get(code) for code in codes]
        if how == "all":
            outcome = FAIL if False in known else PASS if all(known) else UNKNOWN
        else:
            outcome = PASS if any(known) else FAIL if all(value is False for value in known) else UNKNOWN
        worst = min(worst, outcome)
    return worst


def traits_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    return each_once(catalogue, catalogue.traits, lambda rules: traits_of(need, rules))


def traits_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    if not profile.traits:
        return PASS, ""
    outcome = traits_of(need, profile.traits)
    codes = {code for _how, group in profile.traits for code in group}
    held = {code for code in codes if need.traits.get(code)}
    if outcome == PASS:
        return PASS, _("面向%s，您正是") % names(held, TRAITS)
    if outcome == FAIL:
        missing = [
            listed([_(TRAITS.get(code, code)) for code in group if how == "any" or need.traits.get(code) is False])
            for how, group in profile.traits
            if traits_of(need, ((how, group),)) == FAIL
        ]
        return FAIL, _("只面向%s") % _("，且须是").join(missing)
    open_codes = {code for code in codes if need.traits.get(code) is None}
    return UNKNOWN, _("面向%s，还不知道您是不是") % names(open_codes, TRAITS)
