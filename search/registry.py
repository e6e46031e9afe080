"""What can be searched. Each app declares its documents once, in `<app>/documents.py`, and search finds them.

    # site/catalogue/documents.py
    from search.registry import DocumentType, Facet, Range, Sort, register

    register(
        DocumentType(
            kind="product",                                  # fixed code: appears in URLs and in the index
            label=_("金融产品"),                              # heading of its group of results
            model=Product,
            queryset=lambda: Product.objects.filter(live=True).select_related("institution"),
            title=lambda product: product.name,              # weighs most; pinyin and parts of it are found too
            summary=lambda product: product.summary,         # the line shown under the title, also searched
            keywords=lambda product: [product.institution.name, product.get_kind_display()],
            body=lambda product: [product.description, *(rule.text for rule in product.rules.all())],
            meta=lambda product: [product.institution.name, money(product.amount_max)],   # small print of a result
            facets={"kind": Facet(_("类别"), lambda product: [product.kind], choices=ProductKind.choices)},
            ranges={"amount_max": Range(_("最高额度"), lambda product: product.amount_max, unit="元")},
            sorts={"rate": Sort(_("利率从低到高"), by="rate_min")},
            visibility=lambda product: ["signed_in"] if product.login_required else ["public"],
            until=lambda product: end_of(product.valid_to),  # leaves every answer at this moment by itself
            related={EligibilityRule: lambda rule: [rule.product_id]},
            suggest=True,                                    # its titles are offered while typing and repair typos
        )
    )

`queryset` decides what is in the index: a row that it no longer returns (unpublished, deleted, refused) leaves the index
at the next change of that row. Everything else is a function of one object and must not query per object: prefetch in
`queryset`. A saved or deleted row of `model`, its many-to-many rows and the rows of `related` models make a change.

**Visibility** is a set of tokens of which the reader must hold at least one: `public` (everybody), `signed_in`,
`user:5`, or what apps hand out with `register_visibility` (`institution:3`, `enterprise:8`, `role:supervisor` …). It is
a filter of the query itself, so that counts, facets and suggestions leak nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet

from .errors import UnknownKind

KIND = re.compile(r"[a-z][a-z0-9_]{0,30}")  # goes into table names
SHADOWS = ("data", "idx", "content", "docsize", "config")  # FTS5 puts these behind the name of a table
PUBLIC = "public"
SIGNED_IN = "signed_in"


@dataclass(frozen=True)
class Facet:
    """Equality: an object has any number of values (short codes). `choices` gives their names, or a callable that gets
    the codes on show and returns a dict of names (for regions, institutions: one query for all of them)."""

    label: Any
    values: Callable[[Any], Iterable[str]]
    choices: Iterable[tuple[str, Any]] | Callable[[Iterable[str]], Mapping[str, Any]] = ()
    inner: bool = False  # for pages of the app that declares it: the search page and the API leave it out

    def labels(self, values: Iterable[str]) -> dict[str, Any]:
        names = self.choices(values) if callable(self.choices) else dict(self.choices)
        return {value: names.get(value, value) for value in values}


@dataclass(frozen=True)
class Range:
    """A number that can be bounded and sorted by. None is unknown; `keep_unknown` lets unknown pass a bound. `steps`: where
    the sliders of the search page stop, rising; without any there are only its two inputs. `says` puts a number in words."""

    label: Any
    value: Callable[[Any], Decimal | float | int | None]
    unit: Any = ""
    keep_unknown: bool = False
    inner: bool = False  # as of a facet
    steps: Sequence[float] = ()
    says: Callable[[Decimal], str] | None = None

    def in_words(self, number: Decimal) -> str:
        return self.says(number) if self.says else f"{number.normalize():f} {self.unit}".strip()


@dataclass(frozen=True)
class Sort:
    """An order by a range of the same type. Unknown comes last either way; then the newer row (higher id).

    `spread`: a facet whose values take turns: the first of each, then the second of each, so that no one fills the top."""

    label: Any
    by: str
    descending: bool = False
    spread: str = ""


@dataclass(frozen=True)
class DocumentType:
    """See the module's text. Functions take one object; those left out contribute nothing."""

    kind: str
    label: Any
    model: type[Model]
    queryset: Callable[[], QuerySet]
    title: Callable[[Any], str]
    url: Callable[[Any], str] = lambda obj: obj.get_absolute_url()
    summary: Callable[[Any], str] = lambda obj: ""
    keywords: Callable[[Any], Iterable[str]] = lambda obj: ()
    body: Callable[[Any], Iterable[str]] = lambda obj: ()
    meta: Callable[[Any], Iterable[str]] = lambda obj: ()
    facets: Mapping[str, Facet] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    sorts: Mapping[str, Sort] = field(default_factory=dict)
    visibility: Callable[[Any], Iterable[str]] = lambda obj: (PUBLIC,)
    since: Callable[[Any], datetime | None] = lambda obj: None
    until: Callable[[Any], datetime | None] = lambda obj: None
    date: Callable[[Any], datetime | None] = lambda obj: None  # what "newest" sorts by; else the id
    standing: Sort | None = None  # the order when nothing is asked for; else the newest id first
    related: Mapping[type[Model], Callable[[Any], Iterable[int]]] = field(default_factory=dict)
    suggest: bool = False
    priority: int = 100  # place among the groups of equally good results; lower first

    @property
    def open_facets(self) -> list[str]:
        return [name for name, each in self.facets.items() if not each.inner]

    @property
    def open_ranges(self) -> dict[str, Range]:
        return {name: each for name, each in self.ranges.items() if not each.inner}


