"""The score: a weighted mean of terms, each in [0, 1] and none looking at another candidate."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.places import covers, level

from .catalogue import NAMED, Catalogue, Ints
from .columns import Columns
from .factors import Part
from .facts import NeedFacts
from .names import GUARANTEES, KINDS, PURPOSES, REPAYMENTS, TRAITS, bits
from .profile import inside_words
from .rules import in_industry, refused_guarantees, wanted_kinds
from .rules.wants import KINDS_ASKED
from .words import BASE, ENOUGH, MOST, OTHER_TRADE, TRADE, WORDS, people
from .words import groups as groups_said
from .words import said as words_said

Scores = npt.NDArray[np.float64]

# What each term says, for the page that explains the ranking; the order breaks ties between reasons.
TERMS = {
    "purpose": "用途对得上：产品写明的用途与您说的重合得越多越高；没写明的取中间值",
    "traits": "专门面向您这类企业：产品条件写明的特征您具备，或对您有补贴、减免",
    "guarantee": "担保对得上：您能提供的正是产品接受的；没有抵押物时信用类、担保公司类更高",
    "kind": "正是您要的一类：贷款、转贷、保险、股权等与您所说的一致",
    "repayment": "还款方式合意：您要随借随还或无还本续贷时，支持的产品更高",
    "amount": "额度合适：写明的额度容得下您要的金额；没写明的取中间值",
    "text": "说法相近：您的行业和原话与产品介绍对得上；直接说出产品名称的最高",
    "region": "就在本地：适用地区越贴近您所在地越高",
    "cost": "成本写明且低：年利率越低越高；没写明的取中间值",
    "speed": "办得快：承诺办结天数越少越高；没写明的取中间值",
}
DIGITS = 9  # of the score
# Traits that many firms have say less about a fit than those that few have.
BROAD = {"private": 0.7, "sole_trader": 0.8, "growth": 0.85}
# How near a product stands whose traits the firm may or may not have: most firms are private, few hold a water right.
LIKELY = {"private": 0.4, "sole_trader": 0.25, "startup": 0.2, "growth": 0.3, "first_loan": 0.25}
UNLIKELY = 0.15  # of other traits


# Purposes that a product for 经营周转 may serve, too, and how well.
WORKING = bits(["working_capital"], PURPOSES)
BUSINESS = bits(["working_capital", "equipment", "startup", "agriculture", "rnd"], PURPOSES)
GENERAL = 0.3
# What a product of a kind is for whatever its column says; the last stands for a kind that nobody knows.
BY_KIND = {"insurance": ["risk"], "equity": ["equity"], "bridging": ["renewal"]}
IMPLIED = np.array([bits(BY_KIND.get(kind, ()), PURPOSES) for kind in KINDS] + [0], dtype=np.int64)


def terms(need: NeedFacts, catalogue: Catalogue) -> dict[str, Scores]:
    """Term → its value for every product."""
    traits = frozenset(need.traits.items())
    found = {}
    for name in TERMS:
        if name in PARTS:
            table, codes = catalogue.table(PARTS[name], need, traits)
            found[name] = table[codes]
    found["text"] = text(need, catalogue)
    return found


def score(found: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Weighted mean in [0, 1], rounded so that order does not hang on the last bit."""
    total = sum(weights.get(name, 0.0) for name in found) or 1.0
    result = sum(weights.get(name, 0.0) * values for name, values in found.items()) / total
    return np.round(result, DIGITS)


def _count(values: npt.NDArray[np.int64]) -> Scores:
    return np.bitwise_count(values).astype(np.float64)


