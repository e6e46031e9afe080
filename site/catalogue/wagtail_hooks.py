"""Enters the catalogue in the CMS. What is offered there is in `cms/`, who may do it in `actions.sync_groups`."""

from django.http import JsonResponse
from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from accounts.models import Institution

from . import queries
from .cms import parties, products, rates, scope
from .models import CatalogueLogEntry, Landmark, LendingRate, Outlet, Product, ServiceItem, StatedCount

for viewset in (
    products.ProductViewSet,
    parties.InstitutionViewSet,
    parties.OutletViewSet,
    parties.ServiceItemViewSet,
    parties.StatedCountViewSet,
):
    scope.register(viewset)
register_snippet(parties.LandmarkViewSet)
register_snippet(rates.LendingRateViewSet)


@hooks.register("register_log_actions")
def register_log_model(registry) -> None:
    for model in (Product, Institution, Landmark, LendingRate, Outlet, ServiceItem, StatedCount):
        registry.register_model(model, CatalogueLogEntry)


@hooks.register("register_admin_urls")
def register_partner_lookup() -> list:
    return [path("catalogue/partners/", partner_options, name="catalogue_partners")]


def partner_options(request) -> JsonResponse:
    """Suggestions for 合作机构: names of institutions that the public sees."""
    text = request.GET.get("q", "").strip()[:40]
    found = queries.institutions_with_counts(request.user, name=text) if text else queries.institutions().none()
    return JsonResponse({"options": [each.name for each in found[:12]]})
