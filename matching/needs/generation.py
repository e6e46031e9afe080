"""Needs for measurements: made up, of enterprises that are made up themselves. See `manage.py generate`.

Text and codes say the same, so that what is understood of the sentence can be compared with what stands in the columns."""

import random
import tomllib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.bulk import insert, next_pk
from accounts.generation import author
from accounts.models import Enterprise
from accounts.wording import money

from ..models import Need

WORDS = Path(__file__).parent / "generation.toml"
BATCH = 2000
AMOUNTS = tuple(each * 10_000 for each in (5, 10, 20, 30, 50, 80, 100, 200, 300, 500))
TERMS = (3, 6, 12, 24, 36)
OPEN_DAYS, PAST_DAYS = 60, 400  # an open need is no older than the first


def needs(count: int, chance: random.Random) -> int:
    """Adds `count` needs, one in three of them over; how many rows were written.

    Raises Enterprise.DoesNotExist while no made-up enterprise is there."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    firms = list(
        Enterprise.objects.filter(is_demo=True, members__isnull=True).order_by("pk").values_list("pk", "region__name")
    )
    if not firms:
        raise Enterprise.DoesNotExist("--enterprises comes first: needs are those of made-up enterprises")
    writer, now, first = author().pk, timezone.now(), next_pk(Need)

    def one(number: int) -> dict[str, Any]:
        firm, place = chance.choice(firms)
        purpose = chance.choice(list(words["purposes"]))
        guarantee = chance.choice(list(words["guarantees"]))
        amount, term = chance.choice(AMOUNTS), chance.choice(TERMS)
        form = chance.choice(words["forms"])
        text = form.format(
            amount=money(amount),
            use=chance.choice(words["purposes"][purpose]),
            term=f"{term} 个月",
            place=place,
            trade="小企业",
            guarantee=words["guarantees"][guarantee],
        )
        over = chance.random() < 1 / 3
        age = timedelta(minutes=chance.randint(1, (PAST_DAYS if over else OPEN_DAYS) * 24 * 60))
        return {
            "id": number,
            "enterprise_id": firm,
            "author_id": writer,
            "text": text,
            "kinds": ["loan"],
            "purposes": [purpose],
            "guarantee_kinds": [guarantee] if "{guarantee}" in form else [],
            "amount_low": amount,
            "amount_high": amount,
            "term_months": term if "{term}" in form else None,
            "status": (Need.Status.CLOSED if over else Need.Status.OPEN).value,
            "client_key": uuid.uuid5(uuid.NAMESPACE_URL, f"generated/need/{number}"),
            "created_at": now - age,
            "updated_at": now - age,
            "closed_at": now - age * chance.random() if over else None,
        }

    for start in range(first, first + count, BATCH):
        insert(Need, [one(number) for number in range(start, min(start + BATCH, first + count))])
    return count
