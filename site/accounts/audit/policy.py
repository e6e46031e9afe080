"""Which tables are recorded, and how their values are kept.

Every model of our apps is recorded unless it is excluded here or by its app, with the reason. A value is kept as it is
unless its field is private: then only in a form that tells a reviewer what was changed, not whom it belongs to, so that
the trail may outlive the erasure of a person. Apps declare their private fields in `AppConfig.ready`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.apps import apps
from django.db import models
from django.db.models.fields.files import FieldFile

from ..wording import masked_name, masked_phone

OUR_APPS = frozenset(
    {"portal", "dashboard", "events", "advisors", "matching", "content", "catalogue", "accounts", "search"}
)
# name: 张** · phone: 138****0000 · text: only its length · secret: only that it is one · hidden: 91**
Kind = Literal["name", "phone", "text", "secret", "hidden"]
SECRET = re.compile(r"(^|_)(password|token|secret|code_hash|session_key|client_key|scan_id|otp|recovery_codes)($|_)")
LONGEST = 200  # characters of a public text kept


@dataclass(frozen=True)
class Policy:
    private: Mapping[str, Kind] = field(default_factory=dict)
    enterprise: str = ""  # path to the enterprise a row concerns; "" where the row has a field of that name, or none
    person: str = ""  # path to the user a row concerns, likewise
    label: bool = False  # whether str(row) is public and may be kept


# Kept out, with why. Other apps add theirs by `exclude`.
_excluded: dict[str, str] = {
    "accounts.auditentry": "the trail itself",
    "accounts.auditday": "the trail itself",
    "accounts.smsmessage": "the demo inbox of the sender: carries one-time codes; what was sent is decided by recorded writes",
    "portal.epoch": "a counter of the page cache",
    "search.change": "the outbox of the search index: follows from recorded writes",
    "search.statistics": "made from the index",
    "search.searchedquery": "what is searched for, kept without the person: an entry would add the address",
    "matching.catalogueversion": "a counter of the ranking's columns",
    "matching.matchrun": "computed from a recorded need and recorded products",
    "matching.freshproduct": "what waits to be held against open needs: follows from a recorded publish",
    "matching.productalert": "follows from a recorded publish; the notice is the person's own",
    "matching.nightlymatch": "how far the nightly matching is",
    "matching.gapreport": "computed from recorded needs and products; exports of it are recorded",
    "matching.unmetneed": "computed from recorded needs and products",
    "matching.gazetteerstate": "a counter of the table of places; each place is recorded",
    "matching.unheardplace": "names that recorded needs used and that the table of places lacks, counted",
    "matching.correctionsource": "which recorded need a correction came from: an entry would outlive its erasure",
    "matching.weightpreview": "computed from recorded needs; the weights that are saved are recorded",
    "catalogue.cataloguelogentry": "Wagtail's own log of the same writes",
}
_policies: dict[str, Policy] = {}


def exclude(model: str, reason: str) -> None:
    """Names a technical table ("app.model", lower case) that is not recorded."""
    _excluded[model] = reason


def excluded() -> Mapping[str, str]:
    return _excluded


def register(
    model: str,
    *,
    private: Mapping[str, Kind] | None = None,
    enterprise: str = "",
    person: str = "",
    label: bool = False,
) -> None:
    """Says of "app.model" (lower case) which fields are private and how to find whom a row concerns."""
    _policies[model] = Policy(private or {}, enterprise, person, label)


PUBLIC_APPS = frozenset({"catalogue", "content", "search"})  # what they hold is for the public, names included
_BARE, _PUBLIC = Policy(), Policy(label=True)


def of(model: type[models.Model]) -> Policy:
    meta = model._meta
    return _policies.get(meta.label_lower, _PUBLIC if meta.app_label in PUBLIC_APPS else _BARE)


@lru_cache(maxsize=512)
def is_recorded(model: type[models.Model]) -> bool:
    meta = model._meta
    if meta.apps is not apps:  # a migration's picture of a table, maybe older than the trail
        return False
    return (
        meta.app_label in OUR_APPS
        and not meta.auto_created
        and (meta.concrete_model or model)._meta.label_lower not in _excluded
    )


def recorded_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if is_recorded(model)]


def kept(model: type[models.Model], name: str, value: Any) -> Any:
    """`value` of the field as the trail keeps it: JSON, masked where the field is private."""
    kind: Kind | None = "secret" if SECRET.search(name) else of(model).private.get(name)
    if value in (None, ""):
        return value
    if kind is None:
        return _plain(value)
    if kind == "secret":
        return "••••"
    if kind == "name":
        return masked_name(str(value))
    if kind == "phone":
        return masked_phone(str(value))
    if kind == "hidden":
        return f"{str(value)[:2]}**"
    return {"length": len(str(value))}


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # as the database may give it back: 6.50 is 6.5
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, FieldFile):
        return bool(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…（{len(text)}）"
