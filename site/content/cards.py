"""Things of other apps that editors put on pages: products, a comparison, events, advisors, calculators.

Content imports none of those apps. Each registers a source in `AppConfig.ready` (the catalogue, which may not import content,
is registered by `portal`); a block names its source by `kind` and keeps keys, and what a reader may see is decided by the
source at each answer. A page whose products were all taken down shows nothing in their place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

DIVIDER = " · "


@dataclass(frozen=True)
class Source:
    """`find(text)` → [(key, name)] of what the public may see, by a part of the name, a dozen at most;
    `names(keys)` → {key: name}, also of what is hidden now; `build(user, keys, limit)` → what `template` finds as
    `cards`, only what `user` may see, in the order of `keys` (no keys: the source's own choice, at most `limit`).
    """

    kind: str
    label: str | Promise
    find: Callable[[str], Sequence[tuple[str, str]]]
    names: Callable[[Iterable[str]], dict[str, str]]
    build: Callable[[Any, list[str], int], Any]
    template: str


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources.setdefault(source.kind, source)


def unregister(kind: str) -> None:
    """Forgets a source (tests)."""
    _sources.pop(kind, None)


def get(kind: str) -> Source | None:
    return _sources.get(kind)


def label(name: str, key: str) -> str:
    """How an editor sees one: the name, and the key that tells it from others of that name."""
    return f"{name}{DIVIDER}{key}"


def options(kind: str, text: str) -> list[str]:
    """Labels to choose from."""
    source = get(kind)
    return [label(name, key) for key, name in source.find(text)] if source and text else []


def read(kind: str, lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Labels, or names that only one bears → (keys, lines that name nothing)."""
    source, keys, unknown = get(kind), [], []
    wanted = [line.strip() for line in lines if line.strip()]
    known = source.names([line.rpartition(DIVIDER)[2] for line in wanted]) if source else {}
    for line in wanted:
        key = line.rpartition(DIVIDER)[2]
        if key not in known:
            same = [found for found, name in (source.find(line) if source else ()) if name == line]
            key = same[0] if len(same) == 1 else ""
        if key:
            keys.append(key)
        else:
            unknown.append(line)
    return list(dict.fromkeys(keys)), unknown


def write(kind: str, keys: Iterable[str]) -> list[str]:
    """Keys → labels; a key whose row is gone stays as it is, so that the editor sees it."""
    source, keys = get(kind), list(keys)
    known = source.names(keys) if source else {}
    return [label(known[key], key) if key in known else key for key in keys]
