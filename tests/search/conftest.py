"""A kind of our own over the product table, so that search is tested without anybody's documents.py."""

import pytest
from django.conf import settings

from catalogue.models import EligibilityRule, Product, ProductKind
from search import circuit, statistics, words
from search.engines import engine
from search.registry import DocumentType, Facet, Range, Sort, register, types, unregister
from tests.search import elastic

KIND = "sample"


@pytest.fixture(scope="session", autouse=True)
def _leave_no_index():
    yield
    elastic.drop_all()


@pytest.fixture(autouse=True)
def _elasticsearch(request):
    """Where there is one, it is what answers here."""
    if not settings.ELASTICSEARCH_URL or not {"db", "transactional_db"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    index = elastic.ready(KIND)
    circuit.recovered()
    yield
    elastic.empty(index)


@pytest.fixture
def sample(db):
    """The kind under test; `notices` of other kinds do not matter to it."""
    words.forget()
    statistics.forget()
    document_type = register(
        DocumentType(
            kind=KIND,
            label="样品",
            model=Product,
            queryset=lambda: (
                Product.objects.filter(live=True).select_related("institution").prefetch_related("rules", "regions")
            ),
            title=lambda product: product.name,
            url=lambda product: f"/products/{product.slug}/",
            summary=lambda product: product.summary,
            keywords=lambda product: [product.institution.name, product.get_kind_display()],
            body=lambda product: [product.description, *(rule.text for rule in product.rules.all())],
            meta=lambda product: [product.institution.name],
            facets={
                "kind": Facet("类别", lambda product: [product.kind], choices=ProductKind.choices),
                "region": Facet("地区", lambda product: [region.code for region in product.regions.all()]),
            },
            ranges={
                "amount_max": Range("最高额度", lambda product: product.amount_max, unit="元"),
                "rate_min": Range("利率", lambda product: product.rate_min, unit="%", keep_unknown=True),
            },
            sorts={"rate": Sort("利率从低到高", by="rate_min"), "amount": Sort("额度从高到低", "amount_max", True)},
            visibility=lambda product: ["signed_in"] if product.login_required else ["public"],
            until=lambda product: product.valid_to,
            related={EligibilityRule: lambda rule: [rule.product_id]},
            suggest=True,
        )
    )
    yield document_type
    engine().clear(KIND)  # tests that commit leave an index behind; the flush knows only kinds that are still declared
    unregister(KIND)
    words.forget()
    statistics.forget()


@pytest.fixture
def only(sample):
    """The kind under test is the only one: what is done to all kinds is done to it alone."""
    others = [each for each in types() if each.kind != KIND]
    for each in others:
        unregister(each.kind)
    yield
    for each in others:
        register(each)
