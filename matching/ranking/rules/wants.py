"""Whether the product is what is wanted: taken today, of a kind and for a purpose that answer the need."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from ..columns import Columns
from ..facts import NeedFacts, ProductFacts
from ..names import KINDS, PURPOSES, bits
from ..profile import Profile
from ..wording import gettext as _
from ..wording import names
from .base import FAIL, PASS, UNKNOWN, Outcomes, full

# What `wanted_kinds` reads of a need.
KINDS_ASKED = ("kinds", "kinds_refused", "purposes", "renewal_agreed", "repayment_kinds")


def wanted_kinds(need: NeedFacts) -> Mapping[str, float]:
    """Kinds of product that answer this need → how directly, in (0, 1]."""
    return _wanted(
        tuple(need.kinds),
        tuple(need.kinds_refused),
        tuple(need.purposes),
        need.renewal_agreed,
        "no_principal_renewal" in need.repayment_kinds,
    )


@lru_cache(10_000)
def _wanted(
    kinds: tuple[str, ...],
    refused: tuple[str, ...],
    purposes_: tuple[str, ...],
    renewal_agreed: bool | None,
    principal: bool,
) -> Mapping[str, float]:
    purposes, said = set(purposes_), set(kinds)
    if "equity" in refused:
        said -= {"equity"}
    if "loan" in refused:
        said -= {"loan"}
    found: dict[str, float] = {}

    def add(**values: float) -> None:
        for kind, value in values.items():
            found[kind] = max(found.get(kind, 0.0), value)

    if not said:
        if (purposes and purposes <= {"equity"}) or "loan" in refused:
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
        add(guarantee=1, loan=0.8)
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
        add(bridging=0.5 if principal else 1 if renewal_agreed else 0.85, loan=0.85)
        if principal:
            found["loan"] = 1.0
            if "bridging" not in said:
                found["bridging"] = 0.5
        elif renewal_agreed and "bridging" in said:
            found["loan"] = 0.5  # what is wanted is money until the bank lends again
        elif renewal_agreed and "loan" not in said:
            found["loan"] = 0.7
    for kind in refused:
        found.pop(kind, None)
    return MappingProxyType(found)


# Open on the day


def open_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    day = need.on.toordinal()
    return np.where((catalogue.valid_from <= day) & (day <= catalogue.valid_to), PASS, FAIL).astype(np.int8)


def open_words(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    if product.valid_from and need.on < product.valid_from:
        return FAIL, _("%s 起才受理") % product.valid_from
    if product.valid_to and need.on > product.valid_to:
        return FAIL, _("已于 %s 停止受理") % product.valid_to
    return PASS, ""


# Kind


def kind_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    wanted = wanted_kinds(need)
    table = np.array([PASS if kind in wanted else FAIL for kind in KINDS] + [FAIL], dtype=np.int8)
    return table[catalogue.kind]


def kind_words(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    name = _(KINDS.get(product.kind, product.kind))
    if product.kind in wanted_kinds(need):
        return PASS, _("是您要的%s") % name if product.kind in need.kinds else ""
    return FAIL, _("这是%s，与您要的不是一类") % name


# Purpose: money for a loan that falls due and fresh money are two things.

RENEWAL = bits(["renewal"], PURPOSES)


def purpose_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    result = full(catalogue)
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


def purpose_words(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    common = set(need.purposes) & set(product.purposes)
    if set(product.purposes) == {"renewal"}:
        if not need.purposes:
            return UNKNOWN, _("只用于到期贷款的续贷或周转，还不知道您的用途")
        if "renewal" not in need.purposes:
            return FAIL, _("只用于到期贷款的续贷或周转")
    elif (
        _only_renewal(need)
        and product.purposes
        and "renewal" not in product.purposes
        and product.kind in {"loan", "guarantee"}
    ):
        return FAIL, _("用于%s，不用于归还到期贷款") % names(product.purposes, PURPOSES)
    return PASS, _("用途对得上：%s") % names(common, PURPOSES) if common else ""


# Renewal: bridging money needs the word of the bank that it will lend again.


def _renewal_of(need: NeedFacts) -> int:
    return {True: PASS, False: FAIL, None: UNKNOWN}[need.renewal_agreed]


def renewal_all(need: NeedFacts, catalogue: Columns) -> Outcomes:
    result = full(catalogue)
    result[catalogue.kind == 2] = _renewal_of(need)
    if need.renewal_agreed is False:
        result[(catalogue.kind == 0) & (catalogue.purposes == RENEWAL)] = FAIL
    return result


def renewal_words(need: NeedFacts, product: ProductFacts, _profile: Profile) -> tuple[int, str]:
    if product.kind == "bridging":
        outcome = _renewal_of(need)
        return outcome, {
            PASS: _("银行已同意续贷，可以用转贷资金周转"),
            UNKNOWN: _("转贷资金以银行同意续贷为前提，还不知道银行是否同意"),
            FAIL: _("转贷资金以银行同意续贷为前提"),
        }[outcome]
    if product.kind == "loan" and set(product.purposes) == {"renewal"} and need.renewal_agreed is False:
        return FAIL, _("续贷要由原贷款银行同意")
    return PASS, ""
