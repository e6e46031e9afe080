"""All rows of a kind, read for its documents: only the columns that these ask for, as objects made without ceremony.

A site's models are wide, and Django spends more time on making an object of a row than the analysis spends on its texts.
Which columns a kind needs is not declared but watched: the first rows come with their keys alone, and what its
`documents.py` asks of them is what the rest comes with. A column that is asked for later is read then, as Django does
with deferred ones, and belongs to those that are needed from then on. Kinds that this does not suit (objects that
are more than their row: pages, annotations) are read as Django reads them.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from inspect import getattr_static
from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.fields.files import FileDescriptor
from django.db.models.query import BaseIterable, ModelIterable
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

from .building import read
from .registry import DocumentType

CHUNK = 500
WATCHED = 20  # rows that show what is asked for


def rows(document_type: DocumentType) -> Iterator[Any]:
    """In the order of their keys."""
    queryset = document_type.queryset().order_by("pk")
    chunk = list(queryset[:CHUNK])
    yield from chunk
    if len(chunk) < CHUNK:
        return
    columns = _columns(document_type, queryset, WATCHED)
    while len(chunk) == CHUNK:
        following = queryset.filter(pk__gt=chunk[-1].pk)
        chunk = list((columns.of(following) if columns else following)[:CHUNK])
        yield from chunk
        if columns:
            columns.watch(chunk)


def some(document_type: DocumentType, pks: Sequence[int]) -> Iterator[Any]:
    """These rows, in any order. What a kind turned out to ask for is remembered from one time to the next."""
    if not pks:
        return
    queryset = document_type.queryset().filter(pk__in=pks).order_by()
    yield from _read_some(queryset, _remembered(document_type, queryset, watched=1) if len(pks) <= WATCHED else None)


def span(document_type: DocumentType, first: int, following: int | None) -> Iterator[Any]:
    """The rows from one key on to before another (None: to the last), in the order of their keys; as in `some`."""
    queryset = document_type.queryset().filter(pk__gte=first).order_by("pk")
    if following is not None:
        queryset = queryset.filter(pk__lt=following)
    yield from _read_some(queryset, _remembered(document_type, queryset, watched=WATCHED))


def _read_some(queryset: QuerySet, columns: "_Columns | None") -> Iterator[Any]:
    if columns is None:
        yield from queryset
        return
    found = list(columns.of(queryset))
    yield from found
    columns.watch(found)


_known: dict[str, "tuple[DocumentType, _Columns]"] = {}


def _remembered(document_type: DocumentType, queryset: QuerySet, watched: int) -> "_Columns | None":
    kind, columns = _known.get(document_type.kind, (None, None))
    if columns is None or kind is not document_type or columns.models != {"": queryset.model, **_related(queryset)}:
        columns = _columns(document_type, queryset, watched)
        if columns:
            _known[document_type.kind] = document_type, columns
        return columns
    return columns if _suits(queryset) else None


def _columns(document_type: DocumentType, queryset: QuerySet, watched: int) -> "_Columns | None":
    if not _suits(queryset):
        return None
    columns = _Columns(queryset)
    _watch_some(columns, document_type, list(columns.of(queryset)[:watched]))
    return columns


def _watch_some(columns: "_Columns", document_type: DocumentType, watched: list[Any]) -> None:
    for obj in watched:
        try:
            read(document_type, obj)
        except DatabaseError:
            raise
        except Exception:  # noqa: S112 — whatever an app's function raises; `entries` tells
            continue
    columns.watch(watched)


class _Columns:
    """The names of those needed, per path of `select_related` ("" for the model itself)."""

    def __init__(self, queryset: QuerySet) -> None:
        self.models = {"": queryset.model, **_related(queryset)}
        self.needed = {path: {model._meta.pk.name} for path, model in self.models.items()}
        for path in self.models:
            if path:
                before, _sep, last = path.rpartition("__")
                self.needed[before].add(last)  # the key that leads to it
        self._forget()

    def of(self, queryset: QuerySet) -> QuerySet:
        names = [f"{path}__{name}" if path else name for path, own in self.needed.items() for name in sorted(own)]
        lean = queryset.only(*names)
        lean._iterable_class = _Bare
        return lean

    def watch(self, objects: Sequence[Any]) -> None:
        """What has been asked for meanwhile is needed."""
        for path, spared in self._spared.items():
            steps = path.split("__") if path else ()
            seen: set[int] = set()
            for each in objects:
                obj = each
                for step in steps:
                    obj = obj and getattr(obj, step)
                if obj is None or id(obj) in seen:
                    continue
                if steps:
                    seen.add(id(obj))  # one institution for many products
                if not spared.keys().isdisjoint(obj.__dict__):
                    self.needed[path] |= {name for attname, name in spared.items() if attname in obj.__dict__}
        self._forget()

    def _forget(self) -> None:
        self._spared = {
            path: {
                field.attname: field.name
                for field in model._meta.concrete_fields
                if field.name not in self.needed[path]
            }
            for path, model in self.models.items()
        }


def _related(queryset: QuerySet) -> dict[str, type[Model]]:
    found: dict[str, type[Model]] = {}

    def walk(model: type[Model], tree: dict[str, dict], before: str) -> None:
        for name, inner in tree.items():
            path = f"{before}{name}"
            found[path] = _target(model, name)
            walk(found[path], inner, f"{path}__")

    walk(queryset.model, _tree(queryset), "")
    return found


def _target(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name).related_model


def _tree(queryset: QuerySet) -> dict[str, dict]:
    """What `select_related` names; it may also say "all" (True)."""
    asked = queryset.query.select_related
    return asked if isinstance(asked, dict) else {}


def _suits(queryset: QuerySet) -> bool:
    query = queryset.query
    if queryset._iterable_class is not ModelIterable or query.annotations or query.deferred_loading[0]:
        return False
    if query.select_related is True or getattr(queryset, "_known_related_objects", None):
        return False
    return _is_forward(queryset.model, _tree(queryset)) and all(
        _is_plain(model) for model in (queryset.model, *_related(queryset).values())
    )


def _is_forward(model: type[Model], tree: dict[str, dict]) -> bool:
    names = {field.name for field in model._meta.concrete_fields if field.is_relation}
    return all(name in names and _is_forward(_target(model, name), inner) for name, inner in tree.items())


def _only_sets_values(model: type[Model]) -> bool:
    """What makes an object of a row does nothing else: Django's own, or, where Wagtail is, that of models with children."""
    made_by = [Model.__init__]
    if apps.is_installed("modelcluster"):
        from modelcluster.models import ClusterableModel

        made_by.append(ClusterableModel.__init__)
    return model.__init__ in made_by


