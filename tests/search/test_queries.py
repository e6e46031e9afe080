"""Finding, filtering, ordering and hiding through the public functions."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from catalogue.models import EligibilityRule
from search.engines import engine, remote
from search.errors import UnknownField, UnknownKind
from search.models import Change
from search.queries import find, find_everywhere, hits, near_hits, near_names, suggest
from search.registry import visibility_tokens
from tests.factories import ProductFactory, RegionFactory, UserFactory

pytestmark = pytest.mark.django_db

NAMES = {
    "惠担贷": "随借随还，担保费按实际用款天数计算",
    "民营小微贷": "围绕粮食、中药材、茶叶等特色产业",
    "农担贷": "面向农业经营主体的担保贷款",
    "衢担贷": "衢州市范围内的担保贷款",
    "遂亩保": "围绕主导产业的农业贷款",
    "科创贷": "科技企业贷款",
    "取水贷": "以取水权质押的贷款",
    "人才贷": "面向人才企业",
    "首贷户贴息贷款": "小微企业首贷户 1000 万元以下抵押贷款",
    "无还本续贷": "贷款到期无需先还本金",
    "应急转贷资金": "舟山市中小微企业续贷周转，服务费月利率 6‰",
    "科技保": "研发损失险、知识产权险等 18 类险种，保费补贴",
    "拨投联动": "先验再付的财政科技资金",
    "科创投": "高端装备制造、电子信息",
    "天使基金": "早期股权投资",
}


@pytest.fixture
def catalogue(sample):
    return {name: ProductFactory(name=name, summary=summary) for name, summary in NAMES.items()}


def found(q: str, **how) -> list[str]:
    results = find("sample", q, **how)
    return ["".join(mark.text for mark in hit.title) for hit in hits(results)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("惠担贷", "惠担贷"),
        ("取水", "取水贷"),
        ("hdd", "惠担贷"),
        ("huidandai", "惠担贷"),
        ("hui dan dai", "惠担贷"),
        ("huidan", "惠担贷"),
        ("舟山 转贷", "应急转贷资金"),
        ("惠擔貸", "惠担贷"),
        ("ＨＤＤ", "惠担贷"),
        ("惠旦贷", "惠担贷"),
        ("过桥", "应急转贷资金"),
        ("过侨", "应急转贷资金"),
        ("xwd", "民营小微贷"),
        ("民营小贷", "民营小微贷"),
        ("取水权贷款", "取水贷"),
        ("保险补贴", "科技保"),
        ("首贷", "首贷户贴息贷款"),
    ],
)
def test_what_was_typed_finds_first(catalogue, typed, first):
    assert found(typed)[:1] == [first]


def test_part_of_a_name_finds_every_name_that_holds_it(catalogue):
    assert set(found("担贷")) == {"惠担贷", "农担贷", "衢担贷"}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("茶叶公司想借民营小贷", "民营小微贷"),
        ("请问无还续本贷", "无还本续贷"),
        ("huidnadai", "惠担贷"),
        ("首待户贴息贷款", "首贷户贴息贷款"),
        ("应急转货资金", "应急转贷资金"),
        ("抵压代款", "首贷户贴息贷款"),
    ],
)
def test_mistyped_finds_first(catalogue, typed, first):
    assert found(typed)[:1] == [first]


@pytest.mark.parametrize("typed", ["民营微小贷", "huidnadai", "想办拔投联动"])
def test_names_that_may_have_been_meant(catalogue, typed):
    assert near_names(typed) == [{"民": "民营小微贷", "h": "惠担贷", "想": "拨投联动"}[typed[0]]]


def test_repair_is_told(catalogue):
    assert find("sample", "过侨").repairs == [("过侨", "过桥")]


def test_near_names_are_offered(catalogue):
    assert near_names("民营小贷") == ["民营小微贷"]


def test_nothing_found_says_so(catalogue):
    results = find("sample", "火锅底料")
    assert (results.ids, results.total) == ([], 0)


def test_sentence_finds_what_holds_most_of_it(catalogue):
    results = find("sample", "我是茶叶公司想找一个没有抵押也能借的产品")
    assert results.relaxed
    assert results.ids[0] == catalogue["民营小微贷"].pk


def test_few_results_are_followed_by_what_holds_part_of_the_words(catalogue):
    results = find("sample", "衢州 担贷", nearly=True)
    assert (results.total, results.relaxed) == (1, False)
    names = ["".join(mark.text for mark in hit.title) for hit in near_hits(results)]
    assert results.ids == [catalogue["衢担贷"].pk]
    assert set(names[:2]) == {"农担贷", "惠担贷"}
    assert "衢担贷" not in names
    assert find("sample", "衢州 担贷").near == []


def test_what_holds_part_of_the_words_is_only_what_may_be_seen(sample):
    ProductFactory(name="山海私募基金", login_required=True)
    ProductFactory(name="山海贷")
    results = find("sample", "山海茶叶", tokens=visibility_tokens(AnonymousUser()), nearly=True)
    member = find("sample", "山海茶叶", tokens=visibility_tokens(UserFactory()), nearly=True)
    assert (results.total + len(results.near), member.total + len(member.near)) == (1, 2)


def test_many_results_are_followed_by_nothing(sample):
    for number in range(10):
        ProductFactory(name=f"山海贷{number}")
    ProductFactory(name="茶叶贷")
    results = find("sample", "山海贷", nearly=True, limit=5)
    assert (results.total, len(results.ids), results.near) == (10, 5, [])


def test_find_without_words_lists_newest_first(catalogue):
    results = find("sample", limit=2)
    assert results.total == len(NAMES)
    assert results.ids == [catalogue["天使基金"].pk, catalogue["科创投"].pk]


def test_facets_count_as_if_their_own_filter_were_off(sample):
    ProductFactory(kind="loan")
    ProductFactory(kind="loan")
    ProductFactory(kind="insurance")
    results = find("sample", filters={"kind": ["loan"]}, facets=["kind"])
    assert results.total == 2
    assert [(v.value, str(v.label), v.count, v.selected) for v in results.facet("kind").values] == [
        ("loan", "贷款", 2, True),
        ("insurance", "保险", 1, False),
    ]


def test_filters_agree_and_values_of_one_filter_do_not_have_to(sample):
    here, there = RegionFactory(code="330902"), RegionFactory(code="330902", name="定海区")
    product = ProductFactory(kind="loan")
    product.regions.add(here)
    product.save()
    ProductFactory(kind="grant").regions.add(there)
    assert find("sample", filters={"kind": ["loan", "grant"]}).total == 2
    assert find("sample", filters={"kind": ["loan"], "region": ["330902"]}).ids == [product.pk]


def test_range_leaves_unknown_out_unless_declared_otherwise(sample):
    small = ProductFactory(amount_max=100_000, rate_min=3)
    large = ProductFactory(amount_max=5_000_000, rate_min=5)
    unknown = ProductFactory()
    assert find("sample", ranges={"amount_max": (500_000, None)}).ids == [large.pk]
    assert find("sample", ranges={"rate_min": (None, 4)}).ids == [unknown.pk, small.pk]


def test_sort_puts_unknown_last(sample):
    dear, unknown, cheap = ProductFactory(rate_min=5), ProductFactory(), ProductFactory(rate_min=3)
    assert find("sample", sort="rate").ids == [cheap.pk, dear.pk, unknown.pk]
    assert find("sample", sort="rate", offset=1, limit=1).ids == [dear.pk]


def test_hidden_documents_leak_nothing(sample):
    ProductFactory(name="山海私募基金", kind="equity", login_required=True)
    everybody = visibility_tokens(AnonymousUser())
    member = visibility_tokens(UserFactory())
    assert find("sample", "山海私募", facets=["kind"], tokens=everybody).total == 0
    assert find("sample", facets=["kind"], tokens=everybody).facet("kind").values == []
    assert suggest("山海", tokens=everybody) == []
    assert near_names("山海私募基") == []
    assert find("sample", "山海私募", tokens=member).total == 1
    assert "山海私募基金" in [each.title for each in suggest("shanhai", tokens=member)]


def test_expired_document_is_gone_by_itself(sample):
    ProductFactory(name="旧政策贷", valid_to=date.today() - timedelta(days=1))
    assert find("sample", "旧政策贷").total == 0


@pytest.mark.parametrize("typed", ["hdd", "huid", "惠担", "担贷", "惠擔"])
def test_suggestions_follow_hanzi_pinyin_and_initials(catalogue, typed):
    assert "惠担贷" in [each.title for each in suggest(typed)]


def test_unknown_kind_and_names_are_refused(sample):
    with pytest.raises(UnknownKind):
        find("nonsense")
    with pytest.raises(UnknownField):
        find("sample", filters={"colour": ["red"]})
    with pytest.raises(UnknownField):
        find("sample", sort="colour")


def test_everywhere_groups_by_kind(catalogue):
    everything = find_everywhere("惠担贷", kinds=["sample"])
    assert [group.kind for group in everything.groups] == ["sample"]
    assert everything.groups[0].ids[0] == catalogue["惠担贷"].pk


def test_highlight_marks_the_original(sample):
    ProductFactory(name="惠擔貸（ＨＤＤ版）")
    (hit,) = hits(find("sample", "惠担贷"))
    assert [(mark.text, mark.hit) for mark in hit.title] == [("惠擔貸", True), ("（ＨＤＤ版）", False)]


class TestFreshness:
    def test_unpublished_leaves_and_comes_back(self, sample):
        product = ProductFactory(name="潮汐贷")
        assert find("sample", "潮汐贷").total == 1
        product.live = False
        product.save()
        assert find("sample", "潮汐贷").total == 0
        product.live = True
        product.save()
        assert find("sample", "潮汐贷").total == 1

    def test_deleted_leaves(self, sample):
        product = ProductFactory(name="潮汐贷")
        assert find("sample", "潮汐贷").total == 1
        product.delete()
        assert find("sample", "潮汐贷").total == 0

    def test_child_row_is_found_under_its_parent(self, sample):
        product = ProductFactory(name="潮汐贷")
        EligibilityRule.objects.create(product=product, kind="other", text="须持有渔业捕捞许可证")
        assert find("sample", "渔业捕捞许可证").ids == [product.pk]

    def test_relation_set_from_its_other_end_is_followed(self, sample):
        product = ProductFactory(name="潮汐贷")
        region = RegionFactory(code="330902")
        assert find("sample", filters={"region": ["330902"]}).total == 0
        region.products.add(product)
        assert find("sample", filters={"region": ["330902"]}).ids == [product.pk]

    def test_rolled_back_change_is_not_found(self, sample, settings):
        if not engine().inline:
            pytest.skip("an index file beside PostgreSQL never sees an open transaction: see the next test")
        settings.SEARCH_SEES_OPEN_TRANSACTIONS = False  # nor does Elasticsearch
        ProductFactory(name="常青贷")

        class Stop(Exception):
            pass

        with pytest.raises(Stop), transaction.atomic():
            ProductFactory(name="潮汐贷")
            assert find("sample", "潮汐贷").total == 1
            raise Stop
        assert find("sample", "潮汐贷").total == 0
        ProductFactory(name="朝霞贷")
        assert find("sample", "朝霞贷").total == 1
        assert find("sample").total == 2

    @pytest.mark.django_db(transaction=True)
    def test_change_after_a_search_of_the_same_transaction(self, sample):
        """The search takes what was noted so far; a further change of the same document is noted anew."""
        product = ProductFactory(name="潮汐贷")
        rules = [EligibilityRule.objects.create(product=product, kind="other", text=text) for text in ("渔业", "茶叶")]
        with transaction.atomic():
            for rule in rules:
                rule.delete()
                assert find("sample", rule.text).total == 0
        assert find("sample", "潮汐贷").ids == [product.pk]

    @pytest.mark.django_db(transaction=True)
    def test_index_file_waits_for_the_commit(self, sample, settings):
        if engine().inline:
            pytest.skip("the index is part of the transaction here")
        settings.SEARCH_SEES_OPEN_TRANSACTIONS = False
        with transaction.atomic():
            ProductFactory(name="潮汐贷")
            assert find("sample", "潮汐贷").total == 0
        assert find("sample", "潮汐贷").total == 1

    @pytest.mark.django_db(transaction=True)
    def test_committed_change_is_found_at_once_and_leaves_no_outbox(self, sample):
        with transaction.atomic():
            product = ProductFactory(name="潮汐贷")
            EligibilityRule.objects.create(product=product, kind="other", text="渔业")
        assert Change.objects.filter(local=True).exists() is not engine().inline
        assert Change.objects.filter(remote=True).exists() is (remote() is not None)  # until the queue has delivered it
        results = find("sample", "潮汐贷 渔业")
        assert (results.ids, results.relaxed) == ([product.pk], False)
