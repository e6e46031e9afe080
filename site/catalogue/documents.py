"""What of the catalogue can be searched."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, InstitutionKind, Region, SizeClass, Trait
from accounts.wording import money, percent
from search.registry import DocumentType, Facet, Range, Sort, register

from . import facets
from .models import EligibilityRule, GuaranteeKind, LendingRate, Outlet, Product, ProductKind, Purpose, ServiceItem

AMOUNTS = tuple(each * 10_000 for each in facets.AMOUNTS)  # 元
RATES = (2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 8, 10)  # % a year


def _regions(codes) -> dict[str, str]:
    return dict(Region.objects.filter(pk__in=list(codes)).values_list("pk", "full_name"))


def _institutions(ids) -> dict[str, str]:
    rows = Institution.objects.filter(pk__in=[int(pk) for pk in ids if pk.isdecimal()])
    return {str(pk): short or name for pk, short, name in rows.values_list("pk", "short_name", "name")}


def _keys(related) -> list[int]:
    return list(related.order_by().values_list("pk", flat=True))


def _midnight_after(day) -> datetime | None:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


def _rate(product: Product) -> str:
    low, high = product.rates()
    if low is None:
        return ""
    text = _("年利率 %s") if high in (None, low) else _("年利率 %s 起")
    return text % percent(low)


def _floating(published: LendingRate) -> list[int]:
    """Products whose rate follows from it."""
    return list(Product.objects.filter(rate_basis=published.basis, live=True).values_list("pk", flat=True))


def _labels(field: str, product: Product) -> list[str]:
    names = facets.names_of(field)
    return [names[code] for code in getattr(product, field) if code in names]


register(
    DocumentType(
        kind="product",
        label=_("金融产品"),
        model=Product,
        queryset=lambda: (
            Product.objects.filter(live=True, institution__is_active=True)
            .select_related("institution")
            .prefetch_related("regions", "partners", "rules", "tariffs")
        ),
        title=lambda product: product.name,
        summary=lambda product: product.summary,
        keywords=lambda product: [
            product.institution.name,
            product.institution.short_name,
            *(partner.name for partner in product.partners.all()),
            facets.names_of("kind").get(product.kind, ""),
            *_labels("purposes", product),
            *_labels("guarantee_kinds", product),
            *_labels("repayment_kinds", product),
            *(region.full_name for region in product.regions.all()),
        ],
        body=lambda product: [
            product.audience,
            product.description,
            *(rule.text for rule in product.rules.all()),
            *(tariff.text for tariff in product.tariffs.all()),
        ],
        meta=lambda product: [
            str(product.institution),
            _("最高 %s") % money(product.amount_max) if product.amount_max is not None else "",
            _rate(product),
        ],
        facets={
            "kind": Facet(_("类别"), lambda product: [product.kind], choices=ProductKind.choices),
            "purpose": Facet(_("用途"), lambda product: product.purposes, choices=Purpose.choices),
            "guarantee": Facet(_("担保方式"), lambda product: product.guarantee_kinds, choices=GuaranteeKind.choices),
            "region": Facet(_("地区"), lambda product: [each.code for each in product.regions.all()], choices=_regions),
            "trait": Facet(_("面向"), facets.traits, choices=Trait.choices),
            "size": Facet(_("企业规模"), lambda product: product.size_classes, choices=SizeClass.choices),
            "institution": Facet(_("机构"), lambda product: [str(product.institution_id)], choices=_institutions),
            "place": Facet(_("地区"), facets.places, inner=True),
            "fits_size": Facet(_("企业规模"), facets.sizes, inner=True),
            "lends": Facet(_("额度"), facets.amounts, inner=True),
            "term": Facet(_("期限"), facets.terms, inner=True),
        },
        ranges={
            "amount_max": Range(
                _("最高额度"), lambda product: product.amount_max, _("元"), True, steps=AMOUNTS, says=money
            ),
            "rate_min": Range(_("年利率"), lambda product: product.rates()[0], "%", True, steps=RATES, says=percent),
            "term_max": Range(_("最长期限"), lambda product: product.term_max, _("个月"), True, steps=facets.TERMS),
            "amount_min": Range(_("最低额度"), lambda product: product.amount_min, _("元"), True, inner=True),
            "days": Range(_("承诺办结"), lambda product: product.promised_days, inner=True),
            "name": Range(_("名称"), facets.by_name, inner=True),
            "stated": Range(_("写明的项目"), facets.stated, inner=True),
        },
        sorts={
            "rate": Sort(_("利率从低到高"), by="rate_min"),
            "amount": Sort(_("额度从高到低"), by="amount_max", descending=True),
            "days": Sort(_("办结最快"), by="days"),
            "name": Sort(_("名称"), by="name"),
        },
        standing=Sort(_("综合"), by="stated", descending=True, spread="institution"),
        visibility=lambda product: ["signed_in"] if product.login_required else ["public"],
        since=lambda product: (
            timezone.make_aware(datetime.combine(product.valid_from, time.min)) if product.valid_from else None
        ),
        until=lambda product: _midnight_after(product.valid_to),
        date=lambda product: product.last_published_at,
        related={
            EligibilityRule: lambda rule: [rule.product_id],
            LendingRate: _floating,
            Institution: lambda institution: _keys(institution.products.filter(live=True)),
        },
        suggest=True,
        priority=10,
    )
)
register(
    DocumentType(
        kind="institution",
        label=_("金融机构"),
        model=Institution,
        queryset=lambda: Institution.objects.filter(is_active=True).select_related("region"),
        title=lambda institution: institution.name,
        url=lambda institution: f"/institutions/{institution.slug}/",
        summary=lambda institution: institution.summary,
        keywords=lambda institution: [
            institution.short_name,
            institution.get_kind_display(),
            institution.region.full_name,
        ],
        body=lambda institution: [institution.description],
        facets={"kind": Facet(_("类别"), lambda institution: [institution.kind], choices=InstitutionKind.choices)},
        suggest=True,
        priority=40,
    )
)
register(
    DocumentType(
        kind="outlet",
        label=_("网点"),
        model=Outlet,
        queryset=lambda: (
            Outlet.objects.filter(institution__is_active=True)
            .select_related("institution", "region")
            .prefetch_related("services")
        ),
        title=lambda outlet: outlet.name,
        summary=lambda outlet: outlet.full_address,
        keywords=lambda outlet: [
            outlet.institution.name,
            outlet.institution.short_name,
            outlet.region.full_name,
            *(item.name for item in outlet.services.all()),
        ],
        meta=lambda outlet: [str(outlet.institution), outlet.hours_text],
        facets={
            "region": Facet(_("地区"), lambda outlet: [outlet.region_id], choices=_regions),
            "institution": Facet(_("机构"), lambda outlet: [str(outlet.institution_id)], choices=_institutions),
        },
        related={
            Institution: lambda institution: _keys(institution.outlets),
            ServiceItem: lambda item: _keys(item.outlets),
        },
        suggest=True,
        priority=60,
    )
)
register(
    DocumentType(
        kind="service",
        label=_("服务事项"),
        model=ServiceItem,
        queryset=lambda: (
            ServiceItem.objects.filter(institution__is_active=True)
            .select_related("institution")
            .prefetch_related("outlets")
        ),
        title=lambda item: item.name,
        summary=lambda item: item.description,
        keywords=lambda item: [
            item.institution.name,
            item.get_group_display(),
            *(outlet.name for outlet in item.outlets.all()),
        ],
        body=lambda item: item.step_list,
        meta=lambda item: [str(item.institution), item.get_group_display()],
        facets={"group": Facet(_("类别"), lambda item: [item.group], choices=ServiceItem.Group.choices)},
        related={
            Institution: lambda institution: _keys(institution.service_items),
            Outlet: lambda outlet: _keys(outlet.services),
        },
        priority=70,
    )
)
