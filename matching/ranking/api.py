"""`rank`: the one entry of the ranking."""

from collections import Counter, defaultdict

import numpy as np

from .catalogue import Catalogue
from .facts import NeedFacts, ProductFacts
from .names import REPAYMENTS, TRAITS, names, number
from .profile import Profile
from .result import Check, Nearly, Outcome, Question, Ranking, Result
from .rules import BY_NAME, RULES, change, explain, is_repairable, outcomes
from .scoring import TERMS, score, terms
from .weights import Weights

NEARLY = 5
NEUTRAL = 0.5
VARIANTS_AT_TOP = 2  # of one institution and one make
CLOSE = 0.92  # what stands in for a further variant must reach this share of its score
QUESTIONS = {
    "region": Question("regions", "企业在哪个县（市、区）？"),
    "guarantee": Question("guarantee_kinds", "有没有可以抵押、质押的东西，或者需要信用方式、担保公司担保？"),
    "amount": Question("amount_low", "大概需要多少资金？"),
    "purpose": Question("purposes", "这笔钱打算用来做什么？"),
    "renewal": Question("renewal_agreed", "原贷款银行同意续贷了吗？"),
    "size_class": Question("size_class", "企业有多少员工、年营业收入大约多少？"),
    "industry": Question("industry_codes", "企业主要做什么行业？"),
    "years": Question("years", "企业成立几年了？"),
    "revenue": Question("revenue", "去年营业收入大约多少？"),
}


def rank(need: NeedFacts, catalogue: Catalogue, weights: Weights | None = None, limit: int = 10) -> Ranking:
    """The best `limit` products that no hard rule rules out, best first; the same input gives the same order."""
    weights = weights or Weights.default()
    if not len(catalogue) or limit < 1:
        return Ranking((), considered=len(catalogue), weights_version=weights.version)
    by_rule = outcomes(need, catalogue)
    failed = np.zeros(len(catalogue), dtype=np.int64)
    for result in by_rule.values():
        failed += result < 0
    found = terms(need, catalogue)
    scores = score(found, weights.terms)
    fitting = _best(np.flatnonzero(failed == 0), scores, limit * 3)
    shown = _diverse(fitting, scores, catalogue)[:limit]
    results = tuple(
        _result(
            need,
            catalogue,
            int(row),
            float(scores[row]),
            {name: float(values[row]) for name, values in found.items()},
            weights,
        )
        for row in shown
    )
    return Ranking(
        results,
        nearly=_nearly(need, catalogue, by_rule, failed, scores),
        question=_question(need, results, catalogue, shown),
        considered=len(catalogue),
        weights_version=weights.version,
    )


def _best(rows: np.ndarray, scores: np.ndarray, count: int) -> list[int]:
    """The best `count` rows; of equal ones the first in the catalogue's order."""
    if len(rows) > count:
        edge = np.partition(scores[rows], len(rows) - count)[len(rows) - count]
        rows = rows[scores[rows] >= edge]
    return [int(row) for row in rows[np.lexsort((rows, -scores[rows]))][:count]]


def _diverse(rows: list[int], scores: np.ndarray, catalogue: Catalogue) -> list[int]:
    """Of products of one make no more than two stand before others that are nearly as good."""
    kept: list[int] = []
    waiting = list(rows)
    seen: Counter[tuple] = Counter()
    while waiting:
        pick = waiting[0]
        if seen[_make(catalogue.products[pick])] >= VARIANTS_AT_TOP:
            pick = next(
                (
                    row
                    for row in waiting
                    if seen[_make(catalogue.products[row])] < VARIANTS_AT_TOP
                    and scores[row] >= CLOSE * scores[waiting[0]]
                ),
                pick,
            )
        waiting.remove(pick)
        kept.append(pick)
        seen[_make(catalogue.products[pick])] += 1
    return kept


def _make(product: ProductFacts) -> tuple:
    return (product.institution, product.kind, frozenset(product.purposes), frozenset(product.guarantee_kinds))


def _result(
    need: NeedFacts, catalogue: Catalogue, row: int, total: float, found: dict[str, float], weights: Weights
) -> Result:
    product, profile = catalogue.products[row], catalogue.profiles[row]
    checks = tuple(explain(need, product, profile))
    unknown = [check.sentence for check in checks if check.outcome is Outcome.UNKNOWN]
    unknown += [f"请核对：{rule.text}" for rule in product.rules if rule.kind == "other" and rule.text]
    return Result(
        product,
        total,
        reasons=_reasons(need, product, profile, checks, found, weights),
        fails=tuple(_wishes_missed(need, product, profile, found)),
        unknown=tuple(dict.fromkeys(unknown)),
        checks=checks,
        terms=found,
    )


