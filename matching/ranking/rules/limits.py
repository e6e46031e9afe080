"""Whether what is asked for lies within what the product gives: guarantee, amount, term, rate, years, revenue."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from ..columns import Columns
from ..facts import NeedFacts, ProductFacts
from ..names import GUARANTEES, bits, money, names, number
from ..profile import Profile
from .base import FAIL, PASS, UNKNOWN, Outcomes, full

COLLATERAL = frozenset({"real_estate", "equipment"})


# Guarantee


def refused_guarantees(need: NeedFacts) -> set[str]:
    refused = set(need.guarantee_refused) - set(need.guarantee_kinds)
    if "credit" in need.guarantee_kinds and "real_estate" in refused:
        refused |= COLLATERAL - set(need.guarantee_kinds)  # nothing to pledge: no machines either
    return refused


def guarantee_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    asked = catalogue.guarantees
    refused = bits(refused_guarantees(need), GUARANTEES)
    easy = bits(({"credit", "guarantor"} | set(need.guarantee_kinds)) - set(need.guarantee_refused), GUARANTEES)
    result = np.where((asked == 0) | ((asked & easy) != 0), PASS, UNKNOWN)
    closed = (asked != 0) & ((asked & ~refused) == 0) & ((asked & easy) == 0)
    return np.where(closed, FAIL, result).astype(np.int8)


def guarantee_words(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    asked = set(product.guarantee_kinds) & set(GUARANTEES)
    if not asked:
        return PASS, ""
    easy = ({"credit", "guarantor"} | set(need.guarantee_kinds)) - set(need.guarantee_refused)
    offered = asked & set(need.guarantee_kinds) & easy
    if offered - {"credit"}:
        return PASS, f"您能提供的{names(offered - {'credit'}, GUARANTEES)}，正是它接受的担保"
    if "credit" in asked and "credit" in easy:
        return PASS, "可以凭信用办理"
    if "guarantor" in asked & easy:
        return PASS, "可以由担保公司担保"
    if asked & easy:
        return PASS, ""
    if asked <= refused_guarantees(need):
        return FAIL, f"需要{names(asked, GUARANTEES)}"
    return UNKNOWN, f"需要{names(asked, GUARANTEES)}，还不知道您能不能提供"


# Amount, term, years, revenue: numbers within limits


def _between(low: float | None, high: float | None, least: npt.NDArray, most: npt.NDArray) -> Outcomes:
    """Some part of [low, high] must lie within [least, most]; NaN does not limit. None: unknown where limited."""
    if low is None or high is None:
        return np.where(np.isnan(least) & np.isnan(most), PASS, UNKNOWN).astype(np.int8)
    return np.where((high < least) | (low > most), FAIL, PASS).astype(np.int8)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def amount_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    low, high = _float(need.amount_low), _float(need.amount_high)
    return _between(low, high if high is not None else low, catalogue.amount_min, catalogue.amount_max)


def amount_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    low = need.amount_low
    high = need.amount_high if need.amount_high is not None else low
    least, most = profile.amount_min, profile.amount_max
    if least is None and most is None:
        return PASS, ""
    if low is None or high is None:
        limits = f"最高 {money(most)}" if most is not None else f"最低 {money(least)}" if least is not None else ""
        return UNKNOWN, f"额度{limits}，还不知道您要多少"
    if most is not None and low > most:
        return FAIL, f"最高 {money(most)}，您要 {money(low)}"
    if least is not None and high < least:
        return FAIL, f"最低 {money(least)} 起，您要 {money(high)}"
    if most is not None:
        return PASS, f"最高 {money(most)}，{'够' if high <= most else '可满足部分'}您要的 {money(high)}"
    return PASS, f"{money(least)} 起，您要 {money(high)}" if least else ""


def term_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    months = need.term_months
    if months is None:
        return full(catalogue)
    return _between(months, months, catalogue.term_min, catalogue.term_max)


def term_words(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    months = need.term_months
    if months is None:
        return PASS, ""
    if product.term_max is not None and months > product.term_max:
        return FAIL, f"最长 {product.term_max} 个月，您要 {months} 个月"
    if product.term_min is not None and months < product.term_min:
        return FAIL, f"最短 {product.term_min} 个月，您要 {months} 个月"
    if product.term_max is not None:
        return PASS, f"最长 {product.term_max} 个月，够您要的 {months} 个月"
    return PASS, ""


def rate_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    if need.rate_ceiling is None:
        return full(catalogue)
    lends = (catalogue.kind == 0) | (catalogue.kind == 1)
    known = ~np.isnan(catalogue.rate)
    result = np.where(known, np.where(catalogue.rate <= float(need.rate_ceiling), PASS, FAIL), UNKNOWN)
    return np.where(known | lends, result, PASS).astype(np.int8)


def rate_words(need: NeedFacts, product: ProductFacts, profile: Profile) -> tuple[int, str]:
    ceiling = need.rate_ceiling
    if ceiling is None:
        return (
            PASS,
            f"写明年利率 {number(profile.rate)}%{'起' if product.rate_max != profile.rate else ''}"
            if profile.rate is not None
            else "",
        )
    if profile.rate is None:
        if product.kind not in {"loan", "guarantee"}:
            return PASS, ""
        return UNKNOWN, f"利率以机构为准，不确定能否在 {number(ceiling)}% 以内"
    if profile.rate > ceiling:
        return FAIL, f"年利率 {number(profile.rate)}% 起，高于您要的 {number(ceiling)}%"
    return PASS, f"年利率 {number(profile.rate)}% 起，在您要的 {number(ceiling)}% 以内"


def _within_words(
    own: Decimal | None,
    least: Decimal | None,
    most: Decimal | None,
    said: str,
    what: str,
    told: Callable[[Decimal], str],
) -> tuple[int, str]:
    """`said`: the bounds in words; `what` of the firm is bounded; `told` says the firm's own."""
    if own is None:
        return UNKNOWN, f"要求{said}，还不知道企业{what}"
    if (least is not None and own < least) or (most is not None and own > most):
        return FAIL, f"要求{said}，企业{told(own)}"
    return PASS, f"{said}，符合"


def years_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    years = _float(need.years)
    return _between(years, years, catalogue.years_min, catalogue.years_max)


def years_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    least, most = profile.years_min, profile.years_max
    if least is None and most is None:
        return PASS, ""
    said = f"成立{f'满 {number(least)} 年' if least is not None else ''}{f'不超过 {number(most)} 年' if most is not None else ''}"
    return _within_words(need.years, least, most, said, "成立几年", lambda years: f"成立 {number(years)} 年")


def revenue_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    revenue = _float(need.revenue)
    return _between(revenue, revenue, catalogue.revenue_min, catalogue.revenue_max)


def revenue_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    least, most = profile.revenue_min, profile.revenue_max
    if least is None and most is None:
        return PASS, ""
    said = f"年营业收入{f'不低于 {money(least)}' if least is not None else ''}{f'不高于 {money(most)}' if most is not None else ''}"
    return _within_words(need.revenue, least, most, said, "的营业收入", lambda revenue: f"为 {money(revenue)}")
