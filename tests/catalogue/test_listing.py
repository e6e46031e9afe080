"""The product list: what its address says is what it shows, counts and offers."""

import os

import pytest
from django.core.management import call_command

from catalogue.models import EligibilityRule, Product, Tariff
from search.maintenance import differences
from tests.factories import InstitutionFactory, ProductFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# beside PostgreSQL the index follows the outbox; with a server, who answers is asked too
LIST_QUERIES = (
    6 if not os.environ.get("DATABASE_URL") else 9 if os.environ.get("ELASTICSEARCH_URL") else 8
)  # names of institutions and places, which products, the products, their places, their tariffs


def slugs(page) -> list[str]:
    return [product.slug for product in page.context["products"]]


def listed(client, **query) -> list[str]:
    return sorted(slugs(client.get("/products/", query)))


def counts(page, facet: str) -> dict[str, int]:
    found = [each for each in page.context["groups"]() if each.name == facet]
    return {value.value: value.count for value in [*found[0].values, *found[0].more]} if found else {}


def text(page) -> str:
    return page.content.decode()


class TestFacets:
    def test_facets_count_and_narrow(self, client):
        ProductFactory(slug="a", kind="loan", guarantee_kinds=["credit"])
        ProductFactory(slug="b", kind="loan", guarantee_kinds=["guarantor"])
        ProductFactory(slug="c", kind="insurance")
        page = client.get("/products/", {"kind": "loan"})
        assert sorted(slugs(page)) == ["a", "b"]
        assert counts(page, "guarantee") == {"credit": 1, "guarantor": 1}
        assert listed(client, kind="loan", guarantee="credit") == ["a"]

    def test_choosing_one_value_keeps_the_counts_of_the_others(self, client):
        ProductFactory(kind="loan")
        ProductFactory(kind="loan")
        ProductFactory(kind="insurance")
        assert counts(client.get("/products/?kind=loan"), "kind") == {"loan": 2, "insurance": 1}

    def test_values_of_one_facet_add_up_and_facets_cut(self, client):
        ProductFactory(slug="a", kind="loan", purposes=["rnd"])
        ProductFactory(slug="b", kind="insurance", purposes=["rnd"])
        ProductFactory(slug="c", kind="equity", purposes=["equity"])
        page = client.get("/products/?kind=loan&kind=insurance&kind=equity&purpose=rnd")
        assert sorted(slugs(page)) == ["a", "b"]

    def test_trait_that_rules_ask_for_is_a_facet(self, client):
        product = ProductFactory(slug="a")
        EligibilityRule.objects.create(product=product, kind="traits_any", values=["first_loan"], text="首贷户")
        ProductFactory(slug="b")
        assert listed(client, trait="first_loan") == ["a"]

    def test_private_product_is_neither_listed_nor_counted_for_visitors(self, client):
        ProductFactory(slug="open", kind="loan")
        ProductFactory(slug="fund", kind="equity", login_required=True)
        page = client.get("/products/")
        assert (slugs(page), counts(page, "kind")) == (["open"], {"loan": 1})
        client.force_login(UserFactory(), backend=BACKEND)
        page = client.get("/products/")
        assert (sorted(slugs(page)), counts(page, "kind")) == (["fund", "open"], {"loan": 1, "equity": 1})

    def test_facet_with_many_values_shows_some_and_folds_the_rest(self, client):
        for _each in range(12):
            ProductFactory()
        (group,) = [each for each in client.get("/products/").context["groups"]() if each.name == "institution"]
        assert (len(group.values), len(group.more), group.left) == (8, 4, 0)


