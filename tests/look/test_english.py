"""The second language: every text has English, placeholders survive, and money is counted as English counts."""

import re
from decimal import Decimal

import pytest
from django.utils.translation import override

from accounts.wording import money
from scripts.messages import current, untranslated

PLACEHOLDER = re.compile(r"%\(\w+\)s|%[sd]|%%|</?\w+>")


def test_every_text_has_english():
    """`make messages` collects the new ones; fill in what it prints."""
    assert untranslated() == []


def test_english_keeps_the_placeholders():
    lost = {
        message.id: message.string
        for message in current()
        if message.id
        and message.string
        and isinstance(message.id, str)
        and sorted(PLACEHOLDER.findall(message.id)) != sorted(PLACEHOLDER.findall(message.string))
    }
    assert lost == {}


@pytest.mark.parametrize(
    ("yuan", "chinese", "english"),
    [
        (Decimal("6.85"), "6.85 元", "6.85 yuan"),
        (500_000, "50 万元", "500,000 yuan"),
        (Decimal(1_115_000_000), "11.15 亿元", "1,115,000,000 yuan"),
        (0, "0 元", "0 yuan"),
        (None, "以机构为准", "as stated by the institution"),
    ],
)
def test_money_in_both_languages(yuan, chinese, english):
    with override("zh-hans"):
        assert money(yuan) == chinese
    with override("en"):
        assert money(yuan) == english


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"), [("/policies/", "Policies"), ("/cases/", "Cases"), ("/articles/", "Articles")]
)
def test_sections_are_headed_in_the_readers_language(client, path, heading):
    client.cookies["django_language"] = "en"
    assert f"<h1>{heading}</h1>" in client.get(path).content.decode()
