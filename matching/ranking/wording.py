"""Sentences in the language of whoever asks. The ranking itself knows no translations: it is told how to speak.

    with speaking(Language(gettext, money, listed)):
        rank(need, catalogue)

Without that it speaks the Chinese that its sentences are written in."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

from . import names as chinese


@dataclass(frozen=True, slots=True)
class Language:
    gettext: Callable[[str], str]
    money: Callable[[Decimal], str]  # 5000000 → 500 万元
    listed: Callable[[Iterable[str]], str]  # 额度、期限


CHINESE = Language(str, chinese.money, "、".join)
_language: ContextVar[Language] = ContextVar("language of the ranking", default=CHINESE)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(sentence: str) -> str:
    return _language.get().gettext(sentence)


def money(value: Decimal) -> str:
    return _language.get().money(value)


def listed(words: Iterable[str]) -> str:
    return _language.get().listed(words)


def names(codes: Iterable[str], table: dict[str, str]) -> str:
    """首贷户、人才企业: in the order of the table, whose names are those of the catalogue's choices."""
    held = set(codes)
    return listed([gettext(name) for code, name in table.items() if code in held])
