"""地名 in the CMS, as snippets."""

from typing import Any

from django.db.models import QuerySet
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from accounts.models import Region

from ..models import Place


class PrefilledCreateView(CreateView):
    """?name=云峰镇&region=331123 begins the form."""

    def get_initial(self) -> dict[str, Any]:
        name, code = self.request.GET.get("name", "")[:40], self.request.GET.get("region", "")
        region = Region.objects.filter(pk=code[:6], is_current=True).first()
        kind = Place.Kind.TOWN if name.endswith(("镇", "乡", "街道")) else Place.Kind.PARK
        return super().get_initial() | ({"name": name, "kind": kind, "region": region} if name else {})


class PlaceViewSet(SnippetViewSet):
    model = Place
    icon = "globe"
    add_view_class = PrefilledCreateView
    search_backend_name = None  # icontains finds Chinese; the stock backend does not
    list_per_page = 50
    copy_view_enabled = False
    list_display = ["name", "aliases", "region", "kind", "is_active", "note"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "aliases", "note", "region__full_name"]
    panels = [
        FieldPanel("name"),
        FieldPanel("aliases"),
        FieldPanel("region"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("is_active")]),
        FieldPanel("note"),
    ]

    def get_queryset(self, request: Any) -> QuerySet[Place]:
        return Place.objects.select_related("region")


def register() -> None:
    register_snippet(PlaceViewSet)
