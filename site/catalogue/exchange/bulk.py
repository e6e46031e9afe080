"""Many rows changed by few statements. Sends no signals; the caller records and indexes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.fields.reverse_related import ForeignObjectRel


def update(model: type[Model], rows: Sequence[Model], names: Iterable[str]) -> None:
    """Writes the fields `names` of each of `rows`."""
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    values = [
        [*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk] for row in rows
    ]
    statement = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {quote(key.column)} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


NO_USE = frozenset({"accounts.auditentry"})  # tells of a row, does not need it


def used(model: type[Model], keys: Iterable[int], own: Iterable[type[Model]] = ()) -> dict[int, str]:
    """Which rows of `model` others refer to, and what those are called. `own`: tables that are part of a row."""
    found: dict[int, str] = {}
    wanted, parts = list(keys), set(own)
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        other = relation.related_model
        if (
            other in parts
            or other._meta.label_lower in NO_USE
            or other._meta.auto_created is model
            or not other._meta.managed
        ):
            continue
        name = relation.field.attname
        using = other._base_manager.filter(**{f"{name}__in": wanted}).values_list(name, flat=True).distinct()
        for key in using:
            auto = other._meta.auto_created
            owner = auto if isinstance(auto, type) else other  # of a list of many to many: whose list it is
            found.setdefault(key, str(owner._meta.verbose_name))
    return found
