"""What of the editorial pages can be searched."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction

from accounts.models import Region
from search.registry import DocumentType, Facet, register

from .models import ArticlePage, CasePage, EditorialPage, PolicyPage


def _regions(codes) -> dict[str, str]:
    return dict(Region.objects.filter(pk__in=list(codes)).values_list("pk", "full_name"))


def _dated(page: EditorialPage) -> datetime:
    return timezone.make_aware(datetime.combine(page.as_of, time.min))


def _below(restriction: PageViewRestriction) -> list[int]:
    """The pages that it makes private, or made: its page and all below it."""
    page = Page.objects.filter(pk=restriction.page_id).first()
    return [] if page is None else list(page.get_descendants(inclusive=True).values_list("pk", flat=True))


RELATED = {PageViewRestriction: _below}


def _published(model):
    return lambda: model.objects.live().public()


def _placed(model):
    return lambda: model.objects.live().public().select_related("region")


register(
    DocumentType(
        kind="policy",
        label=_("政策"),
        model=PolicyPage,
        queryset=_placed(PolicyPage),
        title=lambda page: page.title,
        summary=lambda page: page.summary,
        keywords=lambda page: [page.region.full_name, page.number, page.issuer, page.audience],
        body=lambda page: page.body_text(),
        meta=lambda page: [page.region.full_name, page.issuer, page.number],
        facets={"region": Facet(_("地区"), lambda page: [page.region_id], choices=_regions)},
        date=_dated,
        related=RELATED,
        suggest=True,
        priority=40,
    )
)
register(
    DocumentType(
        kind="case",
        label=_("案例"),
        model=CasePage,
        queryset=_placed(CasePage),
        title=lambda page: page.title,
        summary=lambda page: page.summary,
        keywords=lambda page: [page.region.full_name],
        body=lambda page: [*(str(child.value["label"]) for child in page.figures), *page.body_text()],
        meta=lambda page: [page.region.full_name],
        facets={"region": Facet(_("地区"), lambda page: [page.region_id], choices=_regions)},
        date=_dated,
        related=RELATED,
        suggest=True,
        priority=50,
    )
)
register(
    DocumentType(
        kind="article",
        label=_("文章"),
        model=ArticlePage,
        queryset=_published(ArticlePage),
        title=lambda page: page.title,
        summary=lambda page: page.summary,
        body=lambda page: page.body_text(),
        meta=lambda page: [page.source],
        date=_dated,
        related=RELATED,
        suggest=True,
        priority=60,
    )
)
