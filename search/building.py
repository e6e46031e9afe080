"""Objects of the site → entries of the index."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone, translation

from . import plain
from .analysis import Analyser, DocumentTokens
from .analysis.normalise import HAN_RUN, form
from .engines import Entry
from .registry import DocumentType

logger = logging.getLogger(__name__)
BODY_CHARACTERS = 20_000  # of one document; what stands behind is not searched
KEYS = 24
BATCH = 500


def entries(
    document_type: DocumentType,
    objects: Iterable[Any],
    versions: dict[int, int] | int,
    analyser: Analyser,
    unreadable: dict[int, str],
) -> Iterator[Entry]:
    """`versions`: one for all, or by primary key. Objects that their `documents.py` fails on are left out and put into
    `unreadable` with the error, so that one of them holds up nobody else. The language of whoever takes the entries is to
    stay the same meanwhile."""
    reader = _read if translation.get_language() == settings.LANGUAGE_CODE else read
    for obj in objects:
        try:
            version = versions if isinstance(versions, int) else versions[obj.pk]
            made = _entry(document_type, obj.pk, reader(document_type, obj), version, analyser)
        except DatabaseError:
            raise  # says nothing of this object
        except Exception as error:  # whatever an app's function raises
            logger.exception("search: %s %s can not be read", document_type.kind, obj.pk)
            unreadable[obj.pk] = f"{type(error).__name__}: {error}"
            continue
        yield made


def entry(document_type: DocumentType, obj: Any, version: int, analyser: Analyser) -> Entry:
    return _entry(document_type, obj.pk, read(document_type, obj), version, analyser)


def _entry(document_type: DocumentType, pk: int, raw: dict[str, Any], version: int, analyser: Analyser) -> Entry:
    tokens = analyser.document(raw["title"], raw["keywords"], [raw["summary"], *raw["body"]])
    return Entry(
        kind=document_type.kind,
        id=pk,
        version=version,
        fingerprint=fingerprint(raw),
        title=raw["title"],
        summary=raw["summary"],
        url=raw["url"],
        meta=tuple(raw["meta"]),
        body=tuple(raw["body"]),
        tokens=tokens,
        keys=tuple(keys(raw["title"], tokens)) if document_type.suggest else (),
        facets={name: tuple(values) for name, values in raw["facets"].items()},
        ranges=raw["ranges"],
        visibility=tuple(raw["visibility"]),
        since=raw["since"],
        until=raw["until"],
        date=raw["date"],
    )


def read(document_type: DocumentType, obj: Any) -> dict[str, Any]:
    """What a document says, before analysis, as plain JSON values; in the site's own language, whoever made the change."""
    if translation.get_language() == settings.LANGUAGE_CODE:
        return _read(document_type, obj)
    with translation.override(settings.LANGUAGE_CODE):
        return _read(document_type, obj)


def visible_ids(document_type: DocumentType, ids: Iterable[int], tokens: frozenset[str]) -> list[int]:
    """Those of a few documents that the holder of `tokens` may see now, in the order given; from the database."""
    now, visible = timezone.now().timestamp(), set()
    wanted = list(ids)
    for obj in document_type.queryset().filter(pk__in=wanted):
        raw = read(document_type, obj)
        since, until = raw["since"], raw["until"]
        if tokens & set(raw["visibility"]) and (since is None or since <= now) and (until is None or now < until):
            visible.add(obj.pk)
    return [pk for pk in wanted if pk in visible]


def _read(document_type: DocumentType, obj: Any) -> dict[str, Any]:
    body, room = [], BODY_CHARACTERS
    for text in document_type.body(obj):
        if text and room > 0:
            body.append(str(text)[:room])
            room -= len(body[-1])
    return {
        "title": str(document_type.title(obj)),
        "summary": str(document_type.summary(obj) or ""),
        "url": document_type.url(obj) or "",
        "keywords": [str(each) for each in document_type.keywords(obj) if each],
        "meta": [str(each) for each in document_type.meta(obj) if each],
        "body": body,
        "facets": {name: _codes(facet.values(obj)) for name, facet in document_type.facets.items()},
        "ranges": {
            name: None if (value := bound.value(obj)) is None else float(value)
            for name, bound in document_type.ranges.items()
        },
        "visibility": sorted(set(document_type.visibility(obj))),
        "since": seconds(document_type.since(obj)),
        "until": seconds(document_type.until(obj)),
        "date": seconds(document_type.date(obj)),
    }


def _codes(values: Iterable[Any]) -> list[str]:
    codes = [str(value) for value in values if value not in (None, "")]
    return sorted(set(codes)) if len(codes) > 1 else codes


def fingerprint(raw: dict[str, Any]) -> str:
    """Of what `read` gives, whose order is always the same."""
    return hashlib.blake2b(plain.text(raw).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def seconds(moment: datetime | date | None) -> float | None:
    """A date counts from its first minute in the site's time zone."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return moment.timestamp()


def keys(title: str, tokens: DocumentTokens) -> list[str]:
    """What a suggestion starts with: the name, the name from each of its words on, pinyin and initials of these."""
    name = "".join(form(title).split())
    found = [name[:40]]
    for run in HAN_RUN.findall(name)[:2]:
        found += [run[start : start + 20] for start in range(min(len(run) - 1, 10))]
    found += tokens.pinyin
    return [key for key in dict.fromkeys(found) if key][:KEYS]
