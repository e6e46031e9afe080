"""Wagtail's index of what refers to what, for rows that were written in bulk: no signal told it of them."""

from collections.abc import Sequence

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from wagtail.models import ReferenceIndex

BATCH = 50  # rows a transaction
TASK = 500  # rows a task


def note(model: type[Model], keys: Sequence[int]) -> None:
    """Has the queue bring the index up to date, some rows at a time. Inside the transaction that wrote the rows."""
    from .tasks import index_references

    if ReferenceIndex.is_indexed(model):
        for start in range(0, len(keys), TASK):
            index_references.enqueue(model._meta.label_lower, list(keys[start : start + TASK]))


def index(label: str, keys: Sequence[int]) -> int:
    """As Wagtail does when one row is saved; how many. Rows that are gone by now are passed over."""
    model = apps.get_model(label)
    done = 0
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            for row in model._default_manager.filter(pk__in=keys[start : start + BATCH]):
                ReferenceIndex.create_or_update_for_object(row)
                done += 1
    return done


def forget(model: type[Model], keys: Sequence[int]) -> None:
    """Of rows that are removed without signals."""
    kind = ContentType.objects.get_for_model(model)
    ReferenceIndex.objects.filter(base_content_type=kind, object_id__in=[str(key) for key in keys]).delete()
