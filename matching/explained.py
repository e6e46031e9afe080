"""The rules and weights in words, for the public page and the developers' page: made from the tables that the ranking runs on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .ranking import Catalogue, ProductFacts
from .ranking.profile import Profile
from .ranking.question import QUESTIONS
from .ranking.rules import RULES, Rule
from .ranking.scoring import TERMS
from .weights.queries import Since, explanation, label, shares

RULE_LABELS = {
    "open": (gettext_lazy("产品在办"), gettext_lazy("已发布，在有效期内")),
    "kind": (gettext_lazy("服务类别"), gettext_lazy("您要的是贷款、转贷、保险还是股权")),
    "purpose": (gettext_lazy("用途"), gettext_lazy("产品支持您说的用途")),
    "region": (gettext_lazy("地区"), gettext_lazy("企业在产品的适用地区内")),
    "industry": (gettext_lazy("行业"), gettext_lazy("企业属于产品支持的行业")),
    "size_class": (gettext_lazy("规模"), gettext_lazy("企业划型符合产品要求")),
    "traits": (gettext_lazy("特征"), gettext_lazy("企业具备产品要求的特征，如首贷户、高新技术企业")),
    "guarantee": (gettext_lazy("担保"), gettext_lazy("您能提供产品接受的担保方式")),
    "amount": (gettext_lazy("金额"), gettext_lazy("在产品额度之内")),
    "term": (gettext_lazy("期限"), gettext_lazy("在产品期限之内")),
    "rate": (gettext_lazy("利率"), gettext_lazy("不高于您能接受的上限")),
    "years": (gettext_lazy("成立年数"), gettext_lazy("达到产品要求")),
    "revenue": (gettext_lazy("营业收入"), gettext_lazy("达到产品要求")),
    "renewal": (gettext_lazy("转贷"), gettext_lazy("原贷款银行同意续贷")),
}
Stated = Callable[[ProductFacts, Profile], bool]
# Whether a product says anything about it; what says nothing limits nobody and gets the middle value.
RULE_STATED: dict[str, Stated] = {
    "open": lambda product, _profile: product.valid_to is not None,
    "kind": lambda _product, _profile: True,
    "purpose": lambda product, _profile: bool(product.purposes),
    "region": lambda _product, profile: bool(profile.regions),
    "industry": lambda _product, profile: bool(profile.industries),
    "size_class": lambda _product, profile: bool(profile.sizes),
    "traits": lambda _product, profile: bool(profile.traits),
    "guarantee": lambda product, _profile: bool(product.guarantee_kinds),
    "amount": lambda _product, profile: profile.amount_min is not None or profile.amount_max is not None,
    "term": lambda product, _profile: product.term_min is not None or product.term_max is not None,
    "rate": lambda _product, profile: profile.rate is not None,
    "years": lambda _product, profile: profile.years_min is not None or profile.years_max is not None,
    "revenue": lambda _product, profile: profile.revenue_min is not None or profile.revenue_max is not None,
    "renewal": lambda product, _profile: product.kind == "bridging" or tuple(product.purposes) == ("renewal",),
}
# Terms that follow what a product states; the others follow its words or what kind of service it is.
TERM_STATED: dict[str, Stated] = {
    "purpose": RULE_STATED["purpose"],
    "traits": RULE_STATED["traits"],
    "guarantee": RULE_STATED["guarantee"],
    "repayment": lambda product, _profile: bool(product.repayment_kinds),
    "amount": lambda _product, profile: profile.amount_max is not None,
    "region": RULE_STATED["region"],
    "cost": RULE_STATED["rate"],
    "speed": lambda product, _profile: product.promised_days is not None,
}


@dataclass(frozen=True)
class RuleRow:
    name: str
    label: str
    means: str  # what passing means
    unknown: str  # what happens while it is not known
    fail: str  # what happens when it fails
    stated: int  # products that say something about it


@dataclass(frozen=True)
class TermRow:
    name: str
    label: str
    means: str
    weight: float
    share: float
    stated: int | None  # None: does not hang on what a product states
    since: Since


def rules(stated: Mapping[str, int]) -> list[RuleRow]:
    return [
        RuleRow(
            rule.name,
            str(RULE_LABELS[rule.name][0]),
            str(RULE_LABELS[rule.name][1]),
            _unknown(rule),
            _fail(rule),
            stated.get(rule.name, 0),
        )
        for rule in RULES
    ]


def _unknown(rule: Rule) -> str:
    if rule.name in {"open", "kind"}:
        return _("总是知道")
    if rule.name in QUESTIONS or rule.name == "traits":
        return _("照样列入，写明还不知道；影响大时会问您")
    return _("照样列入，写明还不知道")


def _fail(rule: Rule) -> str:
    if not rule.repairable:
        return _("不列入")
    if rule.in_firms_hands:
        return _("不列入；只差这一项时列在“差一点就符合”，您改一下就可以")
    return _("不列入；只差这一项、而且还办得到时列在“差一点就符合”")


def terms(weights: Mapping[str, float], since: Mapping[str, Since], stated: Mapping[str, int]) -> list[TermRow]:
    """The heaviest first."""
    share = shares(weights)
    rows = [
        TermRow(
            name,
            label(name),
            explanation(name),
            weights.get(name, 0.0),
            share[name],
            stated.get(name) if name in TERM_STATED else None,
            since[name],
        )
        for name in TERMS
    ]
    return sorted(rows, key=lambda row: -row.weight)


@dataclass(frozen=True)
class Counts:
    """How many products of a catalogue state what a rule or a term looks at."""

    rules: Mapping[str, int]
    terms: Mapping[str, int]


_counted: tuple[Catalogue, Counts] | None = None


def counts(catalogue: Catalogue) -> Counts:
    """Counted once for each state of the catalogue: all its products are looked at."""
    global _counted  # noqa: PLW0603
    kept = _counted
    if kept is None or kept[0] is not catalogue:
        pairs = list(zip(catalogue.products, catalogue.profiles, strict=True))
        found = Counts(
            {name: sum(states(*pair) for pair in pairs) for name, states in RULE_STATED.items()},
            {name: sum(states(*pair) for pair in pairs) for name, states in TERM_STATED.items()},
        )
        kept = _counted = (catalogue, found)
    return kept[1]