def _is_plain(model: type[Model]) -> bool:
    """Its objects are their row and nothing else."""
    return _is_made_plainly(model) and not pre_init.has_listeners(model) and not post_init.has_listeners(model)


@cache
def _is_made_plainly(model: type[Model]) -> bool:
    return (
        _only_sets_values(model)
        and model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
        and not model._meta.parents
        and not model._meta.proxy
        and all(
            isinstance(getattr_static(model, field.attname), DeferredAttribute | FileDescriptor)
            for field in model._meta.concrete_fields
        )
    )


class _Bare(BaseIterable):
    """What ModelIterable does for a queryset that suits. One object for all rows that lead to the same related row."""

    def __iter__(self) -> Iterator[Any]:
        compiler = self.queryset.query.get_compiler(using=self.queryset.db)
        results = compiler.execute_sql(chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size)
        make = _maker(compiler.klass_info, compiler.select, self.queryset.db)
        return map(make, compiler.results_iter(results))


def _maker(info: dict[str, Any], select: Sequence[Any], db: str) -> Callable[[Sequence[Any]], Any]:
    model, places = info["model"], slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    names = [column[0].target.attname for column in select[places]]
    related = [
        (each["field"].name, partial(_shared, _maker(each, select, db), _key(each, select), {}))
        for each in info.get("related_klass_infos", ())
    ]

    def make(row: Sequence[Any]) -> Any:
        obj = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, db
        obj.__dict__ = dict(zip(names, row[places], strict=True))
        obj._state = state
        for name, made in related:
            state.fields_cache[name] = made(row)
        return obj

    return make


def _key(info: dict[str, Any], select: Sequence[Any]) -> int:
    """The place of its primary key in a row."""
    return next(place for place in info["select_fields"] if select[place][0].target.primary_key)


def _shared(make: Callable[[Sequence[Any]], Any], key: int, known: dict[Any, Any], row: Sequence[Any]) -> Any:
    pk = row[key]
    if pk is None:
        return None
    if pk not in known:
        known[pk] = make(row)
    return known[pk]
