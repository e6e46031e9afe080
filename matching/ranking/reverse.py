"""The other way round: one product against all open needs, with the rules and the score of `rank`.

Needs differ in much, but few differ in one thing: places, guarantees, wishes, sums each have few distinct values. A value
is judged once, however many needs share it; what then remains to be done for every need is to look six numbers up and
add them. A test holds outcome and score equal to those of `rank`, pair by pair.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.places import covers, level

from .facts import NeedFacts, ProductFacts
from .names import GUARANTEES, KINDS, PURPOSES, REPAYMENTS, SIZES, TRAITS, bits
from .profile import Profile, inside_words, profile
from .rules import BY_NAME, in_industry, refused_guarantees, wanted_kinds
from .rules.base import FAIL
from .scoring import BROAD, BUSINESS, BY_KIND, GENERAL, LIKELY, WORKING
from .weights import Weights
from .words import BASE, ENOUGH, MOST, OTHER_TRADE, TRADE, WORDS, people, said
from .words import groups as groups_said

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
BLOCK = 1 << 16  # needs looked at in one go: what is added up stays in the processor's cache
KEPT_OUT = -np.inf
RENEWAL = bits(["renewal"], PURPOSES)
CREDIT, GUARANTOR, PERSON = (bits([each], GUARANTEES) for each in ("credit", "guarantor", "person"))
REVOLVING = bits(["revolving"], REPAYMENTS)


@dataclass(frozen=True, slots=True)
class Fits:
    """Needs that the product fits: their places in `Needs.keys`, ascending, and the score it has for each."""

    rows: Ints
    scores: Floats


class Column:
    """Distinct values of some of the facts, one need as an example of each, and which value each need has."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}
        self.examples: list[NeedFacts] = []
        self.codes: list[int] = []
        self.rows: npt.NDArray[Any] = np.zeros(0, dtype=np.int32)

    def add(self, value: Hashable, need: NeedFacts) -> int:
        place = self.places.setdefault(value, len(self.examples))
        if place == len(self.examples):
            self.examples.append(need)
        self.codes.append(place)
        return place

    def close(self) -> None:
        """No more needs are added: the lists become numbers."""
        self.rows = np.array(self.codes, dtype=np.uint16 if len(self.examples) < 1 << 16 else np.int32)
        self.codes, self.places = [], {}

    def ints(self, of: Callable[[NeedFacts], int]) -> Ints:
        return np.fromiter((of(each) for each in self.examples), dtype=np.int64, count=len(self.examples))

    def floats(self, of: Callable[[NeedFacts], Any]) -> Floats:
        found = (of(each) for each in self.examples)
        return np.fromiter(
            (np.nan if value is None else float(value) for value in found), dtype=np.float64, count=len(self.examples)
        )

    def bools(self, of: Callable[[NeedFacts], Any]) -> Bools:
        return np.fromiter((bool(of(each)) for each in self.examples), dtype=np.bool_, count=len(self.examples))


