"""地名 in the CMS, as snippets."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from accounts.forms import PlaceField
from accounts.models import Region

from ..models import Place


class PlaceForm(WagtailAdminModelForm):
    """The region is typed, with suggestions: there are thousands."""

    region = PlaceField(label=_("在哪个区县"), help_text=_("如“遂昌县”，或 GB/T 2260 代码"))

    class Media:
        js = ("js/options.js",)


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
    list_display = ["name", "aliases", "region", "kind", BooleanColumn("is_active", label=_("使用")), "note"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "aliases", "note", "region__full_name"]
    panels = [
        FieldPanel("name"),
        FieldPanel("aliases"),
        FieldPanel("region"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("is_active", help_text=_("取消后，自带的同名地名也不再认"))]),
        FieldPanel("note"),
    ]

    edit_handler = ObjectList(panels, base_form_class=PlaceForm)

    def get_queryset(self, request: Any) -> QuerySet[Place]:
        return Place.objects.select_related("region")


def register() -> None:
    register_snippet(PlaceViewSet)
