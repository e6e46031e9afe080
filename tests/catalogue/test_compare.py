"""Comparison and its tray: which products is said by the address alone."""

import pytest

from tests.factories import InstitutionFactory, ProductFactory

pytestmark = pytest.mark.django_db
COMPARE_QUERIES = 4


def slugs(page) -> list[str]:
    return [product.slug for product in page.context["products"]]


def text(page) -> str:
    return page.content.decode()


def rows(page) -> dict[str, dict]:
    return {row["label"]: row for row in [*page.context["different"], *page.context["equal"]]}


class TestComparison:
    def test_parts_what_differs_from_what_is_equal_and_leaves_out_what_nobody_knows(self, client):
        ProductFactory(slug="a", amount_max=100_000, summary="x")
        ProductFactory(slug="b", amount_max=200_000, summary="x")
        page = client.get("/products/compare/?p=a&p=b")
        assert [row["label"] for row in page.context["different"]] == ["机构", "额度"]
        assert "类别" in [row["label"] for row in page.context["equal"]]
        assert rows(page)["额度"]["cells"] == ["最高 10 万元", "最高 20 万元"]
        assert "期限" not in rows(page)

    def test_words_what_is_not_stated_by_what_that_means(self, client):
        ProductFactory(slug="a", not_for="新增贷款", size_classes=["micro"], amount_max=100_000)
        ProductFactory(slug="b")
        found = {
            label: (row["cells"], row["unstated"])
            for label, row in rows(client.get("/products/compare/?p=a&p=b")).items()
        }
        assert found["不适合"] == (["新增贷款", ""], "没有写明")
        assert found["规模"] == (["微型", ""], "不限")
        assert found["额度"] == (["最高 10 万元", ""], "以机构为准")

    def test_takes_four_in_the_order_asked_for_and_names_the_fifth(self, client):
        for slug in "edcba":
            ProductFactory(slug=slug, name=f"产品{slug}")
        page = client.get("/products/compare/?p=e&p=a&p=a&p=c&p=b&p=d")
        assert slugs(page) == ["e", "a", "c", "b"]
        assert [each.slug for each in page.context["tray"].refused] == ["d"]
        assert "最多并排对比四个" in text(page)

    def test_says_that_something_is_gone(self, client):
        ProductFactory(slug="a")
        ProductFactory(slug="fund", login_required=True)
        page = client.get("/products/compare/?p=a&p=fund&p=nothing")
        assert (slugs(page), page.context["tray"].missing) == (["a"], 2)
        assert "已经下架或需要登录" in text(page)

    def test_column_is_removed_by_its_link(self, client):
        for slug in "abc":
            ProductFactory(slug=slug)
        page = client.get("/products/compare/?p=a&p=b&p=c")
        assert [each["without"] for each in page.context["columns"]] == ["p=b&p=c", "p=a&p=c", "p=a&p=b"]

    @pytest.mark.parametrize("query", ["", "?p=", "?p=nothing"])
    def test_nothing_chosen_leads_to_the_list(self, client, query):
        assert "还没有选产品" in text(client.get(f"/products/compare/{query}"))

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, client, django_assert_num_queries, number):
        query = "&".join(f"p={ProductFactory().slug}" for _each in range(number))
        with django_assert_num_queries(COMPARE_QUERIES):
            client.get(f"/products/compare/?{query}")


class TestTray:
    def test_list_adds_to_the_tray_and_takes_out_by_links(self, client):
        ProductFactory(slug="a")
        ProductFactory(slug="b")
        page = client.get("/products/?kind=loan&p=a")
        urls = {product.slug: product.tray_url for product in page.context["products"]}
        assert urls == {"a": "/products/?kind=loan#c-a", "b": "/products/?kind=loan&p=a&p=b#c-b"}
        assert 'href="/products/compare/?p=a"' in text(page)

    def test_product_page_keeps_the_tray_of_the_list(self, client):
        ProductFactory(slug="a")
        ProductFactory(slug="b")
        listed = client.get("/products/?p=a")
        assert {each.kept_url for each in listed.context["products"]} == {"/products/a/?p=a", "/products/b/?p=a"}
        page = client.get("/products/b/?p=a")
        assert page.context["row"].tray_url == "/products/b/?p=a&p=b#c-b"
        assert f'<link rel="canonical" href="{page.context["PUBLIC_URL"]}/products/b/">' in text(page)

    def test_fifth_is_refused_kindly(self, client):
        for slug in "abcde":
            ProductFactory(slug=slug, name=f"产品{slug}")
        page = client.get("/products/?p=a&p=b&p=c&p=d&p=e")
        assert page.context["tray"].slugs == ["a", "b", "c", "d"]
        assert "最多对比四个。要加入“产品e”，请先移除一个。" in text(page)

    def test_institution_page_has_it_too(self, client):
        bank = InstitutionFactory(slug="bank")
        ProductFactory(slug="a", institution=bank)
        assert 'href="/institutions/bank/?p=a#c-a"' in text(client.get("/institutions/bank/"))

    def test_no_tray_costs_no_query(self, client, django_assert_num_queries):
        from django.test import RequestFactory

        from catalogue.browsing import tray

        with django_assert_num_queries(0):
            assert tray.read(RequestFactory().get("/products/")).products == []