def _purpose(need: NeedFacts, catalogue: Columns) -> Scores:
    wanted = bits(need.purposes, PURPOSES)
    stated = np.where(catalogue.purposes != 0, catalogue.purposes | IMPLIED[catalogue.kind], 0)
    if not wanted:
        return np.full(len(catalogue), 0.5)
    first = bits(_telling(need.purposes), PURPOSES)
    common = _count(stated & first) / max(1, first.bit_count())
    # A product for just this purpose before one for everything.
    focus = np.divide(_count(stated & wanted), _count(stated), out=np.zeros(len(catalogue)), where=stated != 0)
    told = _count(catalogue.told_purposes & first) / max(1, first.bit_count())
    # What the words tell counts for nearly as much as the column does, which is often filled in roughly.
    stated_fit = np.where(
        (stated & wanted) != 0, np.maximum(0.55 + 0.3 * common + 0.15 * focus, 0.7 * told), 0.7 * told
    )
    if wanted & BUSINESS:  # money to do business with serves most of what a business does
        stated_fit = np.where((stated & WORKING) != 0, np.maximum(stated_fit, GENERAL), stated_fit)
    return np.where(stated != 0, stated_fit, 0.4 + 0.35 * told)


def _telling(purposes: tuple[str, ...]) -> tuple[str, ...]:
    """经营周转 is said with nearly every need: beside another purpose it tells little."""
    return tuple(each for each in purposes if each != "working_capital") or purposes


def _traits(need: NeedFacts, catalogue: Columns) -> Scores:
    held = {code for code, yes in need.traits.items() if yes}
    table = []
    for rules in catalogue.traits.values:
        if not rules:
            table.append(0.5)
            continue
        codes = {code for _how, group in rules for code in group}
        met = codes & held
        if met:
            best = max(BROAD.get(code, 1.0) for code in met)
            # one of few asked for fits more closely than one of many
            table.append(best if len(met) == len(codes) else best - 0.03 * min(3, len(codes - met)))
        else:
            table.append(max(LIKELY.get(code, UNLIKELY) if need.traits.get(code) is None else 0.1 for code in codes))
    result = np.array(table or [0.5])[catalogue.traits.rows]
    mine = bits(held, TRAITS)
    told = catalogue.told_traits
    narrow = mine & ~bits(["private"], TRAITS)
    result = np.where((result == 0.5) & ((told & narrow) != 0), 0.8, result)
    # Its words speak of other firms than this one.
    others = (result == 0.5) & (told != 0) & ((told & mine) == 0)
    result = np.where(others, 0.35, result)
    result = np.where((catalogue.helped & mine) != 0, np.maximum(result, 0.85), result)
    return np.where((catalogue.barred_traits & mine) != 0, np.minimum(result, 0.05), result)


def _guarantee(need: NeedFacts, catalogue: Columns) -> Scores:
    stated = np.where(catalogue.guarantees != 0, catalogue.guarantees, catalogue.told_guarantees)
    certain = catalogue.guarantees != 0
    offered = set(need.guarantee_kinds)
    refused = refused_guarantees(need)
    if not offered and not refused:
        easy = (stated & bits(["credit", "guarantor"], GUARANTEES)) != 0
        return np.where(stated == 0, 0.5, np.where(easy, 0.6, 0.4))
    pledged = bits(offered - {"credit"}, GUARANTEES)
    nothing = "credit" in offered and bool(refused)
    special = bits(offered - {"credit", "real_estate", "guarantor", "person"}, GUARANTEES)
    result = np.full(len(catalogue), 0.15)
    result = np.where((stated & bits(["person"], GUARANTEES)) != 0, 0.4, result)
    if "guarantor" not in refused:
        result = np.where((stated & bits(["guarantor"], GUARANTEES)) != 0, 0.85 if nothing else 0.55, result)
    if "credit" in offered or not pledged:
        result = np.where((stated & bits(["credit"], GUARANTEES)) != 0, 1.0 if "credit" in offered else 0.6, result)
    else:
        result = np.where((stated & bits(["credit"], GUARANTEES)) != 0, 0.55, result)
    if pledged:
        hit = (stated & pledged) != 0
        rare = (stated & special) != 0
        result = np.where(hit, np.maximum(result, 0.92), result)
        result = np.where(rare, 1.0, result)
    result = np.where(stated == 0, 0.45, result)
    return np.where(certain | (stated == 0), result, 0.45 + 0.8 * (result - 0.45))


