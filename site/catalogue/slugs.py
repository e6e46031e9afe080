"""Last parts of addresses, made of names: 惠担贷 → huidandai."""

from itertools import count
from typing import Any

from django.utils.text import slugify
from pypinyin import lazy_pinyin

LONGEST = 70  # of a field of 80: room for a number


def slug_of(name: str, fallback: str) -> str:
    """The name in pinyin; `fallback` where that says nothing."""
    return slugify("".join(lazy_pinyin(name)))[:LONGEST].strip("-") or fallback


def free_slug(model: Any, name: str) -> str:
    """As `slug_of`, or with a number when a row of `model` has that: huidandai-2."""
    base = slug_of(name, model._meta.model_name)
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(slug for n in count(2) if (slug := f"{base}-{n}") not in taken)
