"""Product and institutions as the public meets them."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue import panels
from catalogue.models import EligibilityRule, Outlet, Product, Tariff
from catalogue.sitemaps import ProductSitemap
from tests.factories import InstitutionFactory, ProductFactory, RegionFactory

pytestmark = pytest.mark.django_db


def slugs(page) -> list[str]:
    return [product.slug for product in page.context["products"]]


def text(page) -> str:
    return page.content.decode()


class TestProduct:
    def test_english_page_joins_words_in_english(self, client):
        product = ProductFactory(guarantee_kinds=["credit", "guarantor"])
        client.cookies["django_language"] = "en"
        page = text(client.get(product.get_absolute_url()))
        assert re.findall(r"<dd>([^<]*Guarantee company)</dd>", page) == ["Credit (no collateral), Guarantee company"]
        assert "<dt>Term, Repayment</dt>" in page
        assert "Term, Completion" in text(client.get("/products/"))

    def test_states_what_is_known_and_says_what_is_not(self, client):
        product = ProductFactory(amount_max=500_000, audience="小微企业", promised_days=3, as_of="2024-12-31")
        page = text(client.get(product.get_absolute_url()))
        assert "最高 50 万元" in page
        assert "承诺 3 个工作日" in page
        assert "2024 年" in page
        # not for whom; cost; materials; term, guarantee and repayment together; telephone
        assert page.count('class="is-unknown"') == 5
        assert "<dt>期限、担保、还款</dt>" in page

    def test_equity_is_not_asked_for_guarantee_and_repayment(self, client):
        page = text(client.get(ProductFactory(kind="equity").get_absolute_url()))
        assert ("要花多少" in page, "还款" in page) == (False, False)

    def test_zero_is_a_number(self, client):
        product = ProductFactory(rate_min=0, rate_max=0)
        assert "年利率 0%" in text(client.get(product.get_absolute_url()))

    @pytest.mark.parametrize(
        "fields", [{"live": False}, {"valid_to": "2020-01-01"}, {"valid_from": "2999-01-01"}, {"login_required": True}]
    )
    def test_what_is_not_public_is_missing(self, client, fields):
        product = ProductFactory(**fields)
        assert client.get(product.get_absolute_url()).status_code == 404

    def test_product_of_institution_that_left_is_missing(self, client):
        product = ProductFactory(institution=InstitutionFactory(is_active=False))
        assert client.get(product.get_absolute_url()).status_code == 404

    def test_unknown_slug_is_missing(self, client):
        assert client.get("/products/no-such/").status_code == 404

    def test_structured_data_says_what_the_page_says(self, client):
        product = ProductFactory(name="</script><b>", rate_min="3.45", amount_max=500_000)
        page = text(client.get(product.get_absolute_url()))
        block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1)
        found = json.loads(block)
        assert found["@type"] == ["FinancialProduct", "LoanOrCredit"]
        assert found["name"] == "</script><b>"
        assert found["interestRate"] == {
            "@type": "QuantitativeValue",
            "minValue": 3.45,
            "unitCode": "P1",
            "unitText": "%",
        }
        assert found["amount"] == {"@type": "MonetaryAmount", "maxValue": 500000.0, "currency": "CNY"}
        assert "loanTerm" not in found

    def test_panel_of_another_app_is_shown(self, client, monkeypatch):
        monkeypatch.setattr(panels, "_panels", [])
        panels.register(lambda request, product: f"<p>示例成本 {product.slug}</p>")
        product = ProductFactory()
        assert f"<p>示例成本 {product.slug}</p>" in text(client.get(product.get_absolute_url()))

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        product = ProductFactory(industry_codes=["15"])
        for place in range(number):
            EligibilityRule.objects.create(product=product, kind="other", text=f"条件{place}")
            Tariff.objects.create(product=product, kind="interest", basis="per_year", rate=3, text="3%")
            ProductFactory()
        client.get(product.get_absolute_url())
        with django_assert_num_queries(PRODUCT_QUERIES):
            client.get(product.get_absolute_url())


class TestParties:
    def test_institution_shows_its_public_products(self, client):
        bank = InstitutionFactory()
        ProductFactory(slug="a", institution=bank)
        ProductFactory(slug="fund", institution=bank, login_required=True)
        ProductFactory(slug="draft", institution=bank, live=False)
        assert slugs(client.get(f"/institutions/{bank.slug}/")) == ["a"]
        listed = client.get("/institutions/").context["page"].object_list
        assert [each.product_count for each in listed] == [1]

    def test_institution_shows_products_it_takes_part_in(self, client):
        guarantor = InstitutionFactory()
        product = ProductFactory()
        product.partners.add(guarantor)
        product.save()
        page = client.get(f"/institutions/{guarantor.slug}/")
        assert (page.context["own"], [row.product for row in page.context["shared"]]) == ([], [product])

    def test_unknown_institution_is_missing(self, client):
        assert client.get("/institutions/no-such/").status_code == 404

    def test_institutions_are_found_by_kind_and_part_of_the_name(self, client):
        InstitutionFactory(name="东海银行")
        InstitutionFactory(name="东海担保", kind="guarantor")
        page = client.get("/institutions/", {"q": "海", "kind": "guarantor"})
        assert [each.name for each in page.context["page"]] == ["东海担保"]

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize("path", ["/institutions/", "/institutions/bank/"])
    def test_queries(self, client, django_assert_num_queries, number, path):
        bank = InstitutionFactory(slug="bank")
        for place in range(number):
            ProductFactory(institution=bank)
            InstitutionFactory()
            Outlet.objects.create(institution=bank, name=f"网点{place}", region=RegionFactory())
        with django_assert_num_queries(PARTY_QUERIES[path]):
            client.get(path)


def test_sitemap_lists_public_addresses_only(client):
    ProductFactory(slug="a")
    ProductFactory(slug="fund", login_required=True)
    ProductFactory(slug="draft", live=False)
    page = text(client.get("/sitemap-products.xml"))
    assert re.findall(r"/products/([\w-]+)/", page) == ["a"]


def test_sitemap_is_an_index_of_sections_and_their_pages(client, monkeypatch):
    monkeypatch.setattr(ProductSitemap, "limit", 2)
    for number in range(5):
        ProductFactory(slug=f"p{number}")
    outlet = Outlet.objects.create(institution=InstitutionFactory(), name="网点", region=RegionFactory())
    files = re.findall(r"<loc>http://testserver(/[^<]+)</loc>", text(client.get("/sitemap.xml")))
    assert [each for each in files if "products" in each] == [
        "/sitemap-products.xml",
        "/sitemap-products.xml?p=2",
        "/sitemap-products.xml?p=3",
    ]
    listed = [
        place for each in files for place in re.findall(r"<loc>http://testserver([^<]+)</loc>", text(client.get(each)))
    ]
    assert [f"/products/p{number}/" in listed for number in range(5)] == [True] * 5
    assert [each in listed for each in (outlet.get_absolute_url(), "/products/", "/outlets/")] == [True] * 3
    assert len(listed) == len(set(listed))
    assert client.get("/sitemap-products.xml?p=4").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_sitemap_queries(client, django_assert_num_queries, number):
    for _each in range(number):
        ProductFactory()
    with django_assert_num_queries(SITEMAP_QUERIES):
        client.get("/sitemap.xml")
    with django_assert_num_queries(2):
        client.get("/sitemap-products.xml")


def test_scheduled_product_is_not_public_before_its_time(client):
    product = ProductFactory(live=False, go_live_at=timezone.now() + timedelta(days=1))
    assert client.get(product.get_absolute_url()).status_code == 404
    assert Product.objects.filter(live=True).count() == 0


SITEMAP_QUERIES = 11
PRODUCT_QUERIES = 9
PARTY_QUERIES = {"/institutions/": 2, "/institutions/bank/": 7}
