"""What does not fit together in a product as it is being written: warnings beside the field, never a refusal.

A draft may be unfinished, and a source may really say something odd. What no product can be (a range upside down) the
model refuses when it is saved; here it is told while the second number is being typed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Trait
from accounts.wording import money, percent

from .models import EligibilityRule, LendingRate, Product, Tariff

OLD_SOURCE = timedelta(days=365)
# What no firm is at once: the stages follow each other, and the other three are titles of companies only
# (高新技术企业认定管理办法 2016 第二条, 科技型中小企业评价办法 2017 第六条: 居民企业; 优质中小企业梯度培育管理办法 2022: 企业).
EXCLUSIVE = (
    {Trait.STARTUP, Trait.GROWTH},
    {Trait.SOLE_TRADER, Trait.HIGH_TECH},
    {Trait.SOLE_TRADER, Trait.TECH_SME},
    {Trait.SOLE_TRADER, Trait.SPECIALISED},
)
SUBSIDIES = frozenset({Tariff.Kind.INTEREST_SUBSIDY, Tariff.Kind.FEE_SUBSIDY})


@dataclass(frozen=True)
class Contradiction:
    """`field` is the name of the form's field: "valid_to", "tariffs-0-rate"."""

    field: str
    text: str


def contradictions(
    product: Product,
    rules: Sequence[EligibilityRule | None],
    tariffs: Sequence[Tariff | None],
    today: date | None = None,
) -> list[Contradiction]:
    """Of the product with its rows as they stand in the form; None among them stands for a row taken out."""
    today = today or timezone.localdate()
    return [
        *(Contradiction(name, str(text)) for name, text in product.upside_down().items()),
        *_dates(product, today),
        *_rates(product),
        *_tariffs(product, tariffs, today),
        *_same_twice(tariffs),
        *_rules(product, rules),
    ]


def _dates(product: Product, today: date) -> Iterator[Contradiction]:
    if product.valid_to and product.valid_to < today:
        yield Contradiction("valid_to", _("截止日已过，发布后公众看不到。"))
    if product.as_of and product.as_of > today and (product.as_of.month, product.as_of.day) != (12, 31):
        yield Contradiction("as_of", _("资料日期在将来。"))
    elif product.as_of and product.as_of < today - OLD_SOURCE:
        yield Contradiction("as_of", _("资料已超过一年，请核对是否还有效。"))


def _rates(product: Product) -> Iterator[Contradiction]:
    if not product.rate_basis:
        return
    based = product.based(LendingRate.in_force())
    if based is None or based.published is None:
        yield Contradiction("rate_basis", _("平台还没有这个品种的 LPR 报价，页面不会折算年利率；可请主管部门录入。"))
        return
    for name, stated, follows in zip(
        ("rate_min", "rate_max"), (product.rate_min, product.rate_max), based.rates, strict=True
    ):
        if stated is not None and follows is not None and stated != follows:
            yield Contradiction(
                name,
                _("按%(basis)s 折合是 %(rate)s，和这里写的不一样。")
                % {"basis": based.basis.label, "rate": percent(follows)},
            )


def _tariffs(product: Product, tariffs: Sequence[Tariff | None], today: date) -> Iterator[Contradiction]:
    interest = [each.rate for each in tariffs if each and each.kind == Tariff.Kind.INTEREST and each.rate is not None]
    for place, each in enumerate(tariffs):
        if each is None:
            continue
        head = f"tariffs-{place}-"
        if each.valid_to and each.valid_to < today:
            yield Contradiction(head + "valid_to", _("这项资费的截止日已过，不再计入成本。"))
        if each.cap_amount is not None and product.amount_max is not None and each.cap_amount > product.amount_max:
            yield Contradiction(
                head + "cap_amount", _("比产品的最高额度 %s 还高，这个上限不起作用。") % money(product.amount_max)
            )
        if each.rate is None:
            continue
        if each.kind in SUBSIDIES and each.rate > 100:
            yield Contradiction(head + "rate", _("补贴超过了 100%。"))
        elif (
            each.kind == Tariff.Kind.INTEREST_SUBSIDY
            and each.basis == Tariff.Basis.PER_YEAR
            and interest
            and each.rate > max(interest)
        ):
            yield Contradiction(head + "rate", _("补贴比利息还高，算到利息为止。"))
        if each.kind == Tariff.Kind.INTEREST and each.basis == Tariff.Basis.PER_YEAR and not each.trait:
            low, high = product.rate_min, product.rate_max
            if (low is not None and each.rate < low) or (high is not None and each.rate > high):
                yield Contradiction(head + "rate", _("不在上面写的年利率范围内。"))
        if each.kind in SUBSIDIES and not _something_to_subsidise(each, tariffs):
            yield Contradiction(head + "kind", _("没有写被补贴的那一项，补贴算不出金额。"))


