"""Why a product stands where it does: the best three reasons, wishes that it misses, what is not known. Only words."""

from .catalogue import Catalogue
from .facts import NeedFacts, ProductFacts
from .names import REPAYMENTS, TRAITS, names, number
from .profile import Profile
from .result import Check, Outcome, Result
from .rules import explain
from .scoring import TERMS
from .weights import Weights

NEUTRAL = 0.5


def result_of(
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
