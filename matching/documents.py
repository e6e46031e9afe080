"""Needs in the site's search: for the enterprise itself and for those who supervise, and for advisors when asked for one.

An institution meets a need as a referral, in its inbox. Numbers and the author's name are masked in what it says of itself.
"""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, User
from accounts.wording import masked_text
from search.registry import DocumentType, Facet, register

from .models import Need


def _readers(need: Need) -> list[str]:
    """The same people as `needs.queries.needs_visible_to`; a test holds both equal."""
    readers = [f"enterprise:{need.enterprise_id}", "role:supervisor", "role:administrator"]
    return readers + (["role:advisor", "role:team_lead"] if need.wants_advisor_at else [])


def _keys(rows: QuerySet) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True))


register(
    DocumentType(
        kind="need",
        label=_("需求"),
        model=Need,
        queryset=lambda: Need.objects.select_related("enterprise", "author"),
        title=lambda need: masked_text(need.summary, need.author.name),
        keywords=lambda need: [
            need.enterprise.name,
            *need.labels("purposes"),
            *need.labels("kinds"),
            *need.labels("guarantee_kinds"),
        ],
        meta=lambda need: [
            need.enterprise.name,
            need.get_status_display(),
            f"{timezone.localtime(need.created_at):%Y-%m-%d}",
        ],
        facets={"status": Facet(_("状态"), lambda need: [need.status], choices=Need.Status.choices)},
        visibility=_readers,
        date=lambda need: need.created_at,
        related={
            Enterprise: lambda enterprise: _keys(enterprise.needs),
            User: lambda user: _keys(Need.objects.filter(author=user)),
        },
        priority=81,
    )
)
