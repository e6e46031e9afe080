"""The CMS speaks Chinese: what an upgrade of Wagtail says anew is found here, in its own source catalogues."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.apps import apps
from django.urls import reverse
from django.utils.translation.trans_real import DjangoTranslation

from accounts.actions import sync_access, sync_groups
from accounts.roles import Role
from scripts.compile_messages import LOCALE
from tests.factories import InstitutionFactory, user_with

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TAG = re.compile(r"<[^>]+>")


def read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said_by_wagtail(domain: str) -> Iterator[tuple[str, Message]]:
    """Every text of the installed apps of Wagtail, with the app that says it."""
    for app in apps.get_app_configs():
        path = Path(app.path) / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
        if app.name.split(".")[0] == "wagtail" and path.exists():
            yield from ((app.name, message) for message in read(path, "en") if message.id)


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def without_chinese(domain: str) -> set[tuple[str, str]]:
    chinese = DjangoTranslation("zh-hans", domain=domain)
    lacking = set()
    for app, message in said_by_wagtail(domain):
        text = first(message)
        key = f"{message.context}\x04{text}" if message.context else text
        if (key if isinstance(message.id, str) else (key, chinese.plural(1))) not in chinese._catalog:
            lacking.add((app, text))
    return lacking


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_of_wagtail_has_chinese(domain):
    """Fill in what this names in site/locale/zh_Hans/LC_MESSAGES."""
    assert sum(1 for _text in said_by_wagtail(domain)) > 50
    assert without_chinese(domain) == set()


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_chinese_of_ours_for_wagtail_fills_what_its_texts_fill(domain):
    """A placeholder may be left out, where Chinese says it without; none may be new. Marks of HTML are the same ones."""
    wrong = {}
    for message in read(LOCALE / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po", "zh_Hans"):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        chinese = message.string if isinstance(message.string, str) else message.string[0]
        new = set(PLACEHOLDER.findall(chinese)) - set(PLACEHOLDER.findall(" ".join(ids)))
        if not chinese or new or sorted(TAG.findall(chinese)) != sorted(TAG.findall(ids[0])):
            wrong[ids[0]] = chinese
    assert wrong == {}


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_chinese_of_ours_is_for_texts_that_wagtail_says(domain):
    """Of what an upgrade no longer says, nothing is kept."""
    said = {first(message) for _app, message in said_by_wagtail(domain)}
    ours = {
        first(message) for message in read(LOCALE / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po", "zh_Hans") if message.id
    }
    assert ours - said == set()


@pytest.mark.django_db
def test_scripts_of_the_editor_are_given_chinese(client):
    """What Wagtail says in Chinese itself, and what it leaves to us."""
    editor = user_with(Role.PRODUCT_EDITOR, InstitutionFactory())
    sync_groups()
    sync_access(editor)
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("wagtailadmin_javascript_catalog"))
    said = json.loads(re.search(r"const newcatalog = (\{.*?\});\n", answer.content.decode(), re.DOTALL)[1])
    lacking = {first(message) for _app, message in said_by_wagtail("djangojs")} - said.keys()
    assert (said["Split block"], said["%(num)s error"], said["Move up"]) == ("拆分区块", ["%(num)s 处错误"], "上移")
    assert lacking == set()
