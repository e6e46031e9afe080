"""Whatever stands in the catalogue: exported and imported again, nothing changes."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Trait
from catalogue import tabular
from catalogue.exchange.targets import TARGETS
from catalogue.exchange.targets.contents import stream
from catalogue.models import (
    EligibilityRule,
    GuaranteeKind,
    Import,
    Product,
    ProductKind,
    Purpose,
    RepaymentKind,
    Tariff,
)
from catalogue.tabular import writing
from catalogue.tabular.reading import open_reading

pytestmark = pytest.mark.django_db
ODD = [
    "=1+1",
    "-5",
    "@a",
    "'",
    "''=x",
    "示例：x",
    "  前后空格  ",
    "a｜b|c",
    "第一行\r\n第二行\n\n",
    "50万",
    "3.85%",
    "以机构为准",
    "、；：",
    "\x0b\x01",
]
characters = st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")


def words(length: int, least: int = 0):
    return st.one_of(st.sampled_from(ODD), st.text(characters, min_size=least, max_size=min(length, 40)))


def ranged(values):
    """Two in order, either unknown."""
    return st.tuples(st.none() | values, st.none() | values).map(
        lambda pair: tuple(sorted(pair)) if None not in pair else pair
    )


def many(choices):
    return st.lists(st.sampled_from(list(choices.values)), unique=True, max_size=4)


money = st.decimals(0, Decimal("999999999999.99"), places=2)
rates = st.decimals(0, Decimal("999.9999"), places=4)
days = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
rules = st.lists(
    st.one_of(
        st.builds(dict, kind=st.sampled_from(["traits_any", "traits_all"]), values=many(Trait), text=words(200), source=words(200)),
        st.builds(dict, kind=st.just("region"), values=st.lists(st.sampled_from(["330902", "331123", "330000"]), unique=True), text=words(200)),
        st.builds(dict, kind=st.just("industry"), values=st.lists(st.sampled_from(["A", "1530", "151"]), unique=True), text=words(200)),
        ranged(money).flatmap(
            lambda pair: st.builds(dict, kind=st.sampled_from(["years", "revenue", "amount"]), minimum=st.just(pair[0]), maximum=st.just(pair[1]), text=words(200))
        ),
        st.builds(dict, kind=st.just("other"), text=words(200), source=words(200)),
    ),
    max_size=3,
)  # fmt: skip
tariffs = st.lists(
    st.builds(
        dict,
        kind=st.sampled_from(Tariff.Kind.values),
        basis=st.sampled_from(Tariff.Basis.values),
        rate=st.decimals(0, Decimal("9999.99999"), places=5),
        trait=st.sampled_from(["", *Trait.values]),
        cap_amount=st.none() | money,
        cap_total=st.none() | money,
        regions=st.lists(st.sampled_from(["330902", "331123"]), unique=True),
        valid_from=days,
        valid_to=days,
        text=words(200),
        source=words(200),
    ),
    max_size=3,
)


@st.composite
def products(draw):
    amounts, price = draw(ranged(money)), draw(ranged(rates))
    terms = draw(ranged(st.integers(0, 32_767)))
    own = {
        "name": draw(words(80, least=1).filter(str.strip)),
        "kind": draw(st.sampled_from(ProductKind.values)),
        "purposes": draw(many(Purpose)),
        "summary": draw(words(160)),
        "audience": draw(words(200)),
        "description": draw(words(4000)),
        "industry_codes": draw(st.lists(st.sampled_from(["A", "1530", "151", "C"]), unique=True)),
        "amount_min": amounts[0],
        "amount_max": amounts[1],
        "rate_min": price[0],
        "rate_max": price[1],
        "rate_note": draw(words(200)),
        "term_min": terms[0],
        "term_max": terms[1],
        "guarantee_kinds": draw(many(GuaranteeKind)),
        "repayment_kinds": draw(many(RepaymentKind)),
        "promised_days": draw(st.none() | st.integers(0, 32_767)),
        "materials": draw(words(4000)),
        "steps": draw(words(4000)),
        "contact": draw(words(120)),
        "source": draw(words(200)),
        "as_of": draw(st.dates(date(1990, 1, 1), date(2100, 1, 1))),
        "valid_from": draw(days),
        "login_required": draw(st.booleans()),
    }
    return own, draw(rules), draw(tariffs), draw(st.lists(st.sampled_from(["330902", "331123"]), unique=True))


class _Undo(Exception):
    """Ends an example without a trace."""


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(found=products())
def test_any_product_exported_and_imported_again_is_unchanged(found, bank, supervisor):
    own, of_rules, of_tariffs, regions = found
    try:
        with transaction.atomic():
            product = Product.objects.create(institution=bank, slug="ein-produkt", live=True, **own)
            product.regions.set(regions)
            for number, rule in enumerate(of_rules):
                EligibilityRule.objects.create(product=product, sort_order=number, **rule)
            for number, tariff in enumerate(of_tariffs):
                Tariff.objects.create(product=product, sort_order=number, **tariff)
            book = io.BytesIO()
            writing.workbook(tabular.PRODUCTS, stream(Product.objects.all()), book)
            text = "".join(writing.delimited(tabular.PRODUCTS, stream(Product.objects.all()))).encode()
            for content in (book.getvalue(), text, text.decode("utf-8-sig").encode("gb18030")):
                job = Import(kind="products")
                reading = open_reading(tabular.PRODUCTS, io.BytesIO(content))
                places = {column.name: place for place, (column, _factor) in reading.columns.items()}
                planned = TARGETS["products"](job, supervisor).plan(list(reading.rows()), places)
                assert [(row.outcome, row.problems, row.changes) for row in planned] == [("unchanged", [], [])]
            raise _Undo
    except _Undo:
        pass