_types: dict[str, DocumentType] = {}
_providers: list[Callable[[Any], Iterable[str]]] = []


def register(document_type: DocumentType) -> DocumentType:
    """Makes a kind searchable; called at import of an app's `documents.py`. A kind is declared once."""
    if not KIND.fullmatch(document_type.kind):
        raise ValueError(f"search: a kind is lower-case letters, digits and _, not {document_type.kind!r}")
    known = _types.get(document_type.kind)
    if known is not None and known.model is not document_type.model:
        raise ValueError(f"search: kind {document_type.kind!r} is already declared for {known.model._meta.label}")
    for one in _types:
        longer, shorter = sorted((one, document_type.kind), key=len, reverse=True)
        if longer in {f"{shorter}_{name}" for name in SHADOWS}:
            raise ValueError(f"search: kinds {shorter!r} and {longer!r} would have tables of the same name")
    sorts = dict(document_type.sorts)
    if document_type.standing is not None:
        sorts["(standing)"] = document_type.standing
    for name, sort in sorts.items():
        if sort.by not in document_type.ranges:
            raise ValueError(f"search: {document_type.kind}: sort {name!r} needs a range {sort.by!r}")
        if sort.spread and sort.spread not in document_type.facets:
            raise ValueError(f"search: {document_type.kind}: sort {name!r} needs a facet {sort.spread!r}")
    _types[document_type.kind] = document_type
    types_touched_by.cache_clear()
    return document_type


def unregister(kind: str) -> None:
    """Forgets a kind (tests)."""
    _types.pop(kind, None)
    types_touched_by.cache_clear()


def types() -> list[DocumentType]:
    """All kinds, in the order in which equally good groups are shown."""
    return sorted(_types.values(), key=lambda each: (each.priority, each.kind))


def get(kind: str) -> DocumentType:
    try:
        return _types[kind]
    except KeyError:
        raise UnknownKind(kind, sorted(_types)) from None


@cache
def types_touched_by(model: type[Model]) -> list[tuple[DocumentType, Callable[[Any], Iterable[int]]]]:
    """Kinds whose documents change with a row of `model`, each with the function from that row to primary keys."""
    touched: list[tuple[DocumentType, Callable[[Any], Iterable[int]]]] = []
    for document_type in types():
        if issubclass(model, document_type.model):
            touched.append((document_type, lambda obj: [obj.pk]))
        touched += [
            (document_type, keys) for related, keys in document_type.related.items() if issubclass(model, related)
        ]
    return touched


def register_visibility(provider: Callable[[Any], Iterable[str]]) -> Callable[[Any], Iterable[str]]:
    """Adds `provider(user) -> tokens`; asked for signed-in users only. Usable as a decorator in `documents.py`."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def visibility_tokens(user: Any) -> frozenset[str]:
    """What `user` (None or anonymous: nobody) may open, as tokens of which a document must carry one."""
    tokens = {PUBLIC}
    if user is not None and user.is_authenticated:
        tokens |= {SIGNED_IN, f"user:{user.pk}"}
        for provider in _providers:
            tokens |= set(provider(user))
    return frozenset(tokens)
