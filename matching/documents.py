"""Needs in the site's search: for the enterprise itself and for those who supervise, and for advisors when asked for one."""

from django.utils.translation import gettext_lazy as _

from search.registry import DocumentType, Facet, register

from .models import Need


def _readers(need: Need) -> list[str]:
    """The same people as `needs.queries.needs_visible_to`; a test holds both equal."""
    readers = [f"enterprise:{need.enterprise_id}", "role:supervisor", "role:administrator"]
    return readers + (["role:advisor", "role:team_lead"] if need.wants_advisor_at else [])


register(
    DocumentType(
        kind="need",
        label=_("融资需求"),
        model=Need,
        queryset=lambda: Need.objects.select_related("enterprise", "region"),
        title=lambda need: need.summary,
        keywords=lambda need: [*need.labels("purposes"), *need.labels("kinds"), *need.labels("guarantee_kinds")],
        body=lambda need: [need.enterprise.name],
        meta=lambda need: [need.enterprise.name, need.get_status_display()],
        facets={"status": Facet(_("状态"), lambda need: [need.status], choices=Need.Status.choices)},
        visibility=_readers,
        date=lambda need: need.created_at,
        priority=80,
    )
)
