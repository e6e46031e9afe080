"""Moves the page cache's epoch on whenever something public changes, in the same transaction."""

from django.apps import apps
from django.db import connection
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.signals import post_page_move

from events.signals import availability_changed
from search.events import answers_changed

PUBLIC_APPS = ("catalogue", "content")
PRIVATE_MODELS = ("catalogue.favourite",)  # of these apps, but on no page that others read
PUBLIC_MODELS = (
    "accounts.institution",
    "accounts.policy",
    "wagtailcore.page",  # what Wagtail saves through the base class: expiry, moves
    "wagtailcore.pageviewrestriction",
    "wagtailcore.site",
    "wagtailimages.image",
    "wagtailredirects.redirect",
    "events.event",
    "events.eventsession",
    "matching.weightset",
    "advisors.advisor",
    "advisors.advisorteam",
    "advisors.teammember",
)


def bump(**kwargs) -> None:
    """Makes every kept page unreachable once the running transaction commits."""
    from .models import Epoch

    # Written out: each change that is published asks, and Django would take longer to compile it than the database to do it.
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Epoch._meta.db_table} SET value = value + 1 WHERE id = 1")  # noqa: S608
        done = cursor.rowcount
    if not done:
        Epoch.objects.get_or_create(pk=1)


def _on_change(sender, **kwargs) -> None:
    if not kwargs.get("raw"):
        bump()


def connect() -> None:
    """Called once when the apps are ready."""
    answers_changed.connect(bump, dispatch_uid="epoch-search")
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if label in PRIVATE_MODELS:
            continue
        if model._meta.app_label in PUBLIC_APPS or label in PUBLIC_MODELS:
            for signal in (post_save, post_delete):
                signal.connect(_on_change, sender=model, dispatch_uid=f"epoch-{label}")
            for relation in model._meta.many_to_many:
                m2m_changed.connect(
                    _on_change, sender=relation.remote_field.through, dispatch_uid=f"epoch-{label}-{relation.name}"
                )
    post_page_move.connect(bump, dispatch_uid="epoch-move")
    availability_changed.connect(bump, dispatch_uid="epoch-availability")