class TestPlaces:
    @pytest.fixture
    def places(self):
        names = {
            "330000": (1, "浙江省"),
            "330900": (2, "舟山市"),
            "330902": (3, "定海区"),
            "330903": (3, "普陀区"),
            "330100": (2, "杭州市"),
        }
        for code, (level, name) in names.items():
            RegionFactory(code=code, name=name, full_name=name, level=level)

        def product(slug, *codes):
            made = ProductFactory(slug=slug)
            made.regions.set(codes)
            made.save()

        product("county", "330902")
        product("two", "330902", "330903")
        product("city", "330900")
        product("both", "330900", "330902")  # says the city and a county of it
        product("province", "330000")
        product("anywhere")
        product("elsewhere", "330100")

    def test_place_finds_what_serves_it_or_wherever_it_lies(self, client, places):
        assert listed(client, region="330902") == ["anywhere", "both", "city", "county", "province", "two"]
        assert listed(client, region="330903") == ["anywhere", "both", "city", "province", "two"]
        assert listed(client, region="330100") == ["anywhere", "elsewhere", "province"]

    def test_count_of_a_place_is_what_choosing_it_finds(self, client, places):
        found = counts(client.get("/products/"), "region")
        assert found == {
            code: len(listed(client, region=code)) for code in ("330000", "330900", "330902", "330903", "330100")
        }

    def test_several_places_find_what_serves_any(self, client, places):
        assert len(slugs(client.get("/products/?region=330903&region=330100"))) == 6


class TestAmountTermSize:
    def test_amount_keeps_what_gives_it_or_states_none(self, client):
        ProductFactory(slug="small", amount_max=100_000)
        ProductFactory(slug="large", amount_max=1_000_000)
        ProductFactory(slug="huge", amount_min=800_000, amount_max=5_000_000)
        ProductFactory(slug="unknown")
        assert listed(client, amount="50") == ["large", "unknown"]
        assert listed(client, amount="47.5") == ["large", "unknown"]

    def test_usual_amounts_are_counted_whatever_was_chosen(self, client):
        ProductFactory(amount_max=100_000)
        ProductFactory(amount_max=1_000_000)
        wanted = {"10": 2, "30": 1, "50": 1, "100": 1, "300": 0, "500": 0, "1000": 0, "3000": 0}
        assert counts(client.get("/products/"), "amount") == wanted
        assert counts(client.get("/products/?amount=100"), "amount") == wanted

    @pytest.mark.parametrize("amount", ["50万", "５０", " 50 万元 ", "0,050"])
    def test_amount_is_read_as_people_write_it(self, client, amount):
        ProductFactory(slug="small", amount_max=100_000)
        ProductFactory(slug="large", amount_max=1_000_000)
        assert listed(client, amount=amount) == ["large"]

    @pytest.mark.parametrize("amount", ["500000元", "abc", "-3", "NaN", "9" * 40, "0"])
    def test_amount_that_is_none_is_left_aside(self, client, amount):
        ProductFactory(slug="a", amount_max=100_000)
        assert listed(client, amount=amount) == ["a"]

    def test_term_keeps_what_runs_as_long_or_states_none(self, client):
        ProductFactory(slug="short", term_max=6)
        ProductFactory(slug="long", term_min=12, term_max=36)
        ProductFactory(slug="unknown")
        page = client.get("/products/?term=12")
        assert sorted(slugs(page)) == ["long", "unknown"]
        assert counts(page, "term")["6"] == 3
        assert listed(client, term="13") == ["long", "short", "unknown"]  # no choice of ours

    def test_size_keeps_what_is_for_all_sizes(self, client):
        ProductFactory(slug="micro", size_classes=["micro"])
        ProductFactory(slug="all")
        page = client.get("/products/?size=small")
        assert (slugs(page), counts(page, "size")) == (["all"], {"micro": 2, "small": 1, "medium": 1, "large": 1})


class TestOrder:
    def test_institutions_take_turns(self, client):
        for bank in (InstitutionFactory(), InstitutionFactory()):
            for number in range(3):
                ProductFactory(institution=bank, slug=f"{bank.slug}-{number}")
        owners = [row.product.institution.slug for row in client.get("/products/").context["products"]]
        assert [len(set(owners[start : start + 2])) for start in (0, 2, 4)] == [2, 2, 2]

    def test_what_is_well_described_comes_first(self, client):
        ProductFactory(slug="full", amount_max=1, promised_days=1, audience="x", contact="x", term_max=12)
        ProductFactory(slug="bare")
        assert slugs(client.get("/products/")) == ["full", "bare"]

    @pytest.mark.parametrize(
        ("sort", "wanted"),
        [
            ("rate", ["free", "dear", "unknown"]),
            ("amount", ["dear", "free", "unknown"]),
            ("days", ["dear", "free", "unknown"]),
            ("name", ["unknown", "dear", "free"]),
        ],
    )
    def test_sort_puts_unknown_last_and_names_by_sound(self, client, sort, wanted):
        ProductFactory(slug="dear", name="惠农贷", rate_min="4.5", amount_max=200, promised_days=1)
        ProductFactory(slug="unknown", name="阿里贷")
        ProductFactory(slug="free", name="舟山贷", rate_min="0", amount_max=100, promised_days=3)
        assert slugs(client.get("/products/", {"sort": sort})) == wanted

    def test_unknown_order_is_the_usual_one(self, client):
        ProductFactory(slug="a")
        assert slugs(client.get("/products/?sort=drop")) == ["a"]


