"""How a product is passed on and followed: QR, feed, sitemap, structured data."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from catalogue.models import ProductKind
from tests.factories import InstitutionFactory, ProductFactory

pytestmark = pytest.mark.django_db
# schema.org as schema-dts 2.1.0 types it: type → its own properties, with those of Thing and Service it inherits.
SERVICE = {"name", "description", "url", "category", "provider", "areaServed", "audience"}
FINANCIAL = {"interestRate", "feesAndCommissionsSpecification", "annualPercentageRate"}
VOCABULARY = {
    "FinancialProduct": SERVICE | FINANCIAL,
    "LoanOrCredit": SERVICE | FINANCIAL | {"amount", "currency", "loanTerm", "loanType", "requiredCollateral"},
    "InvestmentFund": SERVICE | FINANCIAL | {"amount"},
    "QuantitativeValue": {"minValue", "maxValue", "value", "unitCode", "unitText"},
    "MonetaryAmount": {"minValue", "maxValue", "value", "currency"},
    "Organization": {"name", "url", "telephone"},
    "Audience": {"audienceType"},
}
ATOM = "{http://www.w3.org/2005/Atom}"


def text(answer) -> str:
    return answer.content.decode()


def test_qr_is_the_address_of_the_product(client, settings):
    settings.PUBLIC_URL = "https://yinqiao.example"
    product = ProductFactory(slug="a", name="惠<担>贷")
    answer = client.get("/products/a/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(answer.content)
    assert drawing.find("{http://www.w3.org/2000/svg}title").text == product.name
    page = text(client.get("/products/a/"))
    assert 'value="https://yinqiao.example/products/a/"' in page
    assert 'src="/products/a/qr.svg"' in page


def test_qr_of_a_private_product_is_missing(client):
    ProductFactory(slug="fund", login_required=True)
    assert client.get("/products/fund/qr.svg").status_code == 404


def test_page_begins_with_for_whom_and_for_whom_not(client):
    ProductFactory(slug="a", audience="茶叶合作社", not_for="房地产开发")
    ProductFactory(slug="b")
    page = text(client.get("/products/a/"))
    assert page.index("茶叶合作社") < page.index("房地产开发") < page.index('class="answers"')
    assert "没有写明，办理前请问机构" in text(client.get("/products/b/"))


def test_feed_tells_new_from_changed_the_latest_first(client):
    day = datetime(2026, 3, 1, 8, tzinfo=UTC)
    bank = InstitutionFactory(name="东海银行")
    ProductFactory(
        slug="old", name="旧贷", institution=bank, first_published_at=day, last_published_at=day + timedelta(days=9)
    )
    ProductFactory(slug="new", name="新贷", institution=bank, first_published_at=day, last_published_at=day)
    ProductFactory(slug="fund", login_required=True, first_published_at=day, last_published_at=day)
    ProductFactory(slug="never")
    answer = client.get("/products/feed.atom")
    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [each.find(f"{ATOM}title").text for each in entries] == [
        "有更新：旧贷（东海银行）",
        "新产品：新贷（东海银行）",
    ]
    assert feed.find(f"{ATOM}updated").text == "2026-03-10T08:00:00+00:00"
    assert answer["Content-Type"].startswith("application/atom+xml")


@pytest.mark.parametrize("number", [1, 3])
def test_feed_queries(client, django_assert_num_queries, number):
    for _each in range(number):
        ProductFactory(first_published_at=timezone.now(), last_published_at=timezone.now())
    with django_assert_num_queries(1):
        client.get("/products/feed.atom")


def test_sitemap_says_when_a_product_and_its_institution_changed(client):
    when = datetime(2026, 3, 1, 8, tzinfo=UTC)
    bank = InstitutionFactory(slug="bank")
    ProductFactory(slug="a", institution=bank, last_published_at=when)
    ProductFactory(slug="fund", institution=bank, login_required=True, last_published_at=when + timedelta(days=1))
    sections = "".join(text(client.get(f"/sitemap-{name}.xml")) for name in ("products", "institutions"))
    found = dict(re.findall(r"<loc>[^<]*?(/[a-z]+/[\w-]+/)</loc><lastmod>([^<]+)</lastmod>", sections))
    assert (found["/products/a/"], found["/institutions/bank/"]) == ("2026-03-01", "2026-03-01")


def data(client, slug: str) -> dict:
    block = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', text(client.get(f"/products/{slug}/")), re.S
    )
    return json.loads(block.group(1))


def strangers(node: dict) -> list[str]:
    """Properties that the vocabulary does not give to a thing of its types, at any depth."""
    types = [node["@type"]] if isinstance(node["@type"], str) else node["@type"]
    known = set().union(*(VOCABULARY[each] for each in types)) | {"@type", "@context"}
    below = [name for value in node.values() if isinstance(value, dict) for name in strangers(value)]
    return [name for name in node if name not in known] + below


@pytest.mark.parametrize("kind", ProductKind.values)
def test_structured_data_uses_the_words_of_its_vocabulary(client, kind):
    bank = InstitutionFactory(phone="0570-1234567")
    ProductFactory(
        slug="a", kind=kind, institution=bank, audience="小微企业", rate_min="0", rate_max="4.35", amount_min=1,
        amount_max=500_000, term_min=6, term_max=12, guarantee_kinds=["credit"],
    )  # fmt: skip
    found = data(client, "a")
    assert strangers(found) == []
    assert found["provider"]["telephone"] == "0570-1234567"
    assert (found["interestRate"]["minValue"], found["interestRate"]["maxValue"]) == (0.0, 4.35)


def test_structured_data_leaves_out_what_nobody_stated(client):
    ProductFactory(slug="a", kind="loan")
    assert set(data(client, "a")) == {"@context", "@type", "name", "description", "category", "url", "provider"}
    assert set(data(client, "a")["provider"]) == {"@type", "name", "url"}
