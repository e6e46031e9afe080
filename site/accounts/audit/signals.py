"""Writes to recorded models become entries by themselves: saves, deletions, and changes of many-to-many fields."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from . import policy
from .recording import record

# Says nothing: when a row was touched, and where Wagtail keeps its drafts.
IGNORED = {"updated_at", "last_login", "latest_revision", "live_revision", "latest_revision_created_at", "url_path"}
BEFORE = "_before_save"


def connect() -> None:
    for signal, receiver in (
        (pre_save, remember),
        (post_save, saved),
        (post_delete, deleted),
        (m2m_changed, linked),
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
    ):
        signal.connect(receiver, dispatch_uid=f"audit-{receiver.__name__}", weak=False)


def _fields(model: type[models.Model], names: Any = None) -> list[models.Field]:
    return [
        each
        for each in model._meta.concrete_fields
        if each.name not in IGNORED and (names is None or each.name in names or each.attname in names)
    ]


def remember(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """Reads the row as it stands: what the instance was loaded with may be older than that."""
    if raw or instance._state.adding or not policy.is_recorded(sender):
        return
    wanted = [each.attname for each in _fields(sender, update_fields)]
    before = sender._base_manager.filter(pk=instance.pk).values(*wanted).first() if wanted else {}
    setattr(instance, BEFORE, before)


def saved(sender, instance, created, raw=False, update_fields=None, **kwargs) -> None:
    if raw or not policy.is_recorded(sender):
        return
    if created:
        filled = {each.name: [None, _kept(sender, each, instance)] for each in _fields(sender) if not each.primary_key}
        record("created", instance, changes={name: pair for name, pair in filled.items() if _says_something(pair[1])})
        return
    before = instance.__dict__.pop(BEFORE, None) or {}
    changes = {}
    for each in _fields(sender, update_fields):
        if each.attname not in before:
            continue
        old, new = before[each.attname], each.to_python(getattr(instance, each.attname))
        if isinstance(each, models.FileField):
            old, new = str(old), str(getattr(instance, each.attname))
        if old != new:
            changes[each.name] = [policy.kept(sender, each.name, old), policy.kept(sender, each.name, new)]
    if changes:
        record("changed", instance, changes=changes)


def deleted(sender, instance, **kwargs) -> None:
    if policy.is_recorded(sender):
        held = {each.name: [_kept(sender, each, instance), None] for each in _fields(sender) if not each.primary_key}
        record("deleted", instance, changes={name: pair for name, pair in held.items() if _says_something(pair[0])})


def linked(sender, instance, action, reverse, model, pk_set=None, **kwargs) -> None:
    """Rows of a many-to-many field without a table of its own in our apps."""
    if action not in ("post_add", "post_remove", "pre_clear") or not policy.is_recorded(instance._meta.model):
        return
    if action != "pre_clear" and not pk_set:
        return
    pks = sorted(str(pk) for pk in pk_set or ())
    name = next(
        (each.name for each in instance._meta.model._meta.many_to_many if each.remote_field.through is sender),
        sender._meta.model_name,
    )
    change = {"post_add": [[], pks], "post_remove": [pks, []], "pre_clear": [["*"], []]}[action]
    record("changed", instance, changes={name: change})


def signed_in(sender, request, user, **kwargs) -> None:
    record("signed_in", user, actor=user)


def signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        record("signed_out", user, actor=user)


def _says_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _kept(sender: type[models.Model], each: models.Field, instance: models.Model) -> Any:
    return policy.kept(sender, each.name, getattr(instance, each.attname))
