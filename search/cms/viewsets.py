"""Words, synonyms and pins as snippets."""

from typing import Any

from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from ..models import LexiconTerm, Pin, SynonymGroup


class PinPolicy(ModelPermissionPolicy):
    """Pins are made where results are looked at, see `views.pin`."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and super().user_has_permission(user, action)


class PrefilledCreateView(CreateView):
    """?words=过桥、 begins the form."""

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"words": self.request.GET.get("words", "")[:100]}


class SearchViewSet(SnippetViewSet):
    search_backend_name = None  # icontains finds Chinese; the stock backend does not
    list_per_page = 50
    copy_view_enabled = False


class SynonymViewSet(SearchViewSet):
    model = SynonymGroup
    icon = "link"
    add_view_class = PrefilledCreateView
    list_display = ["words", "is_one_way", "is_active", "note"]
    list_filter = ["is_one_way", "is_active"]
    search_fields = ["words", "note"]
    panels = [
        FieldPanel("words"),
        FieldRowPanel([FieldPanel("is_one_way"), FieldPanel("is_active")]),
        FieldPanel("note"),
    ]


class LexiconViewSet(SearchViewSet):
    model = LexiconTerm
    icon = "pilcrow"
    list_display = ["term", "reading", "is_word", "is_active", "note"]
    list_filter = ["is_word", "is_active"]
    search_fields = ["term", "note"]
    panels = [
        FieldPanel("term"),
        FieldPanel("reading"),
        FieldRowPanel([FieldPanel("is_word"), FieldPanel("is_active")]),
        FieldPanel("note"),
    ]


class PinViewSet(SearchViewSet):
    model = Pin
    icon = "thumbtack"
    list_display = ["query", "title", "sort_order"]
    search_fields = ["query", "title"]
    panels = [FieldPanel("query"), FieldPanel("sort_order")]


def register() -> None:
    register_permission_policy(Pin, PinPolicy(Pin))
    for viewset in (SynonymViewSet, LexiconViewSet, PinViewSet):
        register_snippet(viewset)


__all__ = ["register"]
