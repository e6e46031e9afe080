"""Products side by side. Which ones is said by the address alone (`?p=a&p=b`), on the list as on the comparison."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..models import Product
from . import queries
from .rows import Row

AT_MOST = 4
READ = 12  # of an address: what stands behind is nobody's choice


def slugs_of(get: QueryDict) -> list[str]:
    return list(dict.fromkeys(each[:80] for each in get.getlist("p") if each))[:READ]


@dataclass(frozen=True)
class Tray:
    """`products` chosen so far, at most four; `refused` those that found no room; `missing` so many that are not to be
    seen. `pairs` is the choice as parameters, to be kept by links and forms of a page."""

    products: list[Product]
    refused: list[Product]
    missing: int

    @property
    def is_full(self) -> bool:
        return len(self.products) == AT_MOST

    @property
    def slugs(self) -> list[str]:
        return [each.slug for each in self.products]

    @property
    def query(self) -> str:
        return urlencode([("p", slug) for slug in self.slugs])


def read(request: HttpRequest, *, whole: bool = False) -> Tray:
    """The tray of this address; with all that a comparison shows when `whole`. No query when nothing is chosen."""
    slugs = slugs_of(request.GET)
    found = queries.by_slug(request.user, slugs, whole=whole) if slugs else []
    return Tray(found[:AT_MOST], found[AT_MOST:], len(slugs) - len(found))


def attach(request: HttpRequest, tray: Tray, products: Iterable[Row]) -> None:
    """Gives each row of a page `in_tray`, and `tray_url`: this page with it added to the tray or taken out.
    `kept_url` is its own page with the tray in the address."""
    for product in products:
        product.in_tray = product.slug in tray.slugs
        slugs = [slug for slug in tray.slugs if slug != product.slug]
        if not product.in_tray:
            slugs.append(product.slug)
        product.tray_url = f"{page_with(request, slugs)}#c-{product.slug}"
        product.kept_url = product.get_absolute_url() + (f"?{tray.query}" if tray.products else "")


def page_with(request: HttpRequest, slugs: list[str]) -> str:
    """This page with exactly these in its tray."""
    kept = request.GET.copy()
    kept.setlist("p", slugs)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def page_with_only_tray(request: HttpRequest) -> str:
    """This page with no condition left, and the tray as it is."""
    pairs = urlencode([("p", slug) for slug in slugs_of(request.GET)])
    return f"{request.path}?{pairs}" if pairs else request.path


def links(request: HttpRequest, tray: Tray) -> dict[str, Any]:
    """What `_tray.html` shows."""
    return {
        "tray": tray,
        "tray_rows": [
            {"product": each, "url": page_with(request, [slug for slug in tray.slugs if slug != each.slug])}
            for each in tray.products
        ],
        "tray_clear": page_with(request, []),
    }


def rows(products: list[Product]) -> list[dict]:
    """What is compared: [{label, cells, differs, unstated}]; an empty cell was stated by nobody, which `unstated` puts
    into words. A row that nobody stated is left out."""
    unknown, unlimited = _("以机构为准"), _("不限")
    makers = (
        (_("机构"), lambda p: str(p.institution), unknown),
        (_("类别"), lambda p: p.get_kind_display(), unknown),
        (_("适合谁"), lambda p: p.audience, unknown),
        (_("不适合"), lambda p: p.not_for, _("没有写明")),
        (_("额度"), lambda p: p.amount_text, unknown),
        (_("利率"), lambda p: p.rate_text or p.basis_text or p.rate_note, unknown),
        (_("费用与补贴"), _fees, unknown),
        (_("期限"), lambda p: dict(p.figures)[_("期限")], unknown),
        (_("担保方式"), lambda p: p.guarantee_names, unknown),
        (_("还款方式"), lambda p: p.repayment_names, unknown),
        (_("办结"), lambda p: dict(p.figures)[_("办结")], unknown),
        (_("谁能办"), lambda p: "；".join(rule.text for rule in p.rules.all()), unknown),
        (_("地区"), lambda p: "、".join(region.full_name for region in p.regions.all()), unlimited),
        (_("规模"), lambda p: "、".join(p.labels("size_classes")), unlimited),
        (_("要准备什么"), lambda p: "、".join(p.material_list), unknown),
        (_("咨询"), lambda p: p.contact, unknown),
        (_("资料日期"), lambda p: p.as_of_text, unknown),
    )
    found = []
    for label, make, unstated in makers:
        cells = [str(make(each)) for each in products]
        if any(cells):
            found.append({"label": label, "cells": cells, "differs": len(set(cells)) > 1, "unstated": unstated})
    return found


def _fees(product: Product) -> str:
    """Fees and subsidies; a rate is not said twice."""
    return "；".join(tariff.text for tariff in product.tariffs.all() if tariff.text != product.rate_note)