class Needs:
    """Columns over open needs, all looked at on one day. Immutable; what does not differ is kept once."""

    def __init__(self, needs: Iterable[tuple[Any, NeedFacts]]) -> None:
        self.keys: list[Any] = []
        self.on: date | None = None
        self.wants, self.firm, self.place, self.backing, self.sums, self.said = (Column() for _number in range(6))
        years, revenue, texts = [], [], []
        words: dict[str, tuple[tuple[str, float], ...]] = {}
        for key, need in needs:
            if self.on not in (None, need.on):
                raise ValueError("all needs are looked at on one day")
            self.on = need.on
            self.keys.append(key)
            if need.text not in words:
                words[need.text] = said(need.text)
            self._add(need, words[need.text])
            years.append(np.nan if need.years is None else float(need.years))
            revenue.append(np.nan if need.revenue is None else float(need.revenue))
            texts.append(need.text.lower())
        self.years, self.revenue = np.array(years), np.array(revenue)
        self.texts = Texts(texts)
        self.postings = self._postings(words)
        for column in (self.wants, self.firm, self.place, self.backing, self.sums, self.said):
            column.close()
        self._columns()

    def __len__(self) -> int:
        return len(self.keys)

    def _add(self, need: NeedFacts, words: tuple[tuple[str, float], ...]) -> None:
        short = need.days is not None and need.days <= 90
        self.wants.add(
            (need.kinds, need.kinds_refused, need.purposes, need.renewal_agreed, need.repayment_kinds, need.revolving, short),
            need,
        )  # fmt: skip
        self.firm.add((need.size_class, tuple(sorted(need.traits.items()))), need)
        self.place.add(need.regions, need)
        self.backing.add((need.guarantee_kinds, need.guarantee_refused, need.within_days), need)
        self.sums.add((need.amount_low, need.amount_high, need.term_months, need.rate_ceiling), need)
        self.said.add((words, need.industry_codes, groups_said(need.text)), need)

    def _postings(self, words: Mapping[str, tuple[tuple[str, float], ...]]) -> dict[str, tuple[Ints, Floats]]:
        """Word → the distinct sayings that hold or mean it, and what it comes to there."""
        found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, example in enumerate(self.said.examples):
            for word, value in words[example.text]:
                found[word].append((place, value))
        return {
            word: (np.array([place for place, _v in held], dtype=np.int32), np.array([value for _p, value in held]))
            for word, held in found.items()
        }

    def _columns(self) -> None:
        wants, firm, backing, sums = self.wants, self.firm, self.backing, self.sums
        self.directness = np.array(
            [[wanted.get(kind, 0.0) for kind in KINDS] for wanted in map(wanted_kinds, wants.examples)]
        ).reshape(-1, len(KINDS))
        self.purposes = wants.ints(lambda need: bits(need.purposes, PURPOSES))
        self.telling = wants.ints(lambda need: bits(_telling(need), PURPOSES))
        self.has_purpose = wants.bools(lambda need: need.purposes)
        self.renews = wants.bools(lambda need: "renewal" in need.purposes)
        self.not_agreed = wants.bools(lambda need: need.renewal_agreed is False)
        self.only_renewal = wants.bools(lambda need: set(need.purposes) == {"renewal"}) & ~self.not_agreed
        self.repayments = wants.ints(lambda need: bits(_repayments(need), REPAYMENTS))
        self.has_wish = wants.bools(_repayments)
        self.not_revolving = wants.bools(lambda need: need.revolving is False)
        self.is_short = wants.bools(lambda need: need.days is not None and need.days <= 90) & ~self.renews
        named = {code for example in firm.examples for code in example.traits}
        self.traits = dict.fromkeys([*TRAITS, *sorted(named - set(TRAITS))], "")
        self.held = firm.ints(lambda need: bits((code for code, yes in need.traits.items() if yes), self.traits))
        self.denied = firm.ints(
            lambda need: bits((code for code, yes in need.traits.items() if yes is False), self.traits)
        )
        self.size = firm.ints(lambda need: bits([need.size_class] if need.size_class else [], SIZES))
        self.has_size = firm.bools(lambda need: need.size_class is not None and not need.traits.get("sole_trader"))
        self.refused = backing.ints(lambda need: bits(refused_guarantees(need), GUARANTEES))
        self.refuses = backing.bools(refused_guarantees)
        self.easy = backing.ints(
            lambda need: bits(
                ({"credit", "guarantor"} | set(need.guarantee_kinds)) - set(need.guarantee_refused), GUARANTEES
            )
        )
        self.offered = backing.ints(lambda need: bits(need.guarantee_kinds, GUARANTEES))
        self.offers = backing.bools(lambda need: need.guarantee_kinds)
        self.within = backing.floats(lambda need: None if need.within_days is None else max(1, need.within_days))
        self.low = sums.floats(lambda need: need.amount_low)
        self.high = sums.floats(lambda need: need.amount_low if need.amount_high is None else need.amount_high)
        self.months = sums.floats(lambda need: need.term_months)
        self.ceiling = sums.floats(lambda need: need.rate_ceiling)
        trades: dict[tuple[str, ...], int] = {}
        self.trade_of = self.said.ints(lambda need: trades.setdefault(need.industry_codes, len(trades)))
        self.trades = tuple(trades)
        groups: dict[frozenset[str], int] = {}
        self.group_of = self.said.ints(lambda need: groups.setdefault(groups_said(need.text), len(groups)))
        self.groups = tuple(groups)

    @property
    def nbytes(self) -> int:
        """Bytes of the columns that grow with the number of needs."""
        columns = (self.wants, self.firm, self.place, self.backing, self.sums, self.said)
        return sum(each.rows.nbytes for each in columns) + self.years.nbytes + self.revenue.nbytes + self.texts.nbytes