def _kind(need: NeedFacts, catalogue: Columns) -> Scores:
    wanted = wanted_kinds(need)
    table = np.array([wanted.get(kind, 0.0) for kind in KINDS] + [0.0])
    return table[catalogue.kind]


def _repayment(need: NeedFacts, catalogue: Columns) -> Scores:
    stated = catalogue.repayments
    either = stated | catalogue.told_repayments
    wanted = set(need.repayment_kinds) | ({"revolving"} if need.revolving else set())
    if not wanted:
        if need.revolving is False:
            only = stated == bits(["revolving"], REPAYMENTS)
            return np.where(only, 0.1, 0.5)
        revolving = (either & bits(["revolving"], REPAYMENTS)) != 0
        # Money for a few days, without a word about how it is paid back.
        short = need.days is not None and need.days <= 90 and "renewal" not in need.purposes
        return np.where(revolving, 0.8, 0.4) if short else np.full(len(catalogue), 0.5)
    asked = bits(wanted, REPAYMENTS)
    return np.where((stated & asked) != 0, 1.0, np.where((either & asked) != 0, 0.85, np.where(stated != 0, 0.05, 0.3)))


def _amount(need: NeedFacts, catalogue: Columns) -> Scores:
    if need.amount_low is None:
        return np.full(len(catalogue), 0.5)
    low = float(need.amount_low)
    high = float(need.amount_high if need.amount_high is not None else need.amount_low)
    most = catalogue.amount_max
    with np.errstate(invalid="ignore"):
        # 5 万 in a product for up to 5000 万: it may be had, but is hardly meant.
        share = np.where(most > 0, high / np.where(most > 0, most, 1.0), 0.0)
        fits = np.where(high <= most, np.where(share < 0.01, 0.75, 1.0), 0.7)
        result = np.where(np.isnan(most), 0.55, np.where(low > most, 0.0, fits))
        return np.where(high < catalogue.amount_min, 0.0, result)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words of one need come to in one catalogue; the same whatever else is known of the need."""

    in_common: Scores  # of every product
    made_for: Scores  # of every value of `told_groups`
    named: npt.NDArray[np.bool_] | None  # products whose name was said


def hear(need: NeedFacts, catalogue: Catalogue) -> Heard:
    held = [
        (rows, value) for word, value in words_said(need.text) if (rows := catalogue.postings.get(word)) is not None
    ]
    in_common: Scores = np.zeros(len(catalogue))
    if held:
        values = np.repeat([value for _rows, value in held], [len(rows) for rows, _value in held])
        rows = np.concatenate([rows for rows, _value in held])
        in_common = np.bincount(rows, values, len(catalogue)).astype(np.float64, copy=False)
    mine = groups_said(need.text)
    made_for = np.array([people(told, mine) for told in catalogue.told_groups.values] or [0.0])
    named = None
    if need.text and (called := _named(need.text.lower(), catalogue)):
        named = np.zeros(len(catalogue), dtype=np.bool_)
        named[called] = True
    return Heard(in_common, made_for, named)


def text(need: NeedFacts, catalogue: Catalogue, rows: Ints | None = None, heard: Heard | None = None) -> Scores:
    """Of the products in `rows` (of all): words in common, the line of business, the people, the name itself."""
    if heard is None:
        heard = hear(need, catalogue)
    some = slice(None) if rows is None else rows
    result = BASE + WORDS * np.minimum(heard.in_common[some], ENOUGH)
    if need.industry_codes:
        trade, codes = catalogue.table(TOLD_INDUSTRY, need, frozenset())
        result = result + trade[codes[some]]
    result = np.minimum(np.maximum(result + heard.made_for[catalogue.told_groups.rows[some]], 0.0), MOST)
    if need.industry_codes:
        barred, codes = catalogue.table(BARRED_INDUSTRY, need, frozenset())
        result = np.where(barred[codes[some]], 0.0, result)
    return result if heard.named is None else np.where(heard.named[some], 1.0, result)


def _told_industry(need: NeedFacts, catalogue: Columns) -> Scores:
    table = [
        (
            TRADE
            if any(in_industry(code, own) or in_industry(own, code) for code in told for own in need.industry_codes)
            else OTHER_TRADE
        )
        if told
        else 0.0
        for told in catalogue.told_industries.values
    ]
    return np.array(table or [0.0])[catalogue.told_industries.rows]


def _barred_industry(need: NeedFacts, catalogue: Columns) -> npt.NDArray[np.bool_]:
    barred = [
        any(in_industry(code, own) for code in codes for own in need.industry_codes)
        for codes in catalogue.barred_industries.values
    ]
    return np.array(barred or [False])[catalogue.barred_industries.rows]


def _named(said: str, catalogue: Catalogue) -> list[int]:
    """Products whose whole name was said; 科技保 was not where 科技保险 was."""
    found = [
        (start + length, rows)
        for start in range(len(said) - NAMED + 1)
        for length in catalogue.name_lengths.get(said[start : start + NAMED], ())
        if start + length <= len(said) and (rows := catalogue.by_name.get(said[start : start + length]))
    ]
    if not found:
        return []
    inside = inside_words(said)
    return [row for end, rows in found if end not in inside for row in rows]


def _region(need: NeedFacts, catalogue: Columns) -> Scores:
    table = []
    for groups in catalogue.regions.values:
        if not groups:
            table.append(0.5)
        elif not need.regions:
            table.append(0.4)
        else:
            fits = [code for group in groups for code in group if any(covers(code, place) for place in need.regions)]
            near = max((level(code) for code in fits), default=0)
            table.append((0.4, 0.7, 0.9, 1.0)[near])
    return np.array(table or [0.5])[catalogue.regions.rows]


def _cost(need: NeedFacts, catalogue: Columns) -> Scores:
    rate = catalogue.rate
    known = np.clip(1.0 - np.nan_to_num(rate, nan=6.0) / 12.0, 0.0, 1.0)
    result = np.where(np.isnan(rate), 0.45, known)
    mine = bits([code for code, yes in need.traits.items() if yes], TRAITS)
    return np.where((catalogue.helped & mine) != 0, np.maximum(result, 0.9), result)


def _speed(need: NeedFacts, catalogue: Columns) -> Scores:
    days = catalogue.promised_days
    if need.within_days is None:
        return np.where(np.isnan(days), 0.45, np.clip(1.0 - np.nan_to_num(days) / 30.0, 0.2, 1.0))
    wanted = max(1, need.within_days)
    with np.errstate(invalid="ignore"):
        return np.where(
            np.isnan(days), 0.4, np.where(days <= wanted, 1.0, np.clip(wanted / np.maximum(days, 1), 0, 0.6))
        )


# What each term reads of the need and of products; the words of `text` are looked up in the whole catalogue.
PARTS = {
    part.name: part
    for part in (
        Part("purpose", _purpose, ("purposes",), ("purposes", "told_purposes", "kind")),
        Part("traits", _traits, ("traits",), ("traits", "told_traits", "helped", "barred_traits")),
        Part("guarantee", _guarantee, ("guarantee_kinds", "guarantee_refused"), ("guarantees", "told_guarantees")),
        Part("kind", _kind, KINDS_ASKED, ("kind",)),
        Part(
            "repayment",
            _repayment,
            ("repayment_kinds", "revolving", "days", "purposes"),
            ("repayments", "told_repayments"),
        ),
        Part("amount", _amount, ("amount_low", "amount_high"), ("amount_min", "amount_max")),
        Part("region", _region, ("regions",), ("regions",)),
        Part("cost", _cost, ("traits",), ("rate", "helped")),
        Part("speed", _speed, ("within_days",), ("promised_days",)),
    )
}
TOLD_INDUSTRY = Part("told_industry", _told_industry, ("industry_codes",), ("told_industries",))
BARRED_INDUSTRY = Part("barred_industry", _barred_industry, ("industry_codes",), ("barred_industries",))
