"""Enterprises in search, for those who may open them; and what search may show to whom, in tokens that all apps use."""

from collections.abc import Iterator

from allauth.account.adapter import get_adapter
from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from search import limits
from search.registry import DocumentType, Facet, register, register_visibility

from .models import Enterprise, Region, SizeClass, User
from .queries import ENTERPRISE_READERS
from .roles import SERVING_ROLES


@register_visibility
def tokens(user: User) -> Iterator[str]:
    """`role:supervisor` per role, `institution:3` per institution in whose name this person deals with enterprises,
    `enterprise:8` per enterprise acted for."""
    yield from (f"role:{role}" for role in user.roles)
    yield from (f"institution:{institution.pk}" for institution in user.institutions_as(*SERVING_ROLES))
    yield from (f"enterprise:{membership.enterprise_id}" for membership in user.memberships)


@limits.readers_by
def reader(request: HttpRequest) -> str:
    """Whoever has signed in is told apart by themselves, not by the address that their office shares."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return str(get_adapter(request).get_client_ip(request))


def _regions(codes) -> dict[str, str]:
    return dict(Region.objects.filter(pk__in=list(codes)).values_list("pk", "full_name"))


register(
    DocumentType(
        kind="enterprise",
        label=_("企业"),
        model=Enterprise,
        queryset=lambda: Enterprise.objects.select_related("region", "industry").prefetch_related(
            Prefetch("merged", Enterprise.every.order_by("pk"))
        ),
        title=lambda enterprise: enterprise.name,
        url=lambda enterprise: reverse("accounts:open_enterprise", args=[enterprise.pk]),
        # The codes of records that were merged into it lead to it.
        keywords=lambda enterprise: [enterprise.uscc, *(each.uscc for each in enterprise.merged.all())],
        meta=lambda enterprise: [
            enterprise.region.full_name,
            enterprise.industry.name if enterprise.industry else "",
            enterprise.get_size_class_display() or "",
        ],
        facets={
            "region": Facet(_("地区"), lambda enterprise: [enterprise.region_id], choices=_regions),
            "size": Facet(_("规模"), lambda enterprise: [enterprise.size_class or ""], choices=SizeClass.choices),
        },
        visibility=lambda enterprise: [
            f"enterprise:{enterprise.pk}",
            *(f"role:{role}" for role in sorted(ENTERPRISE_READERS)),
        ],
        date=lambda enterprise: enterprise.created_at,
        related={
            Enterprise: lambda enterprise: [enterprise.merged_into_id] if enterprise.merged_into_id else [],
        },
        suggest=True,
        priority=80,
    )
)