class Texts:
    """What needs say in their own words, with a print of each by which nearly all that lack a name are passed over."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.prints: npt.NDArray[np.uint64] = np.zeros((2, len(texts)), dtype=np.uint64)
        for start in range(0, len(texts), BLOCK):
            self.prints[:, start : start + BLOCK] = _prints(texts[start : start + BLOCK])

    @property
    def nbytes(self) -> int:
        return self.prints.nbytes + sum(2 * len(each) for each in self.texts)

    def naming(self, name: str) -> list[int]:
        """Those that hold the whole name; 科技保 is not where 科技保险 is."""
        name = name.lower()
        if len(name) < 3 or not self.texts:
            return []
        first, second = _prints([name])[:, 0]
        likely = np.flatnonzero((self.prints[0] & first) == first)
        likely = likely[(self.prints[1, likely] & second) == second]
        return [row for row in likely.tolist() if name in self.texts[row] and _stands(name, self.texts[row])]


def _stands(name: str, text: str) -> bool:
    inside, start = inside_words(text), text.find(name)
    while start >= 0:
        if start + len(name) not in inside:
            return True
        start = text.find(name, start + 1)
    return False


def _prints(texts: list[str]) -> npt.NDArray[np.uint64]:
    """128 bits a text, one for each two characters that stand together in it."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    found = np.zeros((2, len(texts)), dtype=np.uint64)
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(letters) < 2:
        return found
    pairs = (letters[:-1] * np.uint64(0x9E3779B1) ^ letters[1:] * np.uint64(0x85EBCA77)) >> np.uint64(7) & np.uint64(
        127
    )
    text_of = np.repeat(np.arange(len(texts)), lengths)
    together = text_of[:-1] == text_of[1:]
    pairs, text_of = pairs[together], text_of[:-1][together]
    begins = np.flatnonzero(np.diff(text_of, prepend=-1))
    if not len(begins):
        return found
    for half in range(2):
        bit = np.where(pairs >> np.uint64(6) == half, np.uint64(1) << (pairs & np.uint64(63)), np.uint64(0))
        found[half, text_of[begins]] = np.bitwise_or.reduceat(bit, begins)
    return found


def fitting(
    product: ProductFacts,
    needs: Needs,
    weights: Weights | None = None,
    *,
    told: Profile | None = None,
    at_least: Floats | None = None,
) -> Fits:
    """Every need that no hard rule keeps this product from. `at_least`: for each need the score it must reach.

    `told`: the product's profile where it is at hand; else it is worked out.
    """
    weights = weights or Weights.default()
    nothing = Fits(np.zeros(0, dtype=np.int64), np.zeros(0))
    if not len(needs) or needs.on is None or not _open(product, needs.on):
        return nothing
    told = told or profile(product)
    total = sum(weights.terms.values()) or 1.0
    share = defaultdict(float, {name: value / total for name, value in weights.terms.items()})
    text = _text(product, told, needs)
    tables = [
        (needs.place.rows, _place(product, told, needs, share)),
        (needs.wants.rows, _wants(product, told, needs, share)),
        (needs.sums.rows, _sums(product, told, needs, share)),
        (needs.backing.rows, _backing(product, told, needs, share)),
        (needs.firm.rows, _firm(told, needs, share)),
        (needs.said.rows, share["text"] * text + _trade(product, told, needs)),
    ]
    scores = np.empty(len(needs))
    for start in range(0, len(needs), BLOCK):
        _add_up(tables, scores[start : start + BLOCK], start)
    named = np.array(needs.texts.naming(product.name), dtype=np.int64)
    if len(named):
        scores[named] += share["text"] * (1.0 - text[needs.said.rows[named]])
    least = KEPT_OUT if at_least is None else at_least - 1e-9
    rows = np.flatnonzero((scores > least) & _within_bounds(told, needs))
    return Fits(rows, np.round(scores[rows], 9))


