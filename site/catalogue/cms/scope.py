"""Whose rows a person meets in the CMS: those of the own institution, in every view, by every address.

Wagtail asks model permissions in most views and instance permissions in few. So each view that takes a primary key is
wrapped once more, and lists, choosers, bulk actions and policies all read `queries.editable_by`. A permission comes with
a role, the role with an institution: whoever drafts for one and reviews for another deletes and decides for the other only.
"""

from collections.abc import Callable
from functools import cached_property, reduce, wraps
from operator import or_
from typing import ClassVar

from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import URLPattern
from wagtail import hooks
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.models import TaskState
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import CopyView, IndexView, SnippetViewSet

from accounts.models import User
from accounts.roles import Role

from .. import queries
from ..actions.groups import GRANTS
from ..exchange.views import send_export

VERBS = {
    "unpublish": "publish",
    "revisions_unschedule": "publish",
    "lock": "lock",
    "unlock": "unlock",
    "delete": "delete",
}


def roles_for(model: type[Model], *verbs: str) -> tuple[Role, ...]:
    """The roles of an institution's people that allow any of `verbs` on rows of `model`."""
    return tuple(role for role in queries.DRAFTING if set(verbs) & set(GRANTS[role].get(model, ())))


def own(user: User, model: type[Model], *verbs: str) -> QuerySet:
    """Rows of `model` on which `user` may do any of `verbs`: of the institutions where the role that allows it is held."""
    roles = roles_for(model, *verbs)
    return (
        queries.editable_by(user, model, *roles)
        if roles or user.roles & queries.WHOLE_PLACE
        else model._default_manager.none()
    )


class OwnPolicy(ModelPermissionPolicy):
    """Group permissions as usual, and only over rows of institutions that the person works for."""

    def user_has_permission_for_instance(self, user, action, instance) -> bool:
        if not self.user_has_permission(user, action):
            return False
        return instance.pk is None or own(user, self.model, action).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        if not self.user_has_any_permission(user, actions):
            return self.model._default_manager.none()
        return own(user, self.model, *actions)

    def instances_user_has_permission_for(self, user, action):
        return self.instances_user_has_any_permission_for(user, [action])


class NameFilterForm(SearchFilterMixin, BaseFilterForm):
    """Rows whose names hold each word that is typed; Wagtail's own box is for models in its index only."""

    def filter(self, objects: QuerySet) -> QuerySet:
        self.search_query = self.cleaned_data.get("q") or None
        self.is_searching = self.search_query is not None
        names = {"name", "short_name"} & {each.name for each in objects.model._meta.get_fields()}
        for word in (self.search_query or "").split()[:8]:
            objects = objects.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in names)))
        return objects


class _OwnChoices:
    """What may be picked elsewhere: what the public sees, and one's own."""

    request: HttpRequest
    model_class: type[Model]
    filter_form_class = NameFilterForm

    def get_object_list(self):
        return queries.choosable_by(self.request.user, self.model_class)  # type: ignore[arg-type]

    def get_object(self, pk):
        return self.get_object_list().get(pk=pk)

    def get_objects(self, pks):
        return self.get_object_list().filter(pk__in=pks)


class OwnChooserViewSet(SnippetChooserViewSet):
    choose_view_class = type("OwnChooseView", (_OwnChoices, ChooseView), {})
    choose_results_view_class = type("OwnChooseResultsView", (_OwnChoices, ChooseResultsView), {})
    chosen_view_class = type("OwnChosenView", (_OwnChoices, SnippetChosenView), {})
    chosen_multiple_view_class = type("OwnChosenMultipleView", (_OwnChoices, SnippetChosenMultipleView), {})


class OwnIndexView(IndexView):
    """Exports what is filtered in the columns that an import reads, where there is such a table."""

    exchange_kind = ""

    @property
    def show_export_buttons(self) -> bool:
        return bool(self.exchange_kind)

    def as_spreadsheet(self, queryset, spreadsheet_format):
        return send_export(self.request, self.exchange_kind, queryset, spreadsheet_format)


class OwnCopyView(CopyView):
    """Shows the form alone: it is posted to where new rows are made. A post to this address would be written over the
    row that is copied, past its review and its lock."""

    http_method_names = ("get", "head", "options")


class OwnViewSet(SnippetViewSet):
    """A snippet of one institution. `model` has a foreign key `institution`, or is Institution.

    `exchange_kind`: the table of import and export, "" where there is none."""

    index_view_class = OwnIndexView
    copy_view_class = OwnCopyView
    exchange_kind = ""
    chooser_viewset_class = OwnChooserViewSet
    search_backend_name = None  # icontains finds Chinese; the stock backend does not
    list_per_page = 50
    list_related: tuple[str, ...] = ()  # what a row of the list shows of other tables

    def get_queryset(self, request):
        return own(request.user, self.model, "change").select_related(*self.list_related)

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(exchange_kind=self.exchange_kind, **kwargs)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            URLPattern(entry.pattern, self._own_only(entry.callback, entry.name), entry.default_args, entry.name)
            for entry in super().get_urlpatterns()
        ]

    def _own_only(self, view: Callable, name: str | None) -> Callable:
        verb = VERBS.get(name or "", "change")
        verb = verb if roles_for(self.model, verb) else "change"  # what nobody there may, Wagtail refuses with a word

        @wraps(view)
        def inner(request, *args, **kwargs):
            key = kwargs.get("pk")
            if key is not None and not own(request.user, self.model, verb).filter(pk=unquote(str(key))).exists():
                raise Http404
            if "task_state_id" in kwargs:
                # Wagtail asks whether this row may be decided on, then decides on whatever state is named.
                states = TaskState.objects.filter(pk=kwargs["task_state_id"], workflow_state__object_id=str(key))
                if not states.filter(workflow_state__content_type=_content_type(self.model)).exists():
                    raise Http404
            return view(request, *args, **kwargs)

        return inner


def _content_type(model) -> ContentType:
    return ContentType.objects.get_for_model(model)


class OwnDeleteBulkAction(DeleteBulkAction):
    """Wagtail's names the rows that it refuses; here those of others are missing."""

    models: ClassVar[list[type[Model]]] = []

    @cached_property
    def _actionable_objects(self):
        found, refused = super()._actionable_objects
        seen = set(own(self.request.user, self.model, "change").values_list("pk", flat=True))
        kept = [each for each in refused["items_with_no_access"] if each.pk in seen]
        if not found and not kept:
            raise Http404
        return found, {"items_with_no_access": kept}


def register(viewset: type[OwnViewSet]) -> None:
    register_permission_policy(viewset.model, OwnPolicy(viewset.model))
    register_snippet(viewset)
    OwnDeleteBulkAction.models.append(viewset.model)


hooks.register("register_bulk_action", OwnDeleteBulkAction, order=1)  # in the place of Wagtail's
