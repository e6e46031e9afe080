"""An entry as people read it: 王审核 查看了 遂昌云峰茶业 的联系电话."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from ..models import AuditEntry, User
from ..wording import masked_name, masked_phone
from .verbs import LOOKS, PURPOSES, WITH_OBJECT, verb_label


@dataclass(frozen=True)
class Change:
    field: str
    old: str
    new: str


def actor_name(entry: AuditEntry) -> str:
    """Staff by name, they answer for what they do; others masked; 系统 for commands and tasks."""
    if entry.actor_id is None:
        return _("访客") if entry.address else _("系统")
    if entry.actor is None:
        return _("已删除的用户 #%s") % entry.actor_id
    return str(entry.actor) if entry.actor_roles else person_name(entry.actor)


def person_name(user: User) -> str:
    if user.name:
        return masked_name(user.name)
    return masked_phone(user.phone) if user.phone else _("用户 #%s") % user.pk


def model_name(entry: AuditEntry) -> str:
    return model_label(entry.model)


def model_label(code: str) -> str:
    """The table's name in words; the code of one that is no more."""
    model = _model(code)
    return str(model._meta.verbose_name) if model else code


def object_name(entry: AuditEntry) -> str:
    """What the entry is about: a public name, else the kind and number; with the enterprise or person it concerns."""
    whose = ""
    if entry.enterprise is not None:
        whose = entry.enterprise.name
    elif entry.person is not None and entry.person_id != entry.actor_id:
        whose = person_name(entry.person)
    if entry.model in ("accounts.enterprise", "accounts.user") and whose:
        return whose
    what = entry.label or (f"#{entry.object_id}" if entry.object_id else "")
    named = f"{model_name(entry)} {what}".strip()
    return _("%(what)s（%(whose)s）") % {"what": named, "whose": whose} if whose else named


def sentence(entry: AuditEntry) -> str:
    """One line without the time."""
    who, verb = actor_name(entry), verb_label(entry.verb)
    if entry.verb in ("signed_in", "signed_out"):
        return f"{who} {verb}"
    what = object_name(entry)
    if entry.verb in LOOKS:
        fields = "、".join(_(each) for each in entry.detail.get("fields", ()))
        if entry.enterprise is not None and fields:
            what = entry.enterprise.name
        if fields:
            what = _("%(what)s 的%(fields)s") % {"what": what, "fields": fields}
    is_own = entry.model == "accounts.user" and entry.person_id is not None and entry.person_id == entry.actor_id
    if entry.verb in WITH_OBJECT:
        text = _("%(who)s %(verb)s了 %(what)s") % {
            "who": who,
            "verb": verb,
            "what": _("自己的账号") if is_own else what,
        }
    elif is_own:
        text = f"{who} {verb}"
    else:
        text = _("%(who)s %(verb)s：%(what)s") % {"who": who, "verb": verb, "what": what}
    if entry.verb == "changed" and entry.changes:
        text += _("：%s") % "、".join(each.field for each in changes(entry))
    return text.strip()


def why(entry: AuditEntry) -> str:
    """The reason given, else what the page was for."""
    return entry.reason or str(PURPOSES.get(entry.detail.get("purpose", ""), ""))


def changes(entry: AuditEntry) -> list[Change]:
    model = _model(entry.model)
    return [
        Change(_label(model, name), _value(model, name, old), _value(model, name, new))
        for name, (old, new) in entry.changes.items()
    ]


def _model(code: str) -> type[models.Model] | None:
    try:
        return apps.get_model(code) if code else None
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _label(model: type[models.Model] | None, name: str) -> str:
    return str(getattr(_field(model, name), "verbose_name", name))


def _value(model: type[models.Model] | None, name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _("（空）")
    if value is True or value is False:
        return _("是") if value else _("否")
    if isinstance(value, dict) and set(value) == {"length"}:
        return _("（文字，%s 字）") % value["length"]
    field = _field(model, name)
    choices = dict(getattr(field, "flatchoices", None) or ())
    if isinstance(value, list):
        return "、".join(str(choices.get(each, each)) for each in value)
    if field is not None and field.is_relation:
        return f"{field.related_model._meta.verbose_name} #{value}"
    return str(choices.get(value, value))
