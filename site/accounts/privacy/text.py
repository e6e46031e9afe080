"""Small helpers of the apps' erasers."""

from django.db import models, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from search import outbox
from search.registry import types_touched_by

from ..models import Enterprise, Notice

GONE = "（已删除）"


def plainly(model: type[models.Model]) -> QuerySet:
    """All rows, past a history's append-only manager: the law on erasure goes before the history's completeness, and a demo
    dates its stories back."""
    return QuerySet(model)


def records_of(firm: Enterprise) -> list[Enterprise]:
    """The record and those that were merged into it."""
    return [firm, *Enterprise.every.filter(merged_into=firm)]


def strike(rows: QuerySet, column: str, *values: str, instead: str = GONE) -> int:
    """Replaces each of `values` (empty ones are left alone) wherever it stands in a text column; how many rows. The search
    index hears of each."""
    count = 0
    model: type[models.Model] = rows.model
    for value in values:
        if value:
            holding = rows.filter(**{f"{column}__contains": value})
            if types_touched_by(model):
                for row in holding:
                    outbox.note(row)
            count += holding.update(**{column: Replace(F(column), Value(value), Value(instead))})
    return count


def empty_notices(notices: QuerySet[Notice]) -> None:
    """What somebody was told and may not be told any more."""
    notices.update(text=_("（相关资料已按申请删除）"), url="")


def forget_file(row: models.Model, name: str) -> None:
    """Deletes the file from the disk once the transaction is committed; the caller saves the row."""
    file = getattr(row, name)
    if file:
        storage, path = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(path))
        setattr(row, name, "")
