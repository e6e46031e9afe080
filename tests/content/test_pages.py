"""Home, articles, policies and cases as readers see them."""

import json
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Collection, Page, Site, Task, Workflow

from content import actions, sections
from content.models import ArticleIndexPage, ArticlePage, CaseIndexPage, CasePage, HomePage, PolicyIndexPage, PolicyPage
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> HomePage:
    return actions.ensure_site()


def a_policy(home: HomePage, slug: str = "policy", **fields) -> PolicyPage:
    values = {"title": "转贷规则", "summary": "单笔最高 2000 万元", "source": "测试", "as_of": date(2024, 12, 31)}
    policy = PolicyPage(slug=slug, region=fields.pop("region", None) or RegionFactory(), **values | fields)
    return PolicyIndexPage.objects.get().add_child(instance=policy)


def a_case(home: HomePage, **fields) -> CasePage:
    values = {"title": "舟转灵", "slug": "case", "number": 7, "summary": "一天到账", "source": "测试"}
    case = CasePage(region=RegionFactory(), as_of=date(2024, 12, 31), **values | fields)
    return CaseIndexPage.objects.get().add_child(instance=case)


def an_article(slug: str = "article", **fields) -> ArticlePage:
    values = {"title": "见贷即保", "summary": "一次审批", "source": "本站编写", "as_of": date(2026, 1, 1)}
    return ArticleIndexPage.objects.get().add_child(instance=ArticlePage(slug=slug, **values | fields))


def text(answer) -> str:
    return answer.content.decode()


def test_fixed_addresses_of_a_new_database(client, home):
    assert [client.get(path).status_code for path in ("/", "/articles/", "/policies/", "/cases/")] == [200] * 4


def test_ensure_site_twice(home):
    before = Page.objects.count()
    assert actions.ensure_site() == home
    assert Page.objects.count() == before
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk


def test_wagtails_own_first_page_is_gone(home):
    assert not Page.objects.filter(slug="welcome").exists()


def test_ensure_site_leaves_no_review_that_nobody_does(home):
    assert not Workflow.objects.filter(workflow_pages__isnull=False).exists()
    assert not Task.objects.filter(name="Moderators approval").exists()


def test_ensure_site_calls_in_chinese_what_wagtail_makes(home):
    assert (home.get_parent().title, Collection.get_first_root_node().name) == ("全站", "未分组")
    assert not Group.objects.filter(name__in=("Moderators", "Editors")).exists()


def test_ensure_site_keeps_an_editors_title(home):
    PolicyIndexPage.objects.update(title="政策文件")
    actions.ensure_site()
    assert PolicyIndexPage.objects.get().title == "政策文件"


def test_home_box_leads_to_a_need(client, home):
    page = text(client.get("/"))
    assert '<form class="hero-box" action="/needs/new/" method="get">' in page
    assert 'name="text"' in page


def test_home_examples_are_links_with_the_sentence(client, home):
    home.examples = "想借 50 万\n\n想转贷 800 万\n第三句\n第四句"
    home.save()
    page = text(client.get("/"))
    links = [unquote(part.split('"')[0]) for part in page.split('href="/needs/new/?text=')[1:]]
    assert links == ["想借 50 万", "想转贷 800 万", "第三句"]


def test_home_sections_in_order_and_empty_ones_left_out(client, home, settings, tmp_path):
    (tmp_path / "first.html").write_text("<p>甲{{ data.n }}</p>")
    (tmp_path / "second.html").write_text("<p>乙{{ data.n }}</p>")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    sections.register("t2", "second.html", lambda request: {"n": 2}, order=2)
    sections.register("t1", "first.html", lambda request: {"n": 1}, order=1)
    sections.register("t3", "first.html", lambda request: None, order=0)
    try:
        page = text(client.get("/"))
    finally:
        for key in ("t1", "t2", "t3"):
            sections.unregister(key)
    assert page.index("甲1") < page.index("乙2")
    assert page.count("甲") == 1


def test_figure_is_shown_with_its_source_and_date(client, home):
    figure = {"label": "转贷笔数", "value": "1592", "unit": "笔", "source": "浙里改", "as_of": "2024 年", "note": ""}
    a_case(home, figures=json.dumps([{"type": "figure", "value": figure}]))
    page = text(client.get("/cases/case/"))
    assert "1592<small>笔</small>" in page
    assert "来源：浙里改，2024 年" in page


@pytest.mark.parametrize("missing", ["source", "as_of", "value", "label"])
def test_figure_without_its_source_or_date_is_refused(missing):
    from content.blocks import FigureBlock

    block = FigureBlock()
    figure = {"label": "笔数", "value": "1", "unit": "", "source": "甲", "as_of": "2024 年", "note": ""}
    block.clean(block.to_python(figure))
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python(figure | {missing: ""}))
    assert list(refused.value.block_errors) == [missing]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example/", "products/", "data:text/html,x", ""])