def _add_up(tables: list[tuple[npt.NDArray[Any], Floats]], part: Floats, start: int) -> None:
    """The scores of one block. Once few are left in the running, only those are looked at."""
    end = start + len(part)
    codes, table = tables[0]
    np.take(table, codes[start:end], out=part, mode="clip")
    for place, (codes, table) in enumerate(tables[1:], 1):
        left = np.flatnonzero(part > KEPT_OUT)
        if 4 * len(left) < len(part):
            rows = left + start
            part[left] += sum(table.take(codes[rows]) for codes, table in tables[place:])
            return
        part += table.take(codes[start:end], mode="clip")


def _open(product: ProductFacts, on: date) -> bool:
    return not ((product.valid_from and on < product.valid_from) or (product.valid_to and on > product.valid_to))


def _within_bounds(told: Profile, needs: Needs) -> Bools | bool:
    """Years and revenue: most products limit neither, and then nothing is looked at."""
    result: Any = True
    for column, least, most in (
        (needs.years, told.years_min, told.years_max),
        (needs.revenue, told.revenue_min, told.revenue_max),
    ):
        if least is not None:
            result = result & ~(column < float(least))
        if most is not None:
            result = result & ~(column > float(most))
    return result


def _place(product: ProductFacts, told: Profile, needs: Needs, share: Mapping[str, float]) -> Floats:
    rule = BY_NAME["region"].in_words
    codes = [code for group in told.regions for code in group]
    table = []
    for example in needs.place.examples:
        near = max((level(code) for code in codes if any(covers(code, own) for own in example.regions)), default=0)
        value = 0.5 if not codes else 0.4 if not example.regions else (0.4, 0.7, 0.9, 1.0)[near]
        table.append(KEPT_OUT if rule(example, product, told)[0] == FAIL else share["region"] * value)
    return np.array(table)


def _wants(product: ProductFacts, told: Profile, needs: Needs, share: Mapping[str, float]) -> Floats:
    stated = bits(product.purposes, PURPOSES)
    if product.kind not in KINDS:
        return np.full(len(needs.purposes), KEPT_OUT)
    direct = needs.directness[:, list(KINDS).index(product.kind)]
    fails = direct == 0
    if stated == RENEWAL:
        fails = fails | (needs.has_purpose & ~needs.renews)
    elif stated and product.kind in {"loan", "guarantee"} and not stated & RENEWAL:
        fails = fails | needs.only_renewal
    if product.kind == "bridging" or (product.kind == "loan" and stated == RENEWAL):
        fails = fails | needs.not_agreed
    # purpose
    count = np.maximum(1, np.bitwise_count(needs.telling))
    hinted = np.bitwise_count(needs.telling & bits(told.told_purposes, PURPOSES)) / count
    if stated:
        serves = stated | bits(BY_KIND.get(product.kind, ()), PURPOSES)
        common = np.bitwise_count(needs.telling & serves) / count
        focus = np.bitwise_count(needs.purposes & serves) / serves.bit_count()
        purpose = np.where(
            (needs.purposes & serves) != 0, np.maximum(0.55 + 0.3 * common + 0.15 * focus, 0.7 * hinted), 0.7 * hinted
        )
        if stated & WORKING:
            purpose = np.where((needs.purposes & BUSINESS) != 0, np.maximum(purpose, GENERAL), purpose)
    else:
        purpose = 0.4 + 0.35 * hinted
    purpose = np.where(needs.purposes == 0, 0.5, purpose)
    # repayment
    ways = bits(product.repayment_kinds, REPAYMENTS)
    either = ways | bits(told.told_repayments, REPAYMENTS)
    unwished = np.where(needs.is_short, 0.8 if either & REVOLVING else 0.4, 0.5)
    unwished = np.where(needs.not_revolving, 0.1 if ways == REVOLVING else 0.5, unwished)
    wished = np.where((needs.repayments & either) != 0, 0.85, 0.05 if ways else 0.3)
    wished = np.where((needs.repayments & ways) != 0, 1.0, wished)
    repayment = np.where(needs.has_wish, wished, unwished)
    result = share["purpose"] * purpose + share["kind"] * direct + share["repayment"] * repayment
    return np.where(fails, KEPT_OUT, result)