def _something_to_subsidise(subsidy: Tariff, tariffs: Sequence[Tariff | None]) -> bool:
    towards = (
        {Tariff.Kind.INTEREST}
        if subsidy.kind == Tariff.Kind.INTEREST_SUBSIDY
        else {Tariff.Kind.GUARANTEE_FEE, Tariff.Kind.SERVICE_FEE, Tariff.Kind.PREMIUM}
    )
    return any(each is not None and each.kind in towards for each in tariffs)


def _same_twice(tariffs: Sequence[Tariff | None]) -> Iterator[Contradiction]:
    for (_first_place, first), (place, second) in combinations(enumerate(tariffs), 2):
        if first is None or second is None or first.kind != second.kind or first.trait != second.trait:
            continue
        if _overlap(first, second):
            yield Contradiction(
                f"tariffs-{place}-kind",
                _("同样的企业、地区和时间，“%s”写了两次，成本会算两遍。") % second.get_kind_display()
                if second.kind not in {Tariff.Kind.INTEREST, *SUBSIDIES}
                else _("同样的企业、地区和时间，“%s”写了两次，只算对企业有利的一项。") % second.get_kind_display(),
            )


def _overlap(first: Tariff, second: Tariff) -> bool:
    """Whether there is a place and a day on which both hold."""
    if (first.valid_to and second.valid_from and first.valid_to < second.valid_from) or (
        second.valid_to and first.valid_from and second.valid_to < first.valid_from
    ):
        return False
    return not first.regions or not second.regions or _share(first.regions, second.regions)


def _share(first: list, second: list) -> bool:
    """Whether one of these places lies in one of those: GB/T 2260 codes, 330000 ⊃ 330800 ⊃ 330803."""
    stems = [[str(code).rstrip("0") or "0" for code in codes] for codes in (first, second)]
    return any(one.startswith(other) or other.startswith(one) for one in stems[0] for other in stems[1])


def _rules(product: Product, rules: Sequence[EligibilityRule | None]) -> Iterator[Contradiction]:
    kinds = EligibilityRule.Kind
    asked = [(place, rule) for place, rule in enumerate(rules) if rule is not None]
    everything = {value for _place, rule in asked if rule.kind == kinds.TRAITS_ALL for value in rule.values}
    for place, rule in asked:
        wanted = set(rule.values or [])
        if rule.kind == kinds.TRAITS_ALL and any(pair <= everything and pair & wanted for pair in EXCLUSIVE):
            yield Contradiction(f"rules-{place}-values", _("没有企业能同时具备这些特征。"))
        elif (
            rule.kind == kinds.TRAITS_ANY
            and wanted
            and all(any({value} | everything >= pair and value in pair for pair in EXCLUSIVE) for value in wanted)
        ):
            yield Contradiction(f"rules-{place}-values", _("和“须同时具备”的特征冲突，没有企业能满足。"))
        elif (
            rule.kind == kinds.SIZE_CLASS and product.size_classes and wanted and not wanted & set(product.size_classes)
        ):
            yield Contradiction(f"rules-{place}-values", _("和上面选的适用规模没有交集，没有企业能满足。"))
    for kind, low, high in (
        (kinds.AMOUNT, product.amount_min, product.amount_max),
        (kinds.YEARS, None, None),
        (kinds.REVENUE, None, None),
    ):
        yield from _empty_range(kind, asked, low, high)


def _empty_range(
    kind: str, asked: list[tuple[int, EligibilityRule]], low: Decimal | None, high: Decimal | None
) -> Iterator[Contradiction]:
    """Rules of one number that leave nothing, together or with what the product states."""
    for place, rule in asked:
        if rule.kind != kind:
            continue
        low = rule.minimum if low is None else max(low, rule.minimum if rule.minimum is not None else low)
        high = rule.maximum if high is None else min(high, rule.maximum if rule.maximum is not None else high)
        if low is not None and high is not None and low > high:
            yield Contradiction(f"rules-{place}-minimum", _("和别处写的范围没有交集，没有企业能满足。"))
            return