def _reasons(
    need: NeedFacts,
    product: ProductFacts,
    profile: Profile,
    checks: tuple[Check, ...],
    found: dict[str, float],
    weights: Weights,
) -> tuple[str, ...]:
    """The three that lift the score most, with their numbers."""
    passed = {check.rule: check.sentence for check in checks if check.outcome is Outcome.PASS}
    told = {
        "purpose": passed.get("purpose", ""),
        "traits": passed.get("traits", "") or _helped(need, profile),
        "guarantee": passed.get("guarantee", ""),
        "kind": passed.get("renewal", "") or passed.get("kind", ""),
        "repayment": _repayment_reason(need, product, profile),
        "amount": passed.get("amount", ""),
        "region": "本地产品，在适用地区内" if found["region"] >= 0.9 else passed.get("region", ""),
        "cost": passed.get("rate", ""),
        "speed": f"承诺 {product.promised_days} 个工作日办结" if product.promised_days is not None else "",
        "text": "您提到的正是这个产品" if found["text"] == 1.0 else "",
    }
    order = {name: place for place, name in enumerate(TERMS)}
    ranked = sorted(
        (name for name, sentence in told.items() if sentence),
        key=lambda name: (-weights.terms.get(name, 0.0) * (found[name] - NEUTRAL), order[name]),
    )
    reasons = [told[name] for name in ranked[:3]]
    if not reasons and (product.audience or product.summary):
        reasons = [f"适合：{product.audience or product.summary}"]
    return tuple(reasons)


def _helped(need: NeedFacts, profile: Profile) -> str:
    mine = {code for code, yes in need.traits.items() if yes}
    if profile.helped & mine:
        return f"{names(profile.helped & mine, TRAITS)}有补贴或减免"
    if profile.told_traits & mine:
        return f"介绍里提到{names(profile.told_traits & mine, TRAITS)}"
    return ""


def _repayment_reason(need: NeedFacts, product: ProductFacts, profile: Profile) -> str:
    either = set(product.repayment_kinds) | profile.told_repayments
    wanted = (set(need.repayment_kinds) | ({"revolving"} if need.revolving else set())) & either
    if wanted:
        return f"支持{names(wanted, REPAYMENTS)}"
    if need.days is not None and need.days <= 90 and "revolving" in either:
        return f"支持随借随还，可以只用 {need.days} 天"
    return ""


def _wishes_missed(need: NeedFacts, product: ProductFacts, profile: Profile, found: dict[str, float]) -> list[str]:
    """Wishes, not rules: the product may still do."""
    missed = []
    wanted = set(need.repayment_kinds) | ({"revolving"} if need.revolving else set())
    if wanted and product.repayment_kinds and not wanted & set(product.repayment_kinds):
        missed.append(f"没有写明{names(wanted, REPAYMENTS)}，还款方式是{names(product.repayment_kinds, REPAYMENTS)}")
    if need.revolving is False and set(product.repayment_kinds) == {"revolving"}:
        missed.append("是随借随还的产品，您说不需要")
    if (
        need.within_days is not None
        and product.promised_days is not None
        and product.promised_days > max(1, need.within_days)
    ):
        missed.append(f"承诺 {product.promised_days} 个工作日办结，您希望 {max(1, need.within_days)} 天内")
    if need.purposes and product.purposes and not set(need.purposes) & set(product.purposes):
        missed.append("写明的用途与您说的不完全一致")
    barred = profile.barred_traits & {code for code, yes in need.traits.items() if yes}
    if barred:
        missed.append(f"写明不适合：{product.not_for}")
    if (
        need.amount_high is not None
        and profile.amount_max is not None
        and need.amount_low is not None
        and need.amount_low <= profile.amount_max < need.amount_high
    ):
        missed.append(f"额度只够一部分，最高 {number(profile.amount_max / 10_000)} 万元")
    return missed


def _nearly(
    need: NeedFacts, catalogue: Catalogue, by_rule: dict[str, np.ndarray], failed: np.ndarray, scores: np.ndarray
) -> tuple[Nearly, ...]:
    """Products that exactly one repairable rule keeps out; what the firm can change itself first."""
    found: list[tuple[bool, float, int, str]] = []
    one = failed == 1
    for rule in RULES:
        if not rule.repairable:
            continue
        rows = np.flatnonzero(one & (by_rule[rule.name] < 0))
        for row in _best(rows, scores, NEARLY * 2):
            if is_repairable(rule.name, need, catalogue.profiles[row]):
                found.append((not rule.in_firms_hands, -float(scores[row]), row, rule.name))
    return tuple(
        Nearly(
            catalogue.products[row],
            name,
            change(name, need, catalogue.products[row], catalogue.profiles[row]),
            BY_NAME[name].in_firms_hands,
            -minus,
        )
        for _hands, minus, row, name in sorted(found)[:NEARLY]
    )


def _question(need: NeedFacts, results: tuple[Result, ...], catalogue: Catalogue, rows: list[int]) -> Question | None:
    """The unknown that the order hangs on most: products further up count more."""
    votes: defaultdict[tuple[str, str], float] = defaultdict(float)
    for place, (result, row) in enumerate(zip(results, rows, strict=True)):
        weight = result.score / (place + 2)
        for check in result.checks:
            if check.outcome is not Outcome.UNKNOWN:
                continue
            if check.rule == "traits":
                codes = {code for _how, group in catalogue.profiles[row].traits for code in group}
                for code in sorted(code for code in codes if need.traits.get(code) is None):
                    votes["traits", code] += weight / max(1, len(codes))
            elif check.rule in QUESTIONS:
                votes[check.rule, ""] += weight
    if not votes:
        return None
    rule, code = min(votes, key=lambda each: (-votes[each], each))
    if rule == "traits":
        return Question("traits", f"您的企业是不是{TRAITS.get(code, code)}？", code)
    return QUESTIONS[rule]