def _telling(need: NeedFacts) -> tuple[str, ...]:
    """经营周转 is said with nearly every need: beside another purpose it tells little."""
    return tuple(each for each in need.purposes if each != "working_capital") or need.purposes


def _repayments(need: NeedFacts) -> set[str]:
    return set(need.repayment_kinds) | ({"revolving"} if need.revolving else set())


def _sums(product: ProductFacts, told: Profile, needs: Needs, share: Mapping[str, float]) -> Floats:
    least, most = (np.nan if each is None else float(each) for each in (told.amount_min, told.amount_max))
    low, high, months = needs.low, needs.high, needs.months
    unsaid = np.isnan(low)
    fails = ~unsaid & ((high < least) | (low > most))
    if product.term_min is not None:
        fails |= months < product.term_min
    if product.term_max is not None:
        fails |= months > product.term_max
    if told.rate is not None:
        fails |= float(told.rate) > needs.ceiling
    if told.amount_max is None:
        amount = np.full(len(low), 0.55)
    else:
        part = high / most if most > 0 else np.zeros(len(high))
        amount = np.where(high <= most, np.where(part < 0.01, 0.75, 1.0), 0.7)
        amount = np.where(low > most, 0.0, amount)
    amount = np.where(high < least, 0.0, amount)
    return np.where(fails, KEPT_OUT, share["amount"] * np.where(unsaid, 0.5, amount))


def _backing(product: ProductFacts, told: Profile, needs: Needs, share: Mapping[str, float]) -> Floats:
    asked = bits(product.guarantee_kinds, GUARANTEES)
    fails = ((asked & ~needs.refused) == 0) & ((asked & needs.easy) == 0) if asked else np.zeros(len(needs.easy), bool)
    stated = asked or bits(told.told_guarantees, GUARANTEES)
    if stated:
        guarantee = _guarantee(stated, needs)
        if not asked:
            guarantee = np.where(needs.offers | needs.refuses, 0.45 + 0.8 * (guarantee - 0.45), guarantee)
    else:
        guarantee = np.where(needs.offers | needs.refuses, 0.45, 0.5)
    within, days = needs.within, product.promised_days
    if days is None:
        speed = np.where(np.isnan(within), 0.45, 0.4)
    else:
        late = np.clip(within / max(days, 1), 0, 0.6)
        speed = np.where(np.isnan(within), np.clip(1.0 - days / 30.0, 0.2, 1.0), np.where(days <= within, 1.0, late))
    return np.where(fails, KEPT_OUT, share["guarantee"] * guarantee + share["speed"] * speed)


def _guarantee(stated: int, needs: Needs) -> Floats:
    offered, has_credit = needs.offered, (needs.offered & CREDIT) != 0
    pledged = offered & ~CREDIT
    special = pledged & ~(bits(["real_estate"], GUARANTEES) | GUARANTOR | PERSON)
    result = np.full(len(offered), 0.4 if stated & PERSON else 0.15)
    if stated & GUARANTOR:
        usual = np.where(has_credit & needs.refuses, 0.85, 0.55)
        result = np.where((needs.refused & GUARANTOR) == 0, usual, result)
    if stated & CREDIT:
        result = np.where(has_credit, 1.0, np.where(pledged == 0, 0.6, 0.55))
    result = np.where((stated & pledged) != 0, np.maximum(result, 0.92), result)
    result = np.where((stated & special) != 0, 1.0, result)
    silent = ~needs.offers & ~needs.refuses
    return np.where(silent, 0.6 if stated & (CREDIT | GUARANTOR) else 0.4, result)


