"""Relevance does not fall unnoticed. After a change that is meant: `python -m tests.relevance --baseline`."""

from collections import Counter

import pytest

from search.evaluation import read_catalogue, read_table
from tests import relevance

DROP = 0.02
KINDS = {"name", "part", "pinyin", "typo", "mixed", "place", "wish", "question"}


def judged(name: str, part: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    folder = relevance.HERE / name / part
    queries = [row for _number, row in read_table(folder / "queries.tsv", ("id", "text", "kind"))]
    return queries, [row for _number, row in read_table(folder / "judgements.tsv", ("id", "name", "grade"))]


@pytest.mark.django_db
def test_relevance_stays_near_its_baseline(tmp_path):
    relevance.load_demo()
    known = relevance.baseline()
    figures = relevance.means(relevance.measure_all(tmp_path))
    assert {place: each["queries"] for place, each in figures.items()} == {
        place: each["queries"] for place, each in known.items()
    }
    fallen = {
        f"{place} {name}": (known[place][name], each[name])
        for place, each in figures.items()
        for name in ("ndcg@5", "recall@10")
        if each[name] < known[place][name] - DROP
    }
    assert fallen == {}


def test_a_third_of_each_kind_is_kept_aside():
    for name in relevance.SPLIT:
        parts = {part: Counter(row["kind"] for row in judged(name, part)[0]) for part in relevance.PARTS}
        assert KINDS - {"name"} <= set(parts["tuning"]) <= KINDS
        for kind in KINDS:
            whole = parts["tuning"][kind] + parts["aside"][kind]
            assert abs(parts["aside"][kind] - whole / 3) < 1, (name, kind)


def test_queries_are_many_and_each_has_a_relevant_product():
    texts: list[tuple[str, str]] = []
    for name, part in relevance.SETS:
        queries, judgements = judged(name, part)
        texts += [(name, row["text"]) for row in queries]
        assert {row["id"] for row in judgements if row["grade"] in "23"} == {row["id"] for row in queries}
    assert len(texts) >= 500
    assert len(set(texts)) == len(texts)


def test_judged_products_are_in_the_catalogue(tmp_path):
    for name, part in relevance.SETS:
        if name != "demo":
            names = {row["名称"] for row in read_catalogue(relevance.catalogue(name, tmp_path))}
            assert {row["name"] for row in judged(name, part)[1]} <= names