class TestConditions:
    def test_chosen_condition_can_be_taken_off_alone(self, client):
        ProductFactory(kind="loan", purposes=["rnd"])
        page = client.get("/products/", {"kind": "loan", "purpose": "rnd", "page": "1"})
        assert [each.url for each in page.context["conditions"]] == ["?purpose=rnd", "?kind=loan"]

    def test_nothing_found_says_which_condition_to_drop(self, client):
        ProductFactory(kind="loan", purposes=["rnd"], amount_max=100_000)
        ProductFactory(kind="loan", purposes=["rnd"], amount_max=100_000)
        page = client.get("/products/?kind=loan&purpose=rnd&amount=50")
        assert slugs(page) == []
        found = {each.label: (each.url, each.count) for each in page.context["conditions"]}
        assert found == {
            "贷款": ("?purpose=rnd&amount=50", 0),
            "研发与成果转化": ("?kind=loan&amount=50", 0),
            "借 50 万元": ("?kind=loan&purpose=rnd", 2),
        }
        assert "去掉“借 50 万元”" in text(page)

    def test_nothing_found_offers_a_way_on(self, client):
        ProductFactory(name="惠担贷", slug="huidandai")
        page = client.get("/products/", {"q": "惠但贷", "kind": "equity"})
        assert "没有符合这些条件的产品" in text(page)
        assert 'href="/needs/new/"' in text(page)

    def test_conditions_and_tray_survive_the_next_page(self, client):
        for number in range(21):
            ProductFactory(slug=f"p{number}", kind="loan")
        page = client.get("/products/?kind=loan&p=p3")
        assert 'rel="next" href="?kind=loan&amp;p=p3&amp;page=2"' in text(page)

    def test_typed_words_are_escaped(self, client):
        page = client.get("/products/", {"q": "<script>alert(1)</script>", "region": "<b>", "institution": "x"})
        assert ("<script>alert" in text(page), "<b>" in text(page)) == (False, False)


@pytest.mark.django_db(transaction=True)  # committed, as in life: an open transaction is indexed anew by each reader
@pytest.mark.parametrize("number", [1, 3])
def test_queries(client, django_assert_num_queries, number):
    for _each in range(number):
        product = ProductFactory(kind="loan")
        product.regions.add(RegionFactory())
        product.save()
        Tariff.objects.create(product=product, kind="interest", basis="per_year", rate=3, text="3%")
    client.get("/products/")  # the index is brought up to date by the first reader
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/products/?kind=loan")


def test_generated_content_is_whole_and_the_same_for_a_seed(client):
    RegionFactory()
    from accounts.models import Enterprise, Industry

    Industry.objects.create(code="1530", name="精制茶加工", section="C", level=4)
    call_command("generate", products=30, enterprises=20, seed=7, verbosity=0)
    assert (Product.objects.count(), Enterprise.objects.count()) == (30, 20)
    for product in Product.objects.all():
        product.full_clean()
    for enterprise in Enterprise.objects.all():
        enterprise.full_clean()
    assert list(differences(["product", "institution"], "embedded")) == []
    first = set(Product.objects.values_list("name", "amount_max", "rate_min"))
    Product.objects.all().delete()
    call_command("generate", products=30, enterprises=0, seed=8, verbosity=0)
    assert set(Product.objects.values_list("name", "amount_max", "rate_min")) != first
    assert client.get("/products/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [("page=9", "/products/"), ("kind=loan&page=9", "/products/?kind=loan")],
)
def test_page_past_the_last_leads_to_the_last(client, asked, leads_to):
    ProductFactory()
    answer = client.get(f"/products/?{asked}")
    assert (answer.status_code, answer.url) == (302, leads_to)