def _firm(told: Profile, needs: Needs, share: Mapping[str, float]) -> Floats:
    sizes = bits(told.sizes, SIZES)
    fails = needs.has_size & ((needs.size & sizes) == 0) if sizes else np.zeros(len(needs.held), bool)
    for how, codes in told.traits:
        asked = bits(codes, needs.traits)
        if how == "all":
            fails = fails | ((needs.denied & asked) != 0)
        elif set(codes) <= needs.traits.keys():
            fails = fails | (((needs.held & asked) == 0) & ((needs.denied & asked) == asked))
    traits = _traits(told, needs)
    mine = needs.held & ((1 << len(TRAITS)) - 1)
    helped = (mine & bits(told.helped, TRAITS)) != 0
    cost = 0.45 if told.rate is None else min(max(1.0 - float(told.rate) / 12.0, 0.0), 1.0)
    result = share["traits"] * traits + share["cost"] * np.where(helped, max(cost, 0.9), cost)
    return np.where(fails, KEPT_OUT, result)


def _traits(told: Profile, needs: Needs) -> Floats:
    mine = needs.held & ((1 << len(TRAITS)) - 1)
    codes = {code for _how, group in told.traits for code in group}
    if codes:
        asked = bits(codes, needs.traits)
        best, likely = np.zeros(len(mine)), np.zeros(len(mine))
        for code in codes:
            bit = bits([code], needs.traits)
            best = np.where((needs.held & bit) != 0, np.maximum(best, BROAD.get(code, 1.0)), best)
            unknown = ((needs.held | needs.denied) & bit) == 0
            likely = np.maximum(likely, np.where(unknown, LIKELY.get(code, 0.15), 0.1))
        unmet = len(codes) - np.bitwise_count(needs.held & asked).astype(np.int64)
        result = np.where(best > 0, best - 0.03 * np.minimum(3, unmet), likely)
    else:
        result = np.full(len(mine), 0.5)
    spoken = bits(told.told_traits, TRAITS)
    if spoken:
        narrow = mine & ~bits(["private"], TRAITS)
        result = np.where((result == 0.5) & ((narrow & spoken) != 0), 0.8, result)
        result = np.where((result == 0.5) & ((mine & spoken) == 0), 0.35, result)
    result = np.where((mine & bits(told.helped, TRAITS)) != 0, np.maximum(result, 0.85), result)
    return np.where((mine & bits(told.barred_traits, TRAITS)) != 0, np.minimum(result, 0.05), result)


def _text(_product: ProductFacts, told: Profile, needs: Needs) -> Floats:
    """For each distinct saying; that the product was named comes on top."""
    result = np.zeros(len(needs.said.examples))
    for word in sorted(told.words):
        if word in needs.postings:
            rows, values = needs.postings[word]
            result[rows] += values
    np.minimum(result, ENOUGH, out=result)
    result *= WORDS
    result += BASE
    if told.told_industries:
        near = [
            any(in_industry(code, own) or in_industry(own, code) for code in told.told_industries for own in trade)
            for trade in needs.trades
        ]
        known = [bool(trade) for trade in needs.trades]
        result += np.where(known, np.where(near, TRADE, OTHER_TRADE), 0.0)[needs.trade_of]
    if told.told_groups:
        result += np.array([people(told.told_groups, mine) for mine in needs.groups])[needs.group_of]
    np.clip(result, 0.0, MOST, out=result)
    barred = [any(in_industry(code, own) for code in told.barred_industries for own in trade) for trade in needs.trades]
    if any(barred):
        result[np.array(barred)[needs.trade_of]] = 0.0
    return result


def _trade(product: ProductFacts, told: Profile, needs: Needs) -> Floats | float:
    if not told.industries:
        return 0.0
    rule = BY_NAME["industry"].in_words
    outcomes = [rule(NeedFacts(on=date.min, industry_codes=trade), product, told)[0] for trade in needs.trades]
    return np.where(np.array(outcomes) == FAIL, KEPT_OUT, 0.0)[needs.trade_of]
