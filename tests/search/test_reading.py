"""Rows read for a rebuild say the same as objects that Django makes of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product
from search import reading
from search.building import read
from search.maintenance import rebuild
from search.outbox import suspended
from search.queries import find
from search.registry import DocumentType, types
from tests.factories import ProductFactory
from tests.search.conftest import KIND

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_chunks(monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 3)
    monkeypatch.setattr(reading, "WATCHED", 2)


@pytest.fixture
def products():
    with suspended():
        return [ProductFactory(name=f"潮汐贷{number}", summary="随借随还") for number in range(10)]


def test_rows_say_the_same_for_every_kind(sample, short_chunks, products):
    for each in types():
        whole = [read(each, obj) for obj in each.queryset().order_by("pk")]
        assert [read(each, obj) for obj in reading.rows(each)] == whole, each.kind


def test_rows_hold_only_what_documents_ask_for(short_chunks, products):
    kind = DocumentType(
        kind="lean",
        label="",
        model=Product,
        queryset=lambda: Product.objects.select_related("institution"),
        title=lambda product: product.name,
        url=lambda product: "/",
        keywords=lambda product: [product.institution.name],
    )
    found = []
    for product in reading.rows(kind):
        read(kind, product)
        found.append(product)
    last = found[-1]
    assert sorted(last.__dict__) == ["_state", "id", "institution_id", "name"]
    assert sorted(last.institution.__dict__) == ["_state", "id", "name"]
    assert last == products[-1]
    assert last.summary == "随借随还"  # read when it is asked for


def test_rows_learn_a_column_that_is_asked_for_later(short_chunks, products):
    late = products[4].pk
    kind = DocumentType(
        kind="late",
        label="",
        model=Product,
        queryset=Product.objects.all,
        title=lambda product: product.name,
        url=lambda product: "/",
        summary=lambda product: product.summary if product.pk >= late else "",
    )
    with CaptureQueriesContext(connection) as queries:
        said = [read(kind, product)["summary"] for product in reading.rows(kind)]
    assert said == ["随借随还" if product.pk >= late else "" for product in products]
    asked = [
        each for each in queries.captured_queries if each["sql"].startswith("SELECT") and "LIMIT 21" in each["sql"]
    ]
    assert len([each for each in asked if '"summary"' in each["sql"]]) == 2  # of the chunk in which it came up


def test_rebuild_of_more_than_a_chunk_finds_all(sample, short_chunks, products):
    assert rebuild([KIND]) == {KIND: 10}
    assert find(KIND, "潮汐贷").total == 10


def test_some_rows_say_the_same_for_every_kind(sample, products):
    for each in types():
        whole = {obj.pk: read(each, obj) for obj in each.queryset()[:5]}
        for _time in range(2):  # the first time it learns
            assert {obj.pk: read(each, obj) for obj in reading.some(each, list(whole))} == whole, each.kind


def test_some_rows_are_read_in_one_query_of_what_is_asked_for(sample, products):
    pks = [each.pk for each in products[:3]]
    kind = DocumentType(
        kind="remembered",
        label="",
        model=Product,
        queryset=lambda: Product.objects.select_related("institution"),
        title=lambda product: product.name,
        url=lambda product: "/",
        summary=lambda product: product.summary if product.pk == pks[2] else "",
        keywords=lambda product: [product.institution.name],
    )

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            said = {obj.pk: read(kind, obj)["summary"] for obj in reading.some(kind, pks)}
        assert said == {pks[0]: "", pks[1]: "", pks[2]: "随借随还"}
        return len(queries)

    first, *later = [asked() for _time in range(3)]
    assert first > 1
    assert later == [1, 1]
    with CaptureQueriesContext(connection) as queries:
        assert list(reading.some(kind, [])) == []
    assert len(queries) == 0


def test_declaration_that_is_another_is_learned_anew(sample, products):
    def kind(**more) -> DocumentType:
        return DocumentType(
            kind="again", label="", model=Product, queryset=Product.objects.all, title=lambda product: product.name,
            url=lambda product: "/", **more,
        )  # fmt: skip

    pk = products[0].pk
    before, after = kind(), kind(summary=lambda product: product.summary)
    assert [read(before, obj)["summary"] for obj in reading.some(before, [pk])] == [""]
    assert [read(after, obj)["summary"] for obj in reading.some(after, [pk])] == ["随借随还"]
