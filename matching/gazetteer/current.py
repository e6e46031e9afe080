"""The gazetteer that holds now: one per process, made anew when the table has changed (one indexed read tells)."""

import secrets
from dataclasses import dataclass
from threading import Lock

from ..models import GazetteerState, Place
from ..needs.parser import Gazetteer


@dataclass(frozen=True)
class _Kept:
    version: int
    gazetteer: Gazetteer


_kept: _Kept | None = None
_lock = Lock()


def gazetteer() -> Gazetteer:
    """What the table says, before all else; under it the built-in names that never were in the table."""
    global _kept  # noqa: PLW0603
    row = GazetteerState.objects.filter(pk=1).values_list("version", flat=True).first()
    if row is None:
        return Gazetteer.built_in()
    kept = _kept
    if kept is None or kept.version != row:
        with _lock:
            kept = _kept
            if kept is None or kept.version != row:
                kept = _kept = _Kept(row, _read())
    return kept.gazetteer


def changed(**kwargs: object) -> None:
    """The table has changed; called in the transaction that changes it. Never the same number twice: what a transaction
    that was rolled back had read is told from what came after it."""
    version = secrets.randbelow(2**62)
    if not GazetteerState.objects.filter(pk=1).update(version=version):
        GazetteerState.objects.get_or_create(pk=1, defaults={"version": version})


def _read() -> Gazetteer:
    loaded = set(GazetteerState.objects.filter(pk=1).values_list("loaded", flat=True).first() or ())
    names: dict[str, list[str]] = {
        name: [code for code in codes if f"{code} {name}" not in loaded]
        for name, codes in Gazetteer.built_in().names.items()
    }
    kept: dict[str, list[str]] = {}
    for place in Place.objects.order_by("region_id", "pk"):
        for name in place.names:  # one that is not used any more hides the built-in one
            kept.setdefault(name, []).extend([place.region_id] if place.is_active else [])
    return Gazetteer({name: codes for name, codes in (names | kept).items() if codes})
