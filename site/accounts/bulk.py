"""Rows written in bulk without making an object of each: for content in the tens of thousands (`manage.py generate`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model
from django.utils import timezone

AS_IT_IS = (str, int, type(None))


def next_pk(model: type[Model]) -> int:
    return (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def reserve(model: type[Model], count: int) -> list[int]:
    """Primary keys for new rows, in order, that nobody else gets. Inside a transaction that writes: SQLite has one
    writer at a time, PostgreSQL gives numbers of the sequence."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        used = cursor.fetchone()
    first = max(next_pk(model), (used[0] if used else 0) + 1)  # of rows that are gone, too
    return list(range(first, first + count))


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]], *, reserved: bool = False) -> int:
    """Writes `rows` ({attname: value}, the same keys in each); how many. What a row leaves out has the field's default,
    dates of creation and change are now. Primary keys are `next_pk` and following where nobody else writes, else those
    that `reserve` gave or, left out, the database's own (`reserved`). Sends no signals and asks no validator: the caller
    knows what it writes."""
    if not rows:
        return 0
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    given = [by_name[name] for name in rows[0]]
    rest = [field for field in model._meta.concrete_fields if field not in given and not field.primary_key]
    constant = [_prepared(field, _default(field)) for field in rest]
    table = [
        [
            *(
                value if type(value) in AS_IT_IS else _prepared(field, value)
                for field, value in zip(given, row.values(), strict=True)
            ),
            *constant,
        ]
        for row in rows
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in [*given, *rest])
    places = ", ".join(["%s"] * (len(given) + len(rest)))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", table)  # noqa: S608
        if not reserved:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
    return len(rows)


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()


def _prepared(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
