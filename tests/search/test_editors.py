"""搜索 in the CMS: what was searched for, pins, synonyms, explanations; who may, and what is not kept."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from search import actions, explaining, querylog
from search.errors import NotPossible
from search.models import Pin, SearchedQuery, SynonymGroup
from search.queries import EVERYBODY, find, find_everywhere
from search.registry import visibility_tokens
from tests.factories import ProductFactory, UserFactory, user_with
from tests.search.conftest import KIND

pytestmark = pytest.mark.django_db

SEEN = "/api/v1/search/seen"


@pytest.fixture
def editor(client):
    from accounts.actions import sync_groups
    from content import actions as content

    sync_groups()
    content.sync_groups()
    client.force_login(user_with(Role.EDITOR))
    return client


def note_of(page: str) -> str:
    return page.split('data-search-note="')[1].split('"', maxsplit=1)[0]


class TestLog:
    def test_page_shown_and_result_opened_are_counted(self, client, sample):
        ProductFactory(name="潮汐贷")
        note = note_of(client.get("/search/", {"q": "潮汐貸", "type": KIND}).content.decode())
        assert SearchedQuery.objects.count() == 0
        answers = [client.post(SEEN, {"note": note}), client.post(SEEN, {"note": note, "opened": "1"})]
        assert [each.status_code for each in answers] == [204, 204]
        row = SearchedQuery.objects.get()
        assert (row.day, row.text, row.times, row.results, row.clicks) == (timezone.localdate(), "潮汐贷", 1, 1, 1)

    def test_browser_is_told_without_a_csrf_token(self, sample):
        from django.test import Client

        assert Client(enforce_csrf_checks=True).post(SEEN, {"note": querylog.note("潮汐", 0)}).status_code == 204

    def test_note_that_is_not_ours_counts_nothing(self, client):
        forged = signing.dumps(["潮汐贷", 3], salt="another")
        assert [client.post(SEEN, {"note": each}).status_code for each in ("", "x", forged)] == [400, 400, 400]
        assert SearchedQuery.objects.count() == 0

    @pytest.mark.parametrize(
        "typed",
        [
            "13900000001",
            "139 0000 0001",
            "330902199001011234",
            "zhang@example.com",
            "张三 0580-2021234",
            "长" * 41,
            "91330902MA28K0001X",
        ],
    )
    def test_what_may_be_personal_is_not_kept(self, client, sample, typed):
        assert querylog.note(typed, 0) == ""
        assert "data-search-note" not in client.get("/search/", {"q": typed}).content.decode()

    @pytest.mark.parametrize("typed", ["贷款 50万", "利率2.65%", "huidandai", "2026年政策"])
    def test_usual_queries_are_kept(self, typed):
        assert querylog.text_of(typed) == typed.lower()

    def test_later_pages_and_filtered_ones_carry_no_note(self, client, sample):
        for number in range(21):
            ProductFactory(name=f"潮汐贷{number}", kind="loan")
        address = {"q": "潮汐贷", "type": KIND}
        has = [
            "data-search-note" in client.get("/search/", address | more).content.decode()
            for more in ({}, {"page": 2}, {"kind": "loan"})
        ]
        assert has == [True, False, False]

    def test_lists_tell_what_found_nothing_and_what_nobody_opened(self):
        today = timezone.localdate()
        rows = [("没有的", 5, 0, 0), ("没人点", 3, 4, 0), ("好的", 9, 4, 2), ("一次", 1, 0, 0)]
        for text, times, results, clicks in rows:
            SearchedQuery.objects.create(day=today, text=text, times=times, results=results, clicks=clicks)
        SearchedQuery.objects.create(day=today - timedelta(days=1), text="好的", times=1, results=0)
        SearchedQuery.objects.create(day=today - timedelta(days=40), text="没有的", times=7, results=3)
        found = {
            only: [(each.text, each.times) for each in querylog.searched(30, only=only)]
            for only in ("empty", "unopened", "")
        }
        assert found == {
            "empty": [("没有的", 5)],
            "unopened": [("没人点", 3)],
            "": [("好的", 10), ("没有的", 5), ("没人点", 3)],
        }

    def test_old_counts_are_forgotten(self):
        today = timezone.localdate()
        for days in (89, 90, 91):
            SearchedQuery.objects.create(day=today - timedelta(days=days), text="潮汐", times=2)
        assert querylog.prune() == 1
        assert SearchedQuery.objects.filter(day=today - timedelta(days=91)).count() == 0

    def test_nobody_fills_the_table(self, monkeypatch):
        monkeypatch.setattr(querylog, "ROWS_A_DAY", 2)
        for text in ("甲甲", "乙乙", "丙丙", "甲甲"):
            querylog.count(querylog.note(text, 0), opened=False)
        assert list(SearchedQuery.objects.order_by("pk").values_list("text", "times")) == [("甲甲", 2), ("乙乙", 1)]


class TestPins:
    def test_pinned_result_comes_first_for_just_this_query(self, sample):
        first, second = ProductFactory(name="潮汐贷"), ProductFactory(name="潮汐担保贷")
        other = ProductFactory(name="山海贷")
        actions.pin("潮汐", KIND, second.pk, EVERYBODY)
        actions.pin("潮汐", KIND, other.pk, EVERYBODY)
        found = find(KIND, "潮汐")
        assert (found.ids, found.total, found.pinned) == ([second.pk, other.pk, first.pk], 3, [second.pk, other.pk])
        assert find(KIND, "潮汐贷").ids[0] == first.pk
        assert find(KIND, "潮汐", filters={"kind": ["loan"]}).pinned == []
        assert find(KIND, "潮汐", limit=0).ids == []

    def test_pinned_result_says_so(self, client, sample):
        product, _other = ProductFactory(name="潮汐贷"), ProductFactory(name="潮汐担保贷")
        actions.pin("潮汐", KIND, product.pk, EVERYBODY)
        for address in ({"q": "潮汐"}, {"q": "潮汐", "type": KIND}):
            page = client.get("/search/", address).content.decode()
            assert page.count("<span>编辑置顶</span>") == 1
        (group,) = client.get("/api/v1/search", {"q": "潮汐", "type": KIND}).json()["groups"]
        assert [(hit["id"] == product.pk, hit["pinned"]) for hit in group["hits"]] == [(True, True), (False, False)]

    def test_pinned_result_is_on_the_first_page_only(self, sample):
        made = [ProductFactory(name=f"潮汐贷{number}") for number in range(6)]
        plain = find(KIND, "潮汐", limit=6).ids
        actions.pin("潮汐", KIND, plain[4], EVERYBODY)
        pages = [find(KIND, "潮汐", offset=offset, limit=3).ids for offset in (0, 3)]
        assert pages == [[plain[4], *plain[:3]], [plain[3], plain[5]]]
        assert sorted(pages[0] + pages[1]) == [each.pk for each in made]

    def test_page_that_is_all_pinned_shows_the_one_before(self, client, sample):
        for number in range(21):
            ProductFactory(name=f"潮汐贷{number}")
        actions.pin("潮汐", KIND, find(KIND, "潮汐", offset=20).ids[0], EVERYBODY)
        page = client.get("/search/", {"q": "潮汐", "type": KIND, "page": 2})
        assert (page.context["page"].number, len(page.context["groups"][0].hits)) == (1, 21)

    def test_pinned_result_answers_what_found_nothing(self, sample):
        product = ProductFactory(name="潮汐贷")
        assert find_everywhere("火锅底料").total == 0
        actions.pin("火锅底料", KIND, product.pk, EVERYBODY)
        everything = find_everywhere("火锅 底料 ".replace(" ", ""))
        assert [(each.kind, each.ids) for each in everything.groups] == [(KIND, [product.pk])]

    def test_pinned_result_is_shown_to_nobody_who_may_not_see_it(self, sample):
        product = ProductFactory(name="潮汐贷", login_required=True)
        member = visibility_tokens(UserFactory())
        with pytest.raises(NotPossible):
            actions.pin("火锅", KIND, product.pk, EVERYBODY)
        actions.pin("火锅", KIND, product.pk, member)
        assert (find(KIND, "火锅").ids, find(KIND, "火锅", tokens=member).ids) == ([], [product.pk])

    def test_pinned_twice_is_once(self, sample):
        product = ProductFactory(name="潮汐贷")
        for typed in ("潮汐", "潮 汐".replace(" ", ""), "潮汐 "):
            actions.pin(typed, KIND, product.pk, EVERYBODY)
        assert Pin.objects.count() == 1


class TestExplanation:
    @pytest.mark.parametrize("typed", ["潮汐贷", "chaoxi", "舟山 过桥", "企业 转贷 50万", "潮夕贷", "我想周转一下资金"])
    def test_parts_add_up_to_the_score(self, sample, typed):
        ProductFactory(name="潮汐贷", summary="随潮汐周转，舟山企业转贷 50 万")
        ProductFactory(name="转贷资金", summary="舟山市中小微企业续贷周转")
        found = explaining.explain(KIND, typed, EVERYBODY)
        assert found.results != []
        listed = {each.id: each for each in find(KIND, typed).scores}
        for each in found.results:
            points = sum(share.points for share in each.shares)
            assert points * each.scored.coverage**2 + each.scored.name == pytest.approx(each.scored.score, abs=0.001)
            seen = listed[each.id]
            assert (each.scored.score, each.scored.coverage, each.scored.name) == (seen.score, seen.coverage, seen.name)

    def test_page_shows_tokens_matches_and_scores(self, editor, sample):
        ProductFactory(name="潮汐贷", summary="转贷周转")
        page = editor.get("/cms/search-log/explain/", {"q": "过桥", "type": KIND}).content.decode()
        assert "转贷（同义词 0.70）" in page
        assert "<h3>1. 潮汐贷</h3>" in page
        assert "chaoxidai" in page

    def test_pin_and_synonym_are_one_press(self, editor, sample):
        product = ProductFactory(name="潮汐贷")
        there = f"{reverse('search_explain')}?q=%E6%B6%A8%E8%90%BD&type={KIND}"
        answer = editor.post(reverse("search_add_synonym"), {"q": "涨落", "means": "潮汐", "kind": KIND})
        assert (answer.status_code, answer.url) == (302, there)
        assert find(KIND, "涨落").ids == [product.pk]
        editor.post(reverse("search_pin"), {"q": "涨落", "kind": KIND, "id": product.pk})
        assert find(KIND, "涨落").pinned == [product.pk]
        editor.post(reverse("search_pin"), {"q": "涨落", "kind": KIND, "id": product.pk, "off": "1"})
        assert find(KIND, "涨落").pinned == []

    def test_search_without_result_is_pinned_by_name_from_the_list(self, editor, only):
        product = ProductFactory(name="潮汐贷")
        for number in range(2):
            ProductFactory(name=f"山海贷{number}")
        SearchedQuery.objects.create(day=timezone.localdate(), text="火锅底料", times=3, results=0)
        assert 'aria-label="搜“火锅底料”时排在最前的内容的名称"' in editor.get(reverse("search_log")).content.decode()
        answer = editor.post(reverse("search_pin"), {"q": "火锅底料", "name": " 潮汐 貸"})
        assert answer.url == f"{reverse('search_explain')}?q=%E7%81%AB%E9%94%85%E5%BA%95%E6%96%99&type={KIND}"
        assert find(KIND, "火锅底料").pinned == [product.pk]

    def test_name_that_is_none_is_chosen_among_the_like(self, editor, sample):
        first, second = (ProductFactory(name=f"山海贷{number}") for number in "甲乙")
        answer = editor.post(reverse("search_pin"), {"q": "火锅底料", "name": "山海"}, follow=True)
        assert Pin.objects.count() == 0
        assert {hit.id for _label, hit in answer.context["alike"]} == {first.pk, second.pk}
        assert f'name="id" value="{second.pk}"' in answer.content.decode()
        nothing = editor.post(reverse("search_pin"), {"q": "火锅底料", "name": "没有这个"}, follow=True)
        assert "没有名称像“没有这个”的内容" in nothing.content.decode()

    def test_nonsense_is_refused_in_words(self, editor, sample):
        editor.post(reverse("search_pin"), {"q": "涨落", "kind": "gone", "id": "1"})
        editor.post(reverse("search_pin"), {"q": "涨落", "kind": KIND, "id": "99999999"})
        editor.post(reverse("search_add_synonym"), {"q": "涨落", "means": "  "})
        assert (Pin.objects.count(), SynonymGroup.objects.count()) == (0, 0)


PLACES = [
    "/cms/search-log/",
    "/cms/search-log/explain/",
    "/cms/snippets/search/synonymgroup/",
    "/cms/snippets/search/lexiconterm/",
    "/cms/snippets/search/pin/",
]


class TestAccess:
    @pytest.mark.parametrize("place", PLACES)
    def test_editor_and_administrator_enter(self, editor, client, place):
        assert editor.get(place).status_code == 200
        client.force_login(user_with(Role.ADMINISTRATOR))
        assert client.get(place).status_code == 200

    @pytest.mark.parametrize("role", [Role.PRODUCT_EDITOR, Role.SUPERVISOR, Role.ADVISOR])
    def test_others_do_not(self, editor, client, role):
        client.force_login(user_with(role))
        product = ProductFactory()
        assert {client.get(place).status_code for place in PLACES} <= {302, 403}
        client.post(reverse("search_pin"), {"q": "潮汐", "kind": "product", "id": product.pk})
        client.post(reverse("search_add_synonym"), {"q": "潮汐", "means": "涨落"})
        assert (Pin.objects.count(), SynonymGroup.objects.count()) == (0, 0)
        assert "/cms/search-log/" not in client.get("/cms/").content.decode()

    def test_menu_leads_there(self, editor):
        page = editor.get("/cms/").content.decode()
        assert [place in page for place in PLACES] == [True] * len(PLACES)

    def test_word_is_added_in_the_cms_and_counts_at_once(self, editor, sample):
        ProductFactory(name="潮汐贷")
        address = "/cms/snippets/search/synonymgroup/add/"
        assert 'value="涨落、"' in editor.get(address, {"words": "涨落、"}).content.decode()
        editor.post(address, {"words": "涨落、潮汐", "is_active": "on", "note": ""})
        assert find(KIND, "涨落").total == 1


@pytest.mark.django_db
def test_search_leaves_no_entry_in_the_trail_of_who_did_what():
    before = AuditEntry.objects.count()
    SearchedQuery.objects.create(text="还不上贷款怎么办", day=timezone.localdate(), times=2)
    assert AuditEntry.objects.count() == before
