"""The page and the JSON addresses."""

import json
import re
import time
from dataclasses import replace

import pytest
from django.conf import settings as settings_of_site
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import outbox
from search.engines import engine, remote
from search.registry import Range, register, types
from tests.factories import ProductFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE, API, SUGGEST = "/search/", "/api/v1/search", "/api/v1/suggest"


@pytest.fixture
def loan(sample):
    return ProductFactory(name="惠担贷", summary="随借随还，按实际用款天数收担保费", kind="loan", rate_min=4)


def test_addresses_are_the_fixed_ones():
    assert [reverse(f"search:{name}") for name in ("search", "search_api", "suggest_api")] == [PAGE, API, SUGGEST]


def test_manual_names_every_kind():
    manual = (settings_of_site.ROOT / "docs/developers/api.md").read_text(encoding="utf-8")
    (row,) = [line for line in manual.splitlines() if line.startswith("| `type` |")]
    assert sorted(re.findall(r"`([a-z]+)`", row)[1:]) == sorted(each.kind for each in types())


def test_page_groups_by_kind_and_marks(client, loan):
    page = client.get(PAGE, {"q": "惠担贷"}).content.decode()
    assert "<mark>惠担贷</mark>" in page
    assert f'href="/products/{loan.slug}/"' in page
    assert "样品" in page


def test_page_of_one_kind_filters_and_sorts(client, loan):
    other = ProductFactory(name="农担贷", kind="guarantee", rate_min=3)
    page = client.get(PAGE, {"q": "担贷", "type": "sample", "sort": "rate"})
    assert [hit.id for hit in page.context["groups"][0].hits] == [other.pk, loan.pk]
    page = client.get(PAGE, {"q": "担贷", "type": "sample", "kind": "loan"})
    assert [hit.id for hit in page.context["groups"][0].hits] == [loan.pk]
    assert page.context["filtered"]
    page = client.get(PAGE, {"q": "担贷", "type": "sample", "rate_min_to": "3.5"})
    assert [hit.id for hit in page.context["groups"][0].hits] == [other.pk]


def test_pages_keep_the_whole_address(client, sample):
    for number in range(25):
        ProductFactory(name=f"周转贷{number}")
    page = client.get(PAGE, {"q": "周转贷", "type": "sample", "page": "2"})
    assert len(page.context["groups"][0].hits) == 5
    assert "q=%E5%91%A8%E8%BD%AC%E8%B4%B7&amp;type=sample&amp;page=1" in page.content.decode()


def test_what_narrows_the_results_is_listed_and_taken_back_one_by_one(client, loan):
    narrow = {
        "q": "惠担贷",
        "type": "sample",
        "kind": ["loan", "guarantee"],
        "amount_max_from": "50000",
        "sort": "rate",
    }
    page = client.get(PAGE, narrow | {"rate_min_from": "2", "rate_min_to": "4.50"})
    plain = "q=%E6%83%A0%E6%8B%85%E8%B4%B7&type=sample"
    assert [(str(each.label), each.link) for each in page.context["chosen"]] == [
        ("贷款", f"{plain}&kind=guarantee&amount_max_from=50000&rate_min_from=2&rate_min_to=4.50&sort=rate"),
        ("担保", f"{plain}&kind=loan&amount_max_from=50000&rate_min_from=2&rate_min_to=4.50&sort=rate"),
        ("最高额度不低于 50000 元", f"{plain}&kind=loan&kind=guarantee&rate_min_from=2&rate_min_to=4.50&sort=rate"),
        ("利率 2 % – 4.5 %", f"{plain}&kind=loan&kind=guarantee&amount_max_from=50000&sort=rate"),
    ]


def test_sliders_stop_at_declared_steps_in_words(client, loan, sample):
    ProductFactory(name="惠担贷二", kind="loan", rate_min=4)
    bounds = client.get(PAGE, {"q": "惠担贷", "type": "sample", "amount_max_to": "500000"}).context["bounds"]
    assert [(each.low, each.high, each.steps, each.says) for each in bounds] == [
        (None, 500000, "", "[]"),
        (None, None, "", "[]"),
    ]
    ranges = {
        "amount_max": Range(
            "额度", lambda product: product.amount_max, steps=(100, 2500), says=lambda yuan: f"{yuan} 元"
        )
    }
    register(replace(sample, ranges={**sample.ranges, **ranges}))
    page = client.get(PAGE, {"q": "惠担贷", "type": "sample"})
    (bound, _rate) = page.context["bounds"]
    assert (json.loads(bound.steps), json.loads(bound.says)) == ([100, 2500], ["100 元", "2500 元"])
    assert 'data-steps="[100, 2500]"' in page.content.decode()


def test_page_that_is_no_more_shows_the_last_one(client, sample):
    for number in range(25):
        ProductFactory(name=f"周转贷{number}")
    address = {"q": "周转贷", "type": "sample"}
    last, beyond = (client.get(PAGE, address | {"page": page}).context for page in ("2", "9"))
    assert [hit.id for hit in beyond["groups"][0].hits] == [hit.id for hit in last["groups"][0].hits]
    assert (beyond["page"].number, client.get(PAGE, address | {"kind": "grant", "page": "9"}).status_code) == (2, 200)


