"""Product list, product, comparison and institutions as the public meets them."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue import panels
from catalogue.models import EligibilityRule, Outlet, Product, Tariff
from tests.factories import InstitutionFactory, ProductFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db


def slugs(page) -> list[str]:
    return [product.slug for product in page.context["products"]]


def counts(page, facet: str) -> dict[str, int]:
    found = [each for each in page.context["facets"] if each["name"] == facet]
    return {value.value: value.count for value in found[0]["values"]} if found else {}


def text(page) -> str:
    return page.content.decode()


class TestList:
    def test_facets_count_and_narrow(self, client):
        ProductFactory(slug="a", kind="loan", guarantee_kinds=["credit"])
        ProductFactory(slug="b", kind="loan", guarantee_kinds=["guarantor"])
        ProductFactory(slug="c", kind="insurance")
        page = client.get("/products/", {"kind": "loan"})
        assert sorted(slugs(page)) == ["a", "b"]
        assert counts(page, "kind") == {"loan": 2, "insurance": 1}
        assert counts(page, "guarantee") == {"credit": 1, "guarantor": 1}
        assert slugs(client.get("/products/", {"kind": "loan", "guarantee": "credit"})) == ["a"]

    def test_trait_that_rules_ask_for_is_a_facet(self, client):
        product = ProductFactory(slug="a")
        EligibilityRule.objects.create(product=product, kind="traits_any", values=["first_loan"], text="首贷户")
        ProductFactory(slug="b")
        assert slugs(client.get("/products/", {"trait": "first_loan"})) == ["a"]

    def test_chosen_condition_can_be_taken_off_alone(self, client):
        ProductFactory(kind="loan", purposes=["rnd"])
        page = client.get("/products/", {"kind": "loan", "purpose": "rnd", "page": "1"})
        assert [each["url"] for each in page.context["chosen"]] == ["?purpose=rnd", "?kind=loan"]

    def test_amount_keeps_products_that_state_none(self, client):
        ProductFactory(slug="small", amount_max=100_000)
        ProductFactory(slug="large", amount_max=1_000_000)
        ProductFactory(slug="unknown")
        assert sorted(slugs(client.get("/products/", {"amount": "50"}))) == ["large", "unknown"]

    @pytest.mark.parametrize("amount", ["abc", "-3", "NaN", "9" * 40, "0"])
    def test_amount_that_is_none_is_left_aside(self, client, amount):
        ProductFactory(slug="a", amount_max=100_000)
        assert slugs(client.get("/products/", {"amount": amount})) == ["a"]

    def test_sort_by_rate_puts_unknown_last(self, client):
        ProductFactory(slug="dear", rate_min="4.5")
        ProductFactory(slug="unknown")
        ProductFactory(slug="free", rate_min="0")
        assert slugs(client.get("/products/", {"sort": "rate"})) == ["free", "dear", "unknown"]

    def test_nothing_found_offers_a_way_on(self, client):
        ProductFactory(name="惠担贷", slug="huidandai")
        page = client.get("/products/", {"q": "惠但贷", "kind": "equity"})
        assert slugs(page) == []
        assert "没有符合这些条件的产品" in text(page)
        assert 'href="/needs/new/"' in text(page)

    def test_page_beyond_the_last_leads_to_the_last(self, client):
        ProductFactory()
        answer = client.get("/products/", {"kind": "loan", "page": "9"})
        assert (answer.status_code, answer.url) == (302, "/products/?kind=loan&page=1")

    def test_private_product_is_neither_listed_nor_counted_for_visitors(self, client):
        ProductFactory(slug="open", kind="loan")
        ProductFactory(slug="fund", kind="equity", login_required=True)
        page = client.get("/products/")
        assert (slugs(page), counts(page, "kind")) == (["open"], {"loan": 1})
        client.force_login(UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
        page = client.get("/products/")
        assert (sorted(slugs(page)), counts(page, "kind")) == (["fund", "open"], {"loan": 1, "equity": 1})

    def test_typed_words_are_escaped(self, client):
        page = client.get("/products/", {"q": "<script>alert(1)</script>"})
        assert "<script>alert" not in text(page)

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        for _each in range(number):
            product = ProductFactory(kind="loan")
            product.regions.add(RegionFactory())
            product.save()
            Tariff.objects.create(product=product, kind="interest", basis="per_year", rate=3, text="3%")
        client.get("/products/")  # the index is brought up to date by the first reader
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/products/")


class TestProduct:
    def test_states_what_is_known_and_says_what_is_not(self, client):
        product = ProductFactory(amount_max=500_000, audience="小微企业", promised_days=3, as_of="2024-12-31")
        page = text(client.get(product.get_absolute_url()))
        assert "最高 50 万元" in page
        assert "承诺 3 个工作日" in page
        assert "2024 年" in page
        assert page.count('class="is-unknown"') == 3  # cost; materials; term, guarantee and repayment together
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
        assert found["interestRate"] == {"@type": "QuantitativeValue", "minValue": 3.45, "unitText": "%"}
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


class TestCompare:
    def test_marks_rows_that_differ_and_leaves_out_what_nobody_knows(self, client):
        ProductFactory(slug="a", amount_max=100_000, summary="x")
        ProductFactory(slug="b", amount_max=200_000, summary="x")
        rows = {row["label"]: row for row in client.get("/products/compare/?p=a&p=b").context["rows"]}
        assert (rows["额度"]["cells"], rows["额度"]["differs"]) == (["最高 10 万元", "最高 20 万元"], True)
        assert rows["类别"]["differs"] is False
        assert "期限" not in rows

    def test_words_what_is_not_stated_by_what_that_means(self, client):
        ProductFactory(slug="a", not_for="新增贷款", size_classes=["micro"], amount_max=100_000)
        ProductFactory(slug="b")
        rows = client.get("/products/compare/?p=a&p=b").context["rows"]
        found = {row["label"]: (row["cells"], row["unstated"]) for row in rows}
        assert found["不适合"] == (["新增贷款", ""], "没有写明")
        assert found["规模"] == (["微型", ""], "不限")
        assert found["额度"] == (["最高 10 万元", ""], "以机构为准")

    def test_only_different_rows_on_wish(self, client):
        ProductFactory(slug="a", amount_max=100_000)
        ProductFactory(slug="b", amount_max=200_000)
        page = client.get("/products/compare/?p=a&p=b&only=different")
        assert all(row["differs"] for row in page.context["rows"])
        assert "类别" not in [row["label"] for row in page.context["rows"]]

    def test_takes_four_in_the_order_asked_for(self, client):
        for slug in "edcba":
            ProductFactory(slug=slug)
        assert slugs(client.get("/products/compare/?p=e&p=a&p=a&p=c&p=b&p=d")) == ["e", "a", "c", "b"]

    def test_says_that_something_is_gone(self, client):
        ProductFactory(slug="a")
        ProductFactory(slug="fund", login_required=True)
        page = client.get("/products/compare/?p=a&p=fund&p=nothing")
        assert (slugs(page), page.context["missing"]) == (["a"], 2)
        assert "已经下架或需要登录" in text(page)

    @pytest.mark.parametrize("query", ["", "?p=", "?p=nothing"])
    def test_nothing_chosen_leads_to_the_list(self, client, query):
        assert "还没有选产品" in text(client.get(f"/products/compare/{query}"))

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        query = "&".join(f"p={ProductFactory().slug}" for _each in range(number))
        with django_assert_num_queries(COMPARE_QUERIES):
            client.get(f"/products/compare/?{query}")


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
        assert (page.context["products"], page.context["shared"]) == ([], [product])

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
    page = text(client.get("/sitemap.xml"))
    assert re.findall(r"/products/([\w-]+)/", page) == ["a"]


def test_scheduled_product_is_not_public_before_its_time(client):
    product = ProductFactory(live=False, go_live_at=timezone.now() + timedelta(days=1))
    assert client.get(product.get_absolute_url()).status_code == 404
    assert Product.objects.filter(live=True).count() == 0


LIST_QUERIES = 14
PRODUCT_QUERIES = 9
COMPARE_QUERIES = 4
PARTY_QUERIES = {"/institutions/": 2, "/institutions/bank/": 8}
