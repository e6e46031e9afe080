"""Calculators at fixed addresses: plain GET forms, computed by `costs.core`."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import plain

from .core import Tariff, tariff_amount
from .forms import BridgingForm, CostForm, GuaranteeForm
from .queries import stated


@dataclass(frozen=True)
class Calculator:
    """One calculator: which stated tariff it begins with, and an amount (万元) and days to try."""

    slug: str
    title: Any
    summary: Any
    form: type[CostForm]
    kind: str
    basis: str
    example: tuple[str, str]


CALCULATORS = {
    each.slug: each
    for each in (
        Calculator(
            "guarantee",
            gettext_lazy("担保费按天算"),
            gettext_lazy("按实际用款天数收担保费，和一次性按年收相比，差多少。"),
            GuaranteeForm,
            "guarantee_fee",
            "per_day_used",
            ("50", "30"),
        ),
        Calculator(
            "bridging",
            gettext_lazy("转贷费用"),
            gettext_lazy("贷款到期、银行同意续贷，用几天转贷资金要付多少服务费。"),
            BridgingForm,
            "service_fee",
            "per_month",
            ("500", "5"),
        ),
    )
}


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "matching/cost_index.html", {"calculators": CALCULATORS.values()})


def calculator(request: HttpRequest, slug: str) -> HttpResponse:
    found = CALCULATORS.get(slug)
    if found is None:
        raise Http404
    tariff = stated(request.user, found.kind, found.basis)
    asked = "amount" in request.GET
    amount, days = found.example
    initial = {"amount": amount, "days": days, "rate": plain(tariff.rate) if tariff else None}
    form = found.form(request.GET if asked else None, initial=initial)
    lines = LINES[slug](**form.cleaned_data) if asked and form.is_valid() else []
    context = {"calculator": found, "form": form, "lines": lines, "tariff": tariff}
    return render(request, "matching/cost.html", context)


def _guarantee(*, amount: Decimal, days: int, rate: Decimal) -> list[dict[str, Any]]:
    """By the days used, each day, by the year, and the difference. 元."""
    by_day, by_year = (Tariff(kind="guarantee_fee", basis=basis, rate=rate) for basis in ("per_day_used", "per_year"))
    used, whole = tariff_amount(amount, days, by_day), tariff_amount(amount, days, by_year)
    return [
        {"label": _("按天收，用 %s 天") % days, "yuan": used, "is_main": True},
        {"label": _("每用一天"), "yuan": tariff_amount(amount, 1, by_day)},
        {"label": _("一次性按年收"), "yuan": whole},
        {"label": _("按天收省下"), "yuan": whole - used},
    ]


def _bridging(*, amount: Decimal, days: int, rate: Decimal, half: bool) -> list[dict[str, Any]]:
    """The fee for these days, and what a private firm or sole trader is spared. 元."""
    fee = tariff_amount(amount, days, Tariff(kind="service_fee", basis="per_month", rate=rate))
    off = (fee / 2).quantize(Decimal("0.01")) if half else Decimal(0)
    lines = [{"label": _("服务费，用 %s 天") % days, "yuan": fee - off, "is_main": True}]
    if half:
        lines += [{"label": _("减半之前"), "yuan": fee}, {"label": _("减半省下"), "yuan": off}]
    return lines


LINES: dict[str, Callable[..., list[dict[str, Any]]]] = {"guarantee": _guarantee, "bridging": _bridging}
