"""What editors decide about answers, one transaction each."""

from django.db import transaction
from django.utils.translation import gettext as _

from . import queries
from .analysis import normalise
from .building import read, visible_ids
from .errors import NotPossible
from .models import Pin, SynonymGroup
from .registry import get


def normal(q: str) -> str:
    return " ".join(normalise(q[:80]).text.split())


@transaction.atomic
def pin(q: str, kind: str, object_id: int, tokens: frozenset[str]) -> Pin:
    """The document comes first when exactly `q` is searched for; twice is once. `tokens`: what the editor may see.

    Raises NotPossible, UnknownKind."""
    query, document_type = normal(q), get(kind)
    if not query or len(query) > 40:
        raise NotPossible(_("搜索词要有 1 到 40 个字才能置顶。"))
    if not visible_ids(document_type, [object_id], tokens):
        raise NotPossible(_("这项内容已经不在，或者没有公开。"))
    title = read(document_type, document_type.queryset().get(pk=object_id))["title"][:200]
    last = Pin.objects.filter(query=query).order_by("-sort_order").values_list("sort_order", flat=True).first()
    made, _is_new = Pin.objects.get_or_create(
        query=query,
        kind=kind,
        object_id=object_id,
        defaults={"title": title, "sort_order": 0 if last is None else last + 1},
    )
    return made


def pin_named(q: str, name: str, tokens: frozenset[str]) -> Pin | None:
    """Pins what is called `name`; None when nothing is, or several are.

    Raises NotPossible."""
    asked = "".join(normal(name).split())
    found = [
        (each.kind, stored.id)
        for each in queries.find_everywhere(name, tokens).groups
        for stored in queries.hits(each)
        if "".join(normalise("".join(mark.text for mark in stored.title)).text.split()) == asked
    ]
    return pin(q, *found[0], tokens) if len(found) == 1 else None


@transaction.atomic
def unpin(q: str, kind: str, object_id: int) -> None:
    for each in Pin.objects.filter(query=normal(q), kind=kind, object_id=object_id):
        each.delete()


@transaction.atomic
def add_synonym(q: str, means: str) -> SynonymGroup:
    """`q` means the same as the words of `means`; twice is once. Raises NotPossible."""
    words = list(dict.fromkeys("".join(normal(each).split()) for each in [q, *SynonymGroup(words=means).word_list]))
    words = [each for each in words if each]
    if len(words) < 2:
        raise NotPossible(_("请写一个与它意思相同的词。"))
    text = "、".join(words)
    if len(text) > 400:
        raise NotPossible(_("词太多，请分几次添加。"))
    return SynonymGroup.objects.get_or_create(words=text, is_one_way=False)[0]