def test_nothing_found_offers_next_steps(client, loan):
    page = client.get(PAGE, {"q": "惠单担货"}).content.decode()
    assert "没有找到“惠单担货”" in page
    assert "/needs/new/?text=%E6%83%A0%E5%8D%95%E6%8B%85%E8%B4%A7" in page
    assert 'href="/products/"' in page
    assert 'href="/advisors/"' in page


def test_kind_without_result_leads_to_those_that_have_some(client, loan):
    page = client.get(PAGE, {"q": "惠担贷", "type": "event"})
    assert page.context["elsewhere"] == page.context["kinds"][0].count > 0
    assert 'class="button" href="?q=%E6%83%A0%E6%8B%85%E8%B4%B7"' in page.content.decode()
    assert "“活动”里没有“惠担贷”" in page.content.decode()


def test_filters_that_leave_nothing_can_be_dropped(client, loan):
    page = client.get(PAGE, {"q": "惠担贷", "type": "sample", "kind": "grant"}).content.decode()
    assert "去掉筛选条件" in page


def test_without_words_the_page_gives_examples(client, sample):
    assert "舟山 转贷" in client.get(PAGE).content.decode()


def test_nonsense_in_the_address_is_left_out(client, loan):
    odd = {"q": "惠担贷", "type": "sample", "page": "٣", "sort": "x'--", "rate_min_from": "NaN", "kind": ["loan", ""]}
    assert client.get(PAGE, odd).status_code == 200
    assert client.get(PAGE, {"q": "惠担贷", "type": "nonsense"}).status_code == 200
    assert client.get(PAGE, {"q": "惠担贷", "type": "sample", "page": "999999"}).status_code == 200


def test_json_says_what_the_page_says(client, loan):
    answer = client.get(API, {"q": "hdd", "type": "sample"}).json()
    assert answer["total"] == 1
    (group,) = answer["groups"]
    assert group["hits"][0]["title_marks"] == [["惠担贷", True]]
    assert group["facets"]["kind"] == [{"value": "loan", "label": "贷款", "count": 1, "selected": False}]


def test_suggestions_as_json(client, loan):
    answer = client.get(SUGGEST, {"q": "huid"}).json()
    assert {"kind": "sample", "label": "样品", "title": "惠担贷", "url": f"/products/{loan.slug}/"} in answer[
        "suggestions"
    ]


def test_hidden_document_is_only_in_the_answers_of_those_who_may_open_it(client, sample):
    ProductFactory(name="山海私募份额", login_required=True)
    for address in (PAGE, API, SUGGEST):
        assert "山海私募份额" not in client.get(address, {"q": "山海"}).content.decode()
    client.force_login(UserFactory())
    assert client.get(API, {"q": "山海"}).json()["total"] >= 1


def test_titles_are_escaped(client, sample):
    ProductFactory(name="<script>alert(1)</script>贷")
    page = client.get(PAGE, {"q": "script"}).content.decode()
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow_with_results(client, sample, count, django_assert_num_queries, settings):
    for number in range(count):
        ProductFactory(name=f"潮汐贷{number}")
    client.get(PAGE, {"q": "潮汐贷"})  # the index takes in what this test changed, and words are read
    # Whether words have changed; an index file asks the outbox once, Elasticsearch whether it may be asked. The embedded
    # engine reads its own tables beside Django.
    settings.SEARCH_SEES_OPEN_TRANSACTIONS = False
    with django_assert_num_queries(1 + (0 if engine().inline else 1) + (0 if remote() is None else 1)):
        client.get(PAGE, {"q": "潮汐贷"})


HOSTILE = [
    "'; DROP TABLE search_doc_sample; --",
    '" OR "1"="1',
    "title : x AND NEAR(a b, 3) OR *",
    "{title body} : (a)",
    "^a -b +c ~d (e)",
    "a\0b",
    "\x01\x02\x1f\x7f",
    "👨‍👩‍👧‍👦🏦💰" * 40,
    "\ud800",
    "\u202e\u200e右到左",
    "贷" * 10_000,
    "惠担贷 " * 2_500,
    " ".join(f"词{number}" for number in range(1000)),
    "a" * 10_000,
    "é" * 5_000,
    '"' * 5_000,
    "(" * 5_000,
    "%_\\",
    "ﷺ" * 1_000,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_answered_in_time(client, loan, typed):
    outbox.settle()
    begin = time.perf_counter()
    for address in (PAGE, API, SUGGEST):
        typed_bytes = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        assert client.get(address, {"q": typed_bytes}).status_code == 200
    assert time.perf_counter() - begin < 2


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(st.characters() | st.sampled_from("\"*():^-+{}~'\0惠担贷转 "), max_size=300))
def test_any_words_are_answered(client, loan, typed):
    from search.queries import find, suggest

    find("sample", typed)
    suggest(typed)
