"""Whether what is asked for lies within what the product gives: guarantee, amount, term, rate, years, revenue."""

from decimal import Decimal

import numpy as np
import numpy.typing as npt

from ..columns import Columns
from ..facts import NeedFacts, ProductFacts
from ..names import GUARANTEES, bits, number
from ..profile import Profile
from ..wording import gettext as _
from ..wording import money, names
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
        return PASS, _("您能提供的%s，正是它接受的担保") % names(offered - {"credit"}, GUARANTEES)
    if "credit" in asked and "credit" in easy:
        return PASS, _("可以凭信用办理")
    if "guarantor" in asked & easy:
        return PASS, _("可以由担保公司担保")
    if asked & easy:
        return PASS, ""
    if asked <= refused_guarantees(need):
        return FAIL, _("需要%s") % names(asked, GUARANTEES)
    return UNKNOWN, _("需要%s，还不知道您能不能提供") % names(asked, GUARANTEES)


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
        if most is not None:
            return UNKNOWN, _("额度最高 %s，还不知道您要多少") % money(most)
        return UNKNOWN, _("额度最低 %s，还不知道您要多少") % money(least) if least is not None else ""
    if most is not None and low > most:
        return FAIL, _("最高 %(most)s，您要 %(asked)s") % {"most": money(most), "asked": money(low)}
    if least is not None and high < least:
        return FAIL, _("最低 %(least)s 起，您要 %(asked)s") % {"least": money(least), "asked": money(high)}
    if most is not None:
        told = {"most": money(most), "asked": money(high)}
        if high <= most:
            return PASS, _("最高 %(most)s，够您要的 %(asked)s") % told
        return PASS, _("最高 %(most)s，可满足部分您要的 %(asked)s") % told
    return PASS, _("%(least)s 起，您要 %(asked)s") % {"least": money(least), "asked": money(high)} if least else ""


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
        return FAIL, _("最长 %(most)s 个月，您要 %(asked)s 个月") % {"most": product.term_max, "asked": months}
    if product.term_min is not None and months < product.term_min:
        return FAIL, _("最短 %(least)s 个月，您要 %(asked)s 个月") % {"least": product.term_min, "asked": months}
    if product.term_max is not None:
        return PASS, _("最长 %(most)s 个月，够您要的 %(asked)s 个月") % {"most": product.term_max, "asked": months}
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
        if profile.rate is None:
            return PASS, ""
        rate = number(profile.rate)
        return PASS, (_("写明年利率 %s%%") if product.rate_max == profile.rate else _("写明年利率 %s%%起")) % rate
    if profile.rate is None:
        if product.kind not in {"loan", "guarantee"}:
            return PASS, ""
        return UNKNOWN, _("利率以机构为准，不确定能否在 %s%% 以内") % number(ceiling)
    told = {"rate": number(profile.rate), "asked": number(ceiling)}
    if profile.rate > ceiling:
        return FAIL, _("年利率 %(rate)s%% 起，高于您要的 %(asked)s%%") % told
    return PASS, _("年利率 %(rate)s%% 起，在您要的 %(asked)s%% 以内") % told


def _within_words(
    own: Decimal | None, least: Decimal | None, most: Decimal | None, said: str, unknown: str, told: str
) -> tuple[int, str]:
    """`said`: the bounds in words; `unknown`: what is not known of the firm; `told`: the firm's own."""
    if own is None:
        return UNKNOWN, _("要求%(bounds)s，还不知道%(what)s") % {"bounds": said, "what": unknown}
    if (least is not None and own < least) or (most is not None and own > most):
        return FAIL, _("要求%(bounds)s，%(own)s") % {"bounds": said, "own": told}
    return PASS, _("%s，符合") % said


def _bounds(least: str, most: str, both: str, low: str | None, high: str | None) -> str:
    if low is not None and high is not None:
        return both % {"least": low, "most": high}
    return least % low if low is not None else most % high


def years_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    years = _float(need.years)
    return _between(years, years, catalogue.years_min, catalogue.years_max)


def years_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    least, most = profile.years_min, profile.years_max
    if least is None and most is None:
        return PASS, ""
    said = _bounds(
        _("成立满 %s 年"),
        _("成立不超过 %s 年"),
        _("成立满 %(least)s 年不超过 %(most)s 年"),
        None if least is None else number(least),
        None if most is None else number(most),
    )
    own = "" if need.years is None else _("企业成立 %s 年") % number(need.years)
    return _within_words(need.years, least, most, said, _("企业成立几年"), own)


def revenue_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    revenue = _float(need.revenue)
    return _between(revenue, revenue, catalogue.revenue_min, catalogue.revenue_max)


def revenue_words(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    least, most = profile.revenue_min, profile.revenue_max
    if least is None and most is None:
        return PASS, ""
    said = _bounds(
        _("年营业收入不低于 %s"),
        _("年营业收入不高于 %s"),
        _("年营业收入不低于 %(least)s不高于 %(most)s"),
        None if least is None else money(least),
        None if most is None else money(most),
    )
    own = "" if need.revenue is None else _("企业为 %s") % money(need.revenue)
    return _within_words(need.revenue, least, most, said, _("企业的营业收入"), own)
