"""Hard rules: over all products at once (`outcomes`) and for one product in words (`explain`). A test holds both equal.

An outcome is 1 pass, 0 unknown, -1 fail. A product that does not limit something passes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.places import covers

from .catalogue import Catalogue
from .facts import NeedFacts, ProductFacts
from .names import GUARANTEES, KINDS, PURPOSES, SIZES, TRAITS, bits, money, names, number
from .profile import Profile
from .result import Check, Outcome

Outcomes = npt.NDArray[np.int8]
COLLATERAL = frozenset({"real_estate", "equipment"})
# Traits that a firm can still get by applying for them.
ATTAINABLE = frozenset({"high_tech", "tech_sme", "specialised"})
PASS, UNKNOWN, FAIL = 1, 0, -1
WORDS = {PASS: Outcome.PASS, UNKNOWN: Outcome.UNKNOWN, FAIL: Outcome.FAIL}


def wanted_kinds(need: NeedFacts) -> dict[str, float]:
    """Kinds of product that answer this need → how directly, in (0, 1]."""
    purposes, said = set(need.purposes), set(need.kinds)
    if "equity" in need.kinds_refused:
        said -= {"equity"}
    if "loan" in need.kinds_refused:
        said -= {"loan"}
    found: dict[str, float] = {}

    def add(**values: float) -> None:
        for kind, value in values.items():
            found[kind] = max(found.get(kind, 0.0), value)

    if not said:
        if (purposes and purposes <= {"equity"}) or "loan" in need.kinds_refused:
            add(equity=1, grant=0.8)
        elif purposes == {"risk"}:
            add(insurance=1, subsidy=0.4)
        else:
            add(loan=1, guarantee=0.8, subsidy=0.4)
            if purposes & {"rnd", "startup", "equity"}:
                add(grant=0.3, equity=0.3)
            if "risk" in purposes:
                add(insurance=0.7)
    if "loan" in said:
        add(loan=1, guarantee=0.8, subsidy=0.4)
    if "guarantee" in said:
        add(guarantee=1, loan=0.9)
    if "bridging" in said:
        add(bridging=1, loan=0.7)
    if "insurance" in said:
        add(insurance=1, subsidy=0.5)
    if "equity" in said:
        add(equity=1, grant=0.8)
    if "grant" in said:
        add(grant=1, equity=0.5, subsidy=0.5)
    if "subsidy" in said:
        # 补贴 beside an insurance is one on its premium, beside a loan one on its interest.
        add(subsidy=1, **({"insurance": 0.9} if "insurance" in said or "risk" in purposes else {"loan": 0.9}))
        if "rnd" in purposes:
            add(grant=0.6)
    if "renewal" in purposes and found.keys() & {"loan", "bridging"}:
        principal = "no_principal_renewal" in need.repayment_kinds
        add(bridging=0.5 if principal else 1 if need.renewal_agreed else 0.85, loan=0.85)
        if principal:
            found["loan"] = 1.0
            if "bridging" not in said:
                found["bridging"] = 0.5
        elif need.renewal_agreed and "loan" not in said:
            found["loan"] = 0.7
    for kind in need.kinds_refused:
        found.pop(kind, None)
    return found


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


@dataclass(frozen=True, slots=True)
class Rule:
    """`repairable`: a fail alone makes 差一点就符合; `in_firms_hands`: the firm itself can repair it."""

    name: str
    over_all: Callable[[NeedFacts, Catalogue], Outcomes]
    in_words: Callable[[NeedFacts, ProductFacts, Profile], tuple[int, str]]
    repairable: bool = False
    in_firms_hands: bool = False


def _full(catalogue: Catalogue, outcome: int = PASS) -> Outcomes:
    return np.full(len(catalogue), outcome, dtype=np.int8)


# Open on the day


def _open_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    day = need.on.toordinal()
    return np.where((catalogue.valid_from <= day) & (day <= catalogue.valid_to), PASS, FAIL).astype(np.int8)


def _open(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    if product.valid_from and need.on < product.valid_from:
        return FAIL, f"{product.valid_from:%Y-%m-%d} 起才受理"
    if product.valid_to and need.on > product.valid_to:
        return FAIL, f"已于 {product.valid_to:%Y-%m-%d} 停止受理"
    return PASS, ""


# Kind


def _kind_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    wanted = wanted_kinds(need)
    table = np.array([PASS if kind in wanted else FAIL for kind in KINDS] + [FAIL], dtype=np.int8)
    return table[catalogue.kind]


def _kind(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    name = KINDS.get(product.kind, product.kind)
    if product.kind in wanted_kinds(need):
        return PASS, f"是您要的{name}" if product.kind in need.kinds else ""
    return FAIL, f"这是{name}，与您要的不是一类"


# Purpose: money for a loan that falls due and fresh money are two things.

RENEWAL = bits(["renewal"], PURPOSES)


def _purpose_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    result = _full(catalogue)
    if not need.purposes:
        result[catalogue.purposes == RENEWAL] = UNKNOWN
        return result
    if "renewal" not in need.purposes:
        result[catalogue.purposes == RENEWAL] = FAIL
    elif _only_renewal(need):
        known = (catalogue.purposes != 0) & ((catalogue.purposes & RENEWAL) == 0)
        lends = (catalogue.kind == 0) | (catalogue.kind == 1)
        result[known & lends] = FAIL
    return result


def _only_renewal(need: NeedFacts) -> bool:
    """Nothing but paying back a loan that falls due, and its bank has not refused to renew it."""
    return set(need.purposes) == {"renewal"} and need.renewal_agreed is not False


def _purpose(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    common = set(need.purposes) & set(product.purposes)
    if set(product.purposes) == {"renewal"}:
        if not need.purposes:
            return UNKNOWN, "只用于到期贷款的续贷或周转，还不知道您的用途"
        if "renewal" not in need.purposes:
            return FAIL, "只用于到期贷款的续贷或周转"
    elif (
        _only_renewal(need)
        and product.purposes
        and "renewal" not in product.purposes
        and product.kind in {"loan", "guarantee"}
    ):
        return FAIL, f"用于{names(product.purposes, PURPOSES)}，不用于归还到期贷款"
    return PASS, f"用途对得上：{names(common, PURPOSES)}" if common else ""


# Region


def _region_of(need: NeedFacts, groups: tuple[tuple[str, ...], ...]) -> int:
    if not groups:
        return PASS
    if not need.regions:
        return UNKNOWN
    worst = PASS
    for group in groups:
        if any(covers(code, place) for code in group for place in need.regions):
            continue
        # 舟山 was said and the product is for 定海区 only: perhaps.
        inside = any(covers(place, code) for code in group for place in need.regions)
        worst = min(worst, UNKNOWN if inside else FAIL)
    return worst


def _region_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    table = np.array([_region_of(need, groups) for groups in catalogue.regions.values], dtype=np.int8)
    return table[catalogue.regions.rows] if len(catalogue) else _full(catalogue)


def _region(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    outcome = _region_of(need, profile.regions)
    if not profile.regions:
        return PASS, ""
    if outcome == PASS:
        return PASS, "在适用地区内"
    if outcome == FAIL:
        return FAIL, "不在产品的适用地区"
    return UNKNOWN, "只在部分地区办理，还不知道企业在哪个县（市、区）"


# Industry


def _industry_of(need: NeedFacts, groups: tuple[tuple[str, ...], ...]) -> int:
    if not groups:
        return PASS
    if not need.industry_codes:
        return UNKNOWN
    worst = PASS
    for group in groups:
        if any(_in_industry(code, own) for code in group for own in need.industry_codes):
            continue
        inside = any(_in_industry(own, code) for code in group for own in need.industry_codes)
        worst = min(worst, UNKNOWN if inside else FAIL)
    return worst


SECTIONS = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60), ("H", 61, 62),
    ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 79), ("O", 80, 82), ("P", 83, 83),
    ("Q", 84, 85), ("R", 86, 90), ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip


def section_and_digits(code: str) -> tuple[str, str]:
    """A01 → ("A", "01"), 0111 → ("A", "0111"), C → ("C", "")."""
    letter, digits = (code[0].upper(), code[1:]) if code[:1].isalpha() else ("", code)
    if not letter and digits[:2].isdigit():
        division = int(digits[:2])
        letter = next((name for name, first, last in SECTIONS if first <= division <= last), "")
    return letter, digits


def _in_industry(wide: str, narrow: str) -> bool:
    """Whether `narrow` is `wide` or lies in it; with or without the section's letter."""
    first, second = section_and_digits(wide), section_and_digits(narrow)
    return first[0] == second[0] and second[1].startswith(first[1])


