"""Names of towns, streets and parks that needs use and that the table lacks. Only what the word itself calls a place."""

import re

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Region
from search.analysis import normalise

from ..models import UnheardPlace
from ..needs.parser import Gazetteer
from .current import gazetteer

# 在云峰镇开厂, 我们是遂昌石练镇的: after a word of being somewhere or after a known place (written ○).
NAMED = re.compile(
    r"(?:在|位于|开在|建在|来自|我们?是|落户|入驻|○)([㐀-鿿]{1,3}(?:镇|乡|街道)|[㐀-鿿]{2,5}(?:工业园区?|产业园区?|科技园|开发区|景区))"
)
NO_NAME = re.compile(r"^[这那哪某本我你他咱每各几两一全其当隔同附县市省]|农[镇乡村]|[城村乡]乡|乡镇|的|○|在|是")


def names_in(text: str, known: Gazetteer) -> list[str]:
    """The names in the order of the text."""
    plain = list(normalise(text).text)
    for start, end, _codes in known.hits("".join(plain)):
        plain[start:end] = ["○"] * (end - start)
    found = [name for name in NAMED.findall("".join(plain)) if not NO_NAME.search(name)]
    return list(dict.fromkeys(found))


@transaction.atomic
def note(text: str, region: Region | None) -> None:
    """Counts what a need said; `region` is where its enterprise is, a hint for the editor."""
    for name in names_in(text, gazetteer()):
        UnheardPlace.objects.get_or_create(name=name, defaults={"last_said_at": timezone.now()})
        UnheardPlace.objects.filter(name=name).update(count=F("count") + 1, last_said_at=timezone.now(), region=region)


def waiting() -> QuerySet[UnheardPlace]:
    """Those to add or to wave off, the most frequent first."""
    return UnheardPlace.objects.filter(dismissed_at__isnull=True).select_related("region")


def dismiss(name: str) -> bool:
    """It is no place. Whether there was such a name."""
    return bool(waiting().filter(name=name).update(dismissed_at=timezone.now()))


def heard(names: list[str]) -> None:
    """The table has them now."""
    UnheardPlace.objects.filter(name__in=names).delete()
