"""Which values tell of one person or firm alone, so that an erasure may strike them wherever they stand.

A number, a code and a confirmed address belong to one. A name is what somebody has typed: "企业", "王女士", a rival's name.
Struck everywhere, it would take words out of other people's records. So a name is struck everywhere only when nobody else
here bears it and it is no word and no part of this site's own texts; any other is struck in its owner's own records, and
where it stays it leads to nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils.translation import trans_real

from search import words

from ..models import Enterprise, Industry, Institution, Region, User
from .text import records_of

SHORTEST, SHORTEST_ADDRESS = 2, 8  # characters: 1 号楼 and 人民路 stand in many an address


@dataclass(frozen=True)
class Values:
    """`everywhere` leads to its owner from any text; `at_home` from the owner's own records only."""

    everywhere: list[str]
    at_home: list[str]


def of_person(user: User) -> Values:
    phone = user.phone or ""
    mails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    certain = [phone, phone.removeprefix("+86"), *mails]
    return _sorted(certain, [user.name], [user.email], user=user)


def of_firm(firm: Enterprise) -> Values:
    firms = records_of(firm)
    addresses = [each.address for each in firms if len(each.address) >= SHORTEST_ADDRESS]
    return _sorted([each.uscc for each in firms], [*(each.name for each in firms), *addresses], [], firms=firms)


def _sorted(
    certain: Iterable[str], names: Iterable[str], doubtful: Iterable[str], *, user: User | None = None, firms=()
) -> Values:
    told = [each for each in dict.fromkeys(names) if len(each) >= SHORTEST]
    everywhere = [each for each in told if not _is_a_word(each) and not _is_borne_by_others(each, user, firms)]
    rest = [each for each in (*told, *doubtful) if each and each not in everywhere]
    return Values([each for each in dict.fromkeys(certain) if each] + everywhere, rest)


def _is_a_word(name: str) -> bool:
    return words.analyser().segmenter.knows(name) or name in _own_texts()


@cache
def _own_texts() -> str:
    """All that pages and notices say of themselves: the texts that the English catalogue translates."""
    catalogue = trans_real.translation("en")._catalog  # type: ignore[attr-defined]
    return "\n".join(key if isinstance(key, str) else key[0] for key in catalogue.keys())  # noqa: SIM118  no mapping


def _is_borne_by_others(name: str, user: User | None, firms: Iterable[Enterprise]) -> bool:
    own, people = [each.pk for each in firms], [user.pk] if user else []
    return any(
        found.exists()
        for found in (
            User.objects.filter(name__contains=name).exclude(pk__in=people),
            Enterprise.every.filter(Q(name__contains=name) | Q(address__contains=name)).exclude(pk__in=own),
            Institution.objects.filter(Q(name__contains=name) | Q(short_name__contains=name)),
            Region.objects.filter(full_name__contains=name),
            Industry.objects.filter(name__contains=name),
        )
    )