def _industry_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    table = np.array([_industry_of(need, groups) for groups in catalogue.industries.values], dtype=np.int8)
    return table[catalogue.industries.rows] if len(catalogue) else _full(catalogue)


def _industry(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    outcome = _industry_of(need, profile.industries)
    if not profile.industries:
        return PASS, ""
    return outcome, {PASS: "行业符合", UNKNOWN: "限定行业，还不知道企业的行业", FAIL: "不在产品的适用行业"}[outcome]


# Size


def _size_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    limited = catalogue.sizes != 0
    if need.traits.get("sole_trader"):
        return _full(catalogue)
    if need.size_class is None:
        return np.where(limited, UNKNOWN, PASS).astype(np.int8)
    fits = (catalogue.sizes & bits([need.size_class], SIZES)) != 0
    return np.where(~limited | fits, PASS, FAIL).astype(np.int8)


def _size(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    if not profile.sizes:
        return PASS, ""
    said = names(profile.sizes, SIZES)
    if need.traits.get("sole_trader"):
        return PASS, ""
    if need.size_class is None:
        return UNKNOWN, f"限{said}企业，还不知道企业规模"
    if need.size_class in profile.sizes:
        return PASS, f"企业规模符合（{SIZES[need.size_class]}）"
    return FAIL, f"限{said}企业，您的企业是{SIZES.get(need.size_class, need.size_class)}"


# Traits


def _traits_of(need: NeedFacts, rules: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
    worst = PASS
    for how, codes in rules:
        known = [need.traits.get(code) for code in codes]
        if how == "all":
            outcome = FAIL if False in known else PASS if all(known) else UNKNOWN
        else:
            outcome = PASS if any(known) else FAIL if all(value is False for value in known) else UNKNOWN
        worst = min(worst, outcome)
    return worst


def _traits_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    table = np.array([_traits_of(need, rules) for rules in catalogue.traits.values], dtype=np.int8)
    return table[catalogue.traits.rows] if len(catalogue) else _full(catalogue)


def _traits(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    if not profile.traits:
        return PASS, ""
    outcome = _traits_of(need, profile.traits)
    codes = {code for _how, group in profile.traits for code in group}
    held = {code for code in codes if need.traits.get(code)}
    if outcome == PASS:
        return PASS, f"面向{names(held, TRAITS)}，您正是"
    if outcome == FAIL:
        missing = [
            "、".join(TRAITS.get(code, code) for code in group if how == "any" or need.traits.get(code) is False)
            for how, group in profile.traits
            if _traits_of(need, ((how, group),)) == FAIL
        ]
        return FAIL, f"只面向{'，且须是'.join(missing)}"
    open_codes = {code for code in codes if need.traits.get(code) is None}
    return UNKNOWN, f"面向{names(open_codes, TRAITS)}，还不知道您是不是"


# Guarantee


def refused_guarantees(need: NeedFacts) -> set[str]:
    refused = set(need.guarantee_refused) - set(need.guarantee_kinds)
    if "credit" in need.guarantee_kinds and "real_estate" in refused:
        refused |= COLLATERAL - set(need.guarantee_kinds)  # nothing to pledge: no machines either
    return refused


def _guarantee_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    asked = catalogue.guarantees
    refused = bits(refused_guarantees(need), GUARANTEES)
    easy = bits(({"credit", "guarantor"} | set(need.guarantee_kinds)) - set(need.guarantee_refused), GUARANTEES)
    result = np.where((asked == 0) | ((asked & easy) != 0), PASS, UNKNOWN)
    closed = (asked != 0) & ((asked & ~refused) == 0) & ((asked & easy) == 0)
    return np.where(closed, FAIL, result).astype(np.int8)


def _guarantee(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
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


def _amount_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    low, high = _float(need.amount_low), _float(need.amount_high)
    return _between(low, high if high is not None else low, catalogue.amount_min, catalogue.amount_max)


def _amount(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
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


def _term_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    months = need.term_months
    if months is None:
        return _full(catalogue)
    return _between(months, months, catalogue.term_min, catalogue.term_max)


def _term(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
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


def _rate_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    if need.rate_ceiling is None:
        return _full(catalogue)
    lends = (catalogue.kind == 0) | (catalogue.kind == 1)
    known = ~np.isnan(catalogue.rate)
    result = np.where(known, np.where(catalogue.rate <= float(need.rate_ceiling), PASS, FAIL), UNKNOWN)
    return np.where(known | lends, result, PASS).astype(np.int8)


def _rate(need: NeedFacts, product: ProductFacts, profile: Profile) -> tuple[int, str]:
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


def _years_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    years = _float(need.years)
    return _between(years, years, catalogue.years_min, catalogue.years_max)


def _years(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    least, most = profile.years_min, profile.years_max
    if least is None and most is None:
        return PASS, ""
    said = f"成立{f'满 {number(least)} 年' if least is not None else ''}{f'不超过 {number(most)} 年' if most is not None else ''}"
    if need.years is None:
        return UNKNOWN, f"要求{said}，还不知道企业成立几年"
    if (least is not None and need.years < least) or (most is not None and need.years > most):
        return FAIL, f"要求{said}，企业成立 {number(need.years)} 年"
    return PASS, f"{said}，符合"


def _revenue_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    revenue = _float(need.revenue)
    return _between(revenue, revenue, catalogue.revenue_min, catalogue.revenue_max)


def _revenue(need: NeedFacts, _product: ProductFacts, profile: Profile) -> tuple[int, str]:
    least, most = profile.revenue_min, profile.revenue_max
    if least is None and most is None:
        return PASS, ""
    said = f"年营业收入{f'不低于 {money(least)}' if least is not None else ''}{f'不高于 {money(most)}' if most is not None else ''}"
    if need.revenue is None:
        return UNKNOWN, f"要求{said}，还不知道企业的营业收入"
    if (least is not None and need.revenue < least) or (most is not None and need.revenue > most):
        return FAIL, f"要求{said}，企业为 {money(need.revenue)}"
    return PASS, f"{said}，符合"


# Renewal: bridging money needs the word of the bank that it will lend again.


def _renewal_of(need: NeedFacts) -> int:
    return {True: PASS, False: FAIL, None: UNKNOWN}[need.renewal_agreed]


def _renewal_all(need: NeedFacts, catalogue: Catalogue) -> Outcomes:
    result = _full(catalogue)
    result[catalogue.kind == 2] = _renewal_of(need)
    if need.renewal_agreed is False:
        result[(catalogue.kind == 0) & (catalogue.purposes == RENEWAL)] = FAIL
    return result


def _renewal(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    if product.kind == "bridging":
        outcome = _renewal_of(need)
        return outcome, {
            PASS: "银行已同意续贷，可以用转贷资金周转",
            UNKNOWN: "转贷资金以银行同意续贷为前提，还不知道银行是否同意",
            FAIL: "转贷资金以银行同意续贷为前提",
        }[outcome]
    if product.kind == "loan" and set(product.purposes) == {"renewal"} and need.renewal_agreed is False:
        return FAIL, "续贷要由原贷款银行同意"
    return PASS, ""


RULES = (
    Rule("open", _open_all, _open),
    Rule("kind", _kind_all, _kind),
    Rule("purpose", _purpose_all, _purpose),
    Rule("region", _region_all, _region),
    Rule("industry", _industry_all, _industry),
    Rule("size_class", _size_all, _size),
    Rule("traits", _traits_all, _traits, repairable=True),
    Rule("guarantee", _guarantee_all, _guarantee, repairable=True, in_firms_hands=True),
    Rule("amount", _amount_all, _amount, repairable=True, in_firms_hands=True),
    Rule("term", _term_all, _term, repairable=True, in_firms_hands=True),
    Rule("rate", _rate_all, _rate, repairable=True, in_firms_hands=True),
    Rule("years", _years_all, _years),
    Rule("revenue", _revenue_all, _revenue),
    Rule("renewal", _renewal_all, _renewal, repairable=True),
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
            if _traits_of(need, ((how, group),)) == FAIL
            for code in group
            if need.traits.get(code) is False
        }
        return bool(missing & ATTAINABLE)
    return BY_NAME[rule].repairable
