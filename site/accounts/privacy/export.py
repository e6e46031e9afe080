"""All that we hold of a person and the enterprise the person acts for, as JSON and as XLSX."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..models import User
from ..spreadsheets import xlsx
from . import registry
from .registry import Section


def sections(user: User) -> list[Section]:
    """In the order in which the apps are installed, accounts first."""
    names = sorted(registry.exporters, key=lambda app: (app != "accounts", app))
    return [section for name in names for section in registry.exporters[name](user, user.enterprise)]


def as_json(user: User) -> str:
    """{site, made_at, sections: {title: [{head: value}]}}; times with their offset, amounts as text."""
    told = {
        section.title: [dict(zip(section.head, map(_json, row), strict=True)) for row in section.rows]
        for section in sections(user)
    }
    made = {"site": settings.SITE_NAME, "made_at": timezone.localtime().isoformat(timespec="seconds")}
    return json.dumps(made | {"sections": told}, ensure_ascii=False, indent=2)


def as_xlsx(user: User) -> bytes:
    return xlsx((each.title, each.head, [list(map(_cell, row)) for row in each.rows]) for each in sections(user))


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(str(each) for each in value)
    if value is None or isinstance(value, int | float | Decimal | date | str):
        return value
    return str(value)
