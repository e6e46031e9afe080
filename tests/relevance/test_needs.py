"""What people say is understood and answered no worse than before. After a change that is meant:
`python -m tests.relevance.needs --baseline`."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from catalogue import tabular
from matching.needs.parser import Status, parse
from matching.ranking import Catalogue, NeedFacts, rank
from matching.tabular import all_facts
from tests import relevance
from tests.relevance import needs

DROP = {"best@1": 0.02, "acceptable@1": 0.02, "best@3": 0.02, "amount": 0.01, "status": 0.0}


@pytest.mark.django_db
def test_answers_stay_near_their_baseline(tmp_path):
    relevance.load_demo()
    known, now = needs.baseline(), needs.figures(needs.judged(tmp_path))
    assert {part: each["sentences"] for part, each in now.items()} == {
        part: each["sentences"] for part, each in known.items()
    }
    fallen = {
        f"{part} {name}": (known[part][name], each[name])
        for part, each in now.items()
        for name, drop in DROP.items()
        if each[name] < known[part][name] - drop
    }
    assert fallen == {}


def test_a_third_is_kept_aside():
    """Of the sentences that were there before tuning began; those written since are for tuning or read once as `fresh`."""
    parts = Counter(each.part for each in needs.sentences() if each.id.startswith("n"))
    assert abs(parts["aside"] - (parts["tuning"] + parts["aside"]) / 3) < 3


def test_sentences_are_many_and_told_apart():
    said = needs.sentences()
    assert len(said) >= 300
    assert len({each.id for each in said}) == len(said)
    assert len({(each.catalogue, each.text) for each in said}) == len(said)
    assert sum(each.status != "matched" for each in said) >= 45


def test_judged_products_are_in_the_catalogue():
    for name in {each.catalogue for each in needs.sentences()} - {"demo"}:
        with relevance.catalogue(name, relevance.HERE).open(encoding="utf-8", newline="") as source:
            names = {row["名称"] for row in csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE)}
        wanted = {each for one in needs.sentences() if one.catalogue == name for each in one.good_names}
        assert wanted <= names, name


def test_order_is_the_same_when_every_product_is_renamed(tmp_path):
    """What a product is called must not decide where it stands, except for those who say its name."""
    on = date(2026, 3, 2)
    for name in ("county", "basin"):
        rows = tabular.read(BytesIO(needs.workbook(name, tmp_path).read_bytes())).rows
        facts = all_facts(rows)
        renamed = [replace(each, name=f"第{each.key:03}号") for each in facts]
        before, after = Catalogue(facts), Catalogue(renamed)
        called = [each.name for each in facts]
        for each in needs.sentences():
            if each.catalogue == name and not any(product in each.text for product in called):
                parsed = parse(each.text, today=on)
                if parsed.status is Status.MATCHED:
                    need = NeedFacts.of(parsed, on=on)
                    assert [one.product.key for one in rank(need, before).results] == [
                        one.product.key for one in rank(need, after).results
                    ], each.text
