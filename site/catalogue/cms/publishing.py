"""How the forms of the CMS save, submit and do not publish: through the review only, and over nobody's newer version."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages as site_messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.models import EditingSession
from wagtail.log_actions import LogFormatter
from wagtail.models import Revision
from wagtail.snippets.views.snippets import CreateView, EditView

from accounts.http import Request

from .. import actions, queries, versions
from ..models import Product

AT_IT = timedelta(minutes=1)  # an open form says so every ten seconds


class _Submits:
    """Submitting starts from the first post, also after a draft was sent back."""

    object: Product
    request: Request
    get_edit_url: Callable[[], str]

    def submit_action(self):
        try:
            actions.submit(self.object, self.request.user)
        except actions.Unfinished as error:
            messages.error(self.request, str(error))
            return redirect(self.get_edit_url())
        except actions.ReviewRefused as error:
            messages.warning(self.request, str(error))
        return None

    restart_workflow_action = submit_action


class ProductCreateView(_Submits, CreateView):
    pass


class ProductEditView(_Submits, EditView):
    """Says who else is at it, and refuses, once, to save over what somebody else saved meanwhile: tells what that was and
    keeps all that was typed."""

    def get(self, request, *args, **kwargs):
        if others := self._others_at_it():
            messages.info(request, _("%s 也打开着这个产品。先说一声，免得改重了。") % "、".join(others))
        return super().get(request, *args, **kwargs)

    def _others_at_it(self) -> list[str]:
        """Names of those whose browser has said within the last minute that the form is open."""
        sessions = EditingSession.objects.filter(
            content_type=Product.get_content_type(),
            object_id=str(self.object.pk),
            last_seen_at__gte=timezone.now() - AT_IT,
        ).exclude(user=self.request.user)
        return sorted({str(each.user) for each in sessions.select_related("user")})

    def is_valid(self, form):
        newer = None if self.expects_json_response or self.action == "cancel-workflow" else self._newer_by_others()
        if newer is not None:
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = self._told(newer)
            return False
        return super().is_valid(form)

    def _newer_by_others(self) -> Revision | None:
        """The latest that others saved since this form was opened or last saved by itself. One's own does not count: the
        form saves itself while one types, and such a save may be under way when one presses the button."""
        post = self.request.POST
        text = post.get("overwrite_revision_id") or post.get("loaded_revision_id", "")
        if not text.isdecimal() or len(text) > 18:
            return None
        others = Revision.objects.for_instance(self.object).exclude(user=self.request.user).order_by("created_at", "pk")
        newer = others.filter(pk__gt=int(text)).last()
        loaded = others.filter(pk=int(text)).first()
        if newer is None and loaded and loaded.created_at.isoformat() != post.get("loaded_revision_created_at"):
            return loaded  # saved anew by its own editor, in place
        return newer

    def _told(self, newer: Revision) -> str:
        loaded = self.request.POST.get("loaded_revision_id", "")
        base = Revision.objects.for_instance(self.object).exclude(pk=newer.pk)
        base = base.filter(pk=loaded).first() if loaded.isdecimal() else None
        before = base.content if base else versions.content_of(self.live_object)
        context = {
            "who": newer.user,
            "when": newer.created_at,
            "differences": versions.differences(before, newer.content),
        }
        return render_to_string("catalogue/cms/newer.html", context, request=self.request)


@hooks.register("construct_snippet_action_menu")
def offer_no_publishing(menu_items, request, context) -> None:
    if context["model"] is Product:
        menu_items[:] = [
            item
            for item in menu_items
            if item.name not in {"action-publish", "approve", "reject", "action-restart-workflow"}
        ]
        # The first is the big button: sending it off where that can be done, else saving.
        menu_items.sort(key=lambda item: item.name != "action-submit")


@hooks.register("before_publish")
def publish_by_review_only(request, instance):
    """The draft is saved by now. Publishing needs two other people, or the administrator's reason at the desk."""
    if not isinstance(instance, Product):
        return None
    site_messages.warning(request, _("已存为草稿。产品经机构和主管部门两步审核才发布，请点“提交审核”。"))
    return redirect(reverse("wagtailsnippets_catalogue_product:edit", args=[instance.pk]))


@hooks.register("before_unpublish")
def take_down_as_reviewer(request, instance) -> None:
    """Wagtail asks for the permission to publish at all; here: of the institution that has it and that gets it."""
    if not isinstance(instance, Product) or request.user.roles & queries.WHOLE_PLACE:
        return
    reviewed = {each.pk for each in request.user.institutions_as(*queries.DECIDING)}
    stored = Product.objects.filter(pk=instance.pk).values_list("institution", flat=True)
    if not {instance.institution_id, *stored} <= reviewed:
        raise PermissionDenied


@hooks.register("register_log_actions")
def name_actions(registry) -> None:
    registry.register_action("catalogue.confirm", gettext_lazy("复核"), gettext_lazy("复核：内容没有变化"))

    @registry.register_action("catalogue.break_glass")
    class BreakGlass(LogFormatter):
        label = gettext_lazy("未经审核发布")

        def format_message(self, log_entry):
            return _("未经审核发布：%s") % log_entry.data.get("reason", "")