def test_link_block_refuses_other_addresses(url):
    from content.blocks import LinkBlock

    block = LinkBlock()
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"label": "去", "url": url}))
    assert list(refused.value.block_errors) == ["url"]


def test_policy_says_what_its_source_leaves_out(client, home):
    a_policy(home)
    page = text(client.get("/policies/policy/"))
    assert page.count("来源没有写明") == 5  # 对象、单位、文号、发布日期、有效期
    assert "浙江省舟山市定海区" in page


def test_policy_with_all_its_facts(client, home):
    facts = {"number": "舟政发〔2024〕1 号", "issuer": "市政府", "audience": "小微企业"}
    a_policy(home, issued_on=date(2024, 1, 2), valid_from=date(2024, 2, 1), **facts)
    page = text(client.get("/policies/policy/"))
    assert "来源没有写明" not in page
    assert "2024-02-01 – 未写明截止" in page


def test_policy_past_its_validity_says_so(client, home):
    a_policy(home, valid_to=timezone.localdate() - timedelta(days=1))
    assert "有效期到" in text(client.get("/policies/policy/"))
    assert '<span class="pill pill--quiet">已失效</span>' in text(client.get("/policies/"))


def test_policy_ending_before_it_begins_is_refused(home):
    from django.core.exceptions import ValidationError

    policy = a_policy(home)
    policy.valid_from, policy.valid_to = date(2024, 2, 1), date(2024, 1, 1)
    with pytest.raises(ValidationError) as refused:
        policy.full_clean()
    assert list(refused.value.message_dict) == ["valid_to"]


def test_policies_of_one_place(client, home):
    other = RegionFactory(code="330803", name="衢江区", full_name="浙江省衢州市衢江区")
    a_policy(home, "here", title="定海政策")
    a_policy(home, "there", title="衢江政策", region=other)
    page = text(client.get("/policies/?region=330803"))
    assert "衢江政策" in page
    assert "定海政策" not in page
    assert "定海政策" in text(client.get("/policies/?region=999999"))


def test_unpublished_page_is_not_found(client, home):
    policy = a_policy(home, live=False)
    assert client.get("/policies/policy/").status_code == 404
    assert policy.title not in text(client.get("/policies/"))


def test_private_page_is_not_listed(client, home):
    from wagtail.models import PageViewRestriction

    policy = a_policy(home, title="内部政策")
    PageViewRestriction.objects.create(page=policy, restriction_type=PageViewRestriction.LOGIN)
    assert "内部政策" not in text(client.get("/policies/"))


def test_private_page_is_not_found_by_search(client, home):
    """Nor one below a private section; made public again, both are."""
    from wagtail.models import PageViewRestriction

    policy = a_policy(home, title="内部政策")
    assert client.get("/api/v1/search?q=内部政策").json()["total"] == 1
    for page in (policy, policy.get_parent()):
        rule = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        answer = client.get("/api/v1/search?q=内部政策").json()
        assert (answer["total"], answer["near"]) == (0, [])
        assert client.get("/api/v1/suggest?q=内部").json()["suggestions"] == []
        rule.delete()
        assert client.get("/api/v1/search?q=内部政策").json()["total"] == 1


@pytest.mark.parametrize("path", ["/articles/", "/policies/", "/cases/"])
def test_empty_index_says_why_and_what_next(client, home, path):
    page = text(client.get(path))
    assert 'class="empty"' in page
    assert 'class="button"' in page.split('class="empty"')[1].split("</div>")[0]


def test_table_cells_know_their_column_and_empty_ones_say_so(client, home):
    table = {
        "columns": [{"type": "text", "heading": "做法"}, {"type": "text", "heading": "数字"}],
        "rows": [{"values": ["转贷", ""]}, {"values": ["担保", "28 笔"]}],
        "caption": "",
    }
    a_case(home, body=json.dumps([{"type": "table", "value": table}]))
    page = text(client.get("/cases/case/"))
    assert page.count('data-label="数字"') == 2
    assert page.count("原文没有写") == 1


def test_address_of_a_page_matches_the_tree(home):
    policy = a_policy(home)
    assert policy.get_absolute_url() == "/policies/policy/" == policy.get_url()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_policy_list(client, home, django_assert_num_queries, count):
    for number in range(count):
        a_policy(home, f"policy-{number}")
    client.get("/policies/")  # the site's addresses are remembered
    with django_assert_num_queries(12):
        client.get("/policies/")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_case_list(client, home, django_assert_num_queries, count):
    for number in range(count):
        a_case(home, slug=f"case-{number}", number=number)
    client.get("/cases/")
    with django_assert_num_queries(9):
        client.get("/cases/")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_page(client, home, django_assert_num_queries, count):
    for number in range(count):
        a_policy(home, f"policy-{number}")
    client.get("/policies/policy-0/")
    with django_assert_num_queries(10):
        client.get("/policies/policy-0/")
