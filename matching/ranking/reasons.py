"""Why a product stands where it does: the best three reasons, wishes that it misses, what is not known. Only words."""

from .catalogue import Catalogue
from .facts import NeedFacts, ProductFacts
from .names import REPAYMENTS, TRAITS
from .profile import Profile
from .result import Check, Outcome, Result
from .rules import explain
from .scoring import TERMS
from .weights import Weights
from .wording import gettext as _
from .wording import money, names

NEUTRAL = 0.5


def result_of(
    need: NeedFacts, catalogue: Catalogue, row: int, total: float, found: dict[str, float], weights: Weights
) -> Result:
    product, profile = catalogue.products[row], catalogue.profiles[row]
    checks = tuple(explain(need, product, profile))
    unknown = [check.sentence for check in checks if check.outcome is Outcome.UNKNOWN]
    unknown += [_("请核对：%s") % rule.text for rule in product.rules if rule.kind == "other" and rule.text]
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
        "region": _("本地产品，在适用地区内") if found["region"] >= 0.9 else passed.get("region", ""),
        "cost": passed.get("rate", ""),
        "speed": _("承诺 %s 个工作日办结") % product.promised_days if product.promised_days is not None else "",
        "text": _("您提到的正是这个产品") if found["text"] == 1.0 else "",
    }
    order = {name: place for place, name in enumerate(TERMS)}
    ranked = sorted(
        (name for name, sentence in told.items() if sentence),
        key=lambda name: (-weights.terms.get(name, 0.0) * (found[name] - NEUTRAL), order[name]),
    )
    reasons = [told[name] for name in ranked[:3]]
    if not reasons and (product.audience or product.summary):
        reasons = [_("适合：%s") % (product.audience or product.summary)]
    return tuple(reasons)


def _helped(need: NeedFacts, profile: Profile) -> str:
    mine = {code for code, yes in need.traits.items() if yes}
    if profile.helped & mine:
        return _("%s有补贴或减免") % names(profile.helped & mine, TRAITS)
    if profile.told_traits & mine:
        return _("介绍里提到%s") % names(profile.told_traits & mine, TRAITS)
    return ""


def _repayment_reason(need: NeedFacts, product: ProductFacts, profile: Profile) -> str:
    either = set(product.repayment_kinds) | profile.told_repayments
    wanted = (set(need.repayment_kinds) | ({"revolving"} if need.revolving else set())) & either
    if wanted:
        return _("支持%s") % names(wanted, REPAYMENTS)
    if need.days is not None and need.days <= 90 and "revolving" in either:
        return _("支持随借随还，可以只用 %s 天") % need.days
    return ""


def _wishes_missed(need: NeedFacts, product: ProductFacts, profile: Profile, found: dict[str, float]) -> list[str]:
    """Wishes, not rules: the product may still do."""
    missed = []
    wanted = set(need.repayment_kinds) | ({"revolving"} if need.revolving else set())
    if wanted and product.repayment_kinds and not wanted & set(product.repayment_kinds):
        missed.append(
            _("没有写明%(wanted)s，还款方式是%(stated)s")
            % {"wanted": names(wanted, REPAYMENTS), "stated": names(product.repayment_kinds, REPAYMENTS)}
        )
    if need.revolving is False and set(product.repayment_kinds) == {"revolving"}:
        missed.append(_("是随借随还的产品，您说不需要"))
    if (
        need.within_days is not None
        and product.promised_days is not None
        and product.promised_days > max(1, need.within_days)
    ):
        missed.append(
            _("承诺 %(days)s 个工作日办结，您希望 %(asked)s 天内")
            % {"days": product.promised_days, "asked": max(1, need.within_days)}
        )
    if need.purposes and product.purposes and not set(need.purposes) & set(product.purposes):
        missed.append(_("写明的用途与您说的不完全一致"))
    barred = profile.barred_traits & {code for code, yes in need.traits.items() if yes}
    if barred:
        missed.append(_("写明不适合：%s") % product.not_for)
    if (
        need.amount_high is not None
        and profile.amount_max is not None
        and need.amount_low is not None
        and need.amount_low <= profile.amount_max < need.amount_high
    ):
        missed.append(_("额度只够一部分，最高 %s") % money(profile.amount_max))
    return missed
