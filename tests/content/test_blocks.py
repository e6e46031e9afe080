"""Blocks that editors build pages from: what a reader sees of each, and what is refused."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from accounts.roles import Role
from advisors.models import Advisor
from content import actions, cards
from content.blocks import BodyBlock
from content.forms import skipped
from content.models import ArticleIndexPage, ArticlePage, CaseIndexPage, CasePage, HomePage, PolicyIndexPage, PolicyPage
from events.models import Event
from tests.content.pages import article
from tests.content.test_editing import the_article
from tests.factories import EventFactory, InstitutionFactory, ProductFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db


def text(client, page) -> str:
    return client.get(page.get_absolute_url()).content.decode()


def block(kind: str, value) -> dict:
    return {"type": kind, "value": value}


class TestProducts:
    def test_cards_hide_what_this_reader_may_not_see(self, client):
        for slug, fields in (
            ("open", {}),
            ("fund", {"login_required": True}),
            ("draft", {"live": False}),
            ("closed", {"institution": InstitutionFactory(is_active=False)}),
        ):
            ProductFactory(slug=slug, name=f"产品{slug}", **fields)
        page = article([block("products", ["draft", "fund", "open", "closed", "gone"])])
        shown = lambda: re.findall(r">(产品(?:open|fund|draft|closed))</a>", text(client, page))  # noqa: E731
        assert shown() == ["产品open"]
        client.force_login(UserFactory())
        assert shown() == ["产品fund", "产品open"]

    def test_block_of_hidden_products_leaves_nothing(self, client):
        ProductFactory(slug="draft", live=False)
        assert '<div class="block block--products"></div>' in text(client, article([block("products", ["draft"])]))

    def test_comparison_marks_differences(self, client):
        ProductFactory(slug="a", name="甲贷", rate_min="3.5", rate_max="3.5")
        ProductFactory(slug="b", name="乙贷", rate_min="4.5", rate_max="4.5")
        body = text(client, article([block("comparison", ["b", "a"])]))
        assert body.index("乙贷</a>") < body.index("甲贷</a>")
        assert "3.5%" in body
        assert "/products/compare/?p=b&amp;p=a" in body

    def test_comparison_of_one_visible_product_is_left_out(self, client):
        ProductFactory(slug="a", name="甲贷")
        ProductFactory(slug="b", live=False)
        assert "甲贷" not in text(client, article([block("comparison", ["a", "b"])]))


class TestPicking:
    def test_labels_and_names_are_read_and_written_back(self):
        ProductFactory(slug="a", name="惠担贷")
        ProductFactory(slug="b", name="惠担贷")
        ProductFactory(slug="c", name="科创贷")
        assert cards.read("products", ["惠担贷 · b", "科创贷", "惠担贷", "月球贷"]) == (
            ["b", "c"],
            ["惠担贷", "月球贷"],
        )
        assert cards.write("products", ["b", "gone"]) == ["惠担贷 · b", "gone"]

    def test_form_keeps_what_it_shows(self):
        ProductFactory(slug="a", name="惠担贷")
        chosen = BodyBlock().child_blocks["products"]
        assert chosen.value_for_form(["a"]) == "惠担贷 · a"
        assert chosen.clean("惠担贷 · a") == ["a"]
        assert chosen.clean(["a"]) == ["a"]
        with pytest.raises(Exception, match="没有找到：月球贷"):
            chosen.clean("月球贷")
        with pytest.raises(Exception, match="请至少选 2 个"):
            BodyBlock().child_blocks["comparison"].clean("惠担贷 · a")

    def test_suggestions_are_public_ones_and_for_the_cms_only(self, client):
        actions.sync_groups()
        from accounts.actions import sync_groups

        sync_groups()
        ProductFactory(slug="a", name="惠担贷")
        ProductFactory(slug="b", name="惠担贷草稿", live=False)
        address = "/cms/content/pick/products/?q=惠担"
        assert client.get(address).status_code == 302
        client.force_login(user_with(Role.EDITOR))
        assert client.get(address).json() == {"options": ["惠担贷 · a"]}
        assert client.get("/cms/content/pick/moon/?q=a").status_code == 404


class TestOthers:
    def test_events_chosen_or_the_next(self, client):
        now = timezone.now()
        for slug, days in (("late", 9), ("soon", 2), ("over", -9)):
            EventFactory(slug=slug, title=f"活动{slug}", starts_at=now + timedelta(days=days))
        EventFactory(slug="off", title="活动off", state=Event.State.CANCELLED)

        def shown(value: dict) -> list[str]:
            page = article([block("events", value)], slug=value["slug"])
            return re.findall(r"<strong>(活动\w+)", text(client, page))

        assert shown({"slug": "next", "chosen": [], "limit": 1}) == ["活动soon"]
        assert shown({"slug": "chosen", "chosen": ["late", "over", "off"], "limit": 3}) == ["活动late"]

    def test_advisor_card_hides_who_is_not_shown(self, client):
        Advisor.objects.create(name="李顾问", slug="li")
        Advisor.objects.create(name="王顾问", slug="wang", is_active=False)
        body = text(client, article([block("advisors", ["wang", "li"])]))
        assert ("李顾问" in body, "王顾问" in body) == (True, False)

    def test_calculator_stands_in_the_page_and_asks_its_own_address(self, client):
        body = text(client, article([block("calculator", ["guarantee"])]))
        assert 'action="/cost/guarantee/"' in body
        assert 'id="id_guarantee_amount"' in body
        assert "csrfmiddlewaretoken" not in body

    def test_faq_is_told_to_search_engines_once(self, client):
        asked = [{"question": "要抵押吗", "answer": "<p>不要 &lt;b&gt;</p>"}]
        body = text(
            client, article([block("faq", asked), block("faq", [{"question": "几天", "answer": "<p>三天</p>"}])])
        )
        found = re.findall(r'ld\+json">(.*?)</script>', body)
        assert len(found) == 1
        said = json.loads(found[0])
        assert said["@type"] == "FAQPage"
        assert [each["name"] for each in said["mainEntity"]] == ["要抵押吗", "几天"]
        assert said["mainEntity"][1]["acceptedAnswer"] == {"@type": "Answer", "text": "三天"}

    def test_figure_is_drawn_with_source_and_date(self, client):
        figure = {"label": "网点", "value": "85", "unit": "个", "source": "案例 12", "as_of": "2024 年", "note": ""}
        body = text(client, article([block("figures", [figure])]))
        assert "来源：案例 12，2024 年" in body

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow_with_the_cards(self, client, django_assert_num_queries, number):
        slugs = [ProductFactory().slug for _ in range(number)]
        page = article([block("products", slugs)])
        client.get(page.get_absolute_url())
        with django_assert_num_queries(ARTICLE_QUERIES):
            client.get(page.get_absolute_url())


class TestPicture:
    def picture(self):
        drawn = BytesIO()
        Picture.new("RGB", (40, 20), "teal").save(drawn, "PNG")
        return get_image_model().objects.create(title="图", file=ContentFile(drawn.getvalue(), "a.png"))

    def clean(self, **value):
        chosen = BodyBlock().child_blocks["image"]
        return chosen.clean(
            chosen.to_python({"image": self.picture().pk, "alt": "", "decorative": False, "caption": ""} | value)
        )

    def test_informative_picture_needs_words(self):
        with pytest.raises(StructBlockValidationError) as refused:
            self.clean(alt="  ")
        assert list(refused.value.block_errors) == ["alt"]
        assert self.clean(alt="办理窗口")["alt"] == "办理窗口"

    def test_decorative_picture_has_none(self, client):
        with pytest.raises(StructBlockValidationError):
            self.clean(alt="花纹", decorative=True)
        assert self.clean(decorative=True)["decorative"] is True
        body = text(
            client,
            article([block("image", {"image": self.picture().pk, "decorative": True, "alt": "", "caption": ""})]),
        )
        assert re.search(r'<img[^>]* alt=""', body)


class TestVideo:
    def file(self, name: str, data: bytes = b"0123456789"):
        return get_document_model().objects.create(title=name, file=ContentFile(data, name))

    def value(self, **more) -> dict:
        return {"title": "怎么办", "file": None, "captions": None, "link": "", "transcript": "先看到期日。"} | more

    def refused(self, **more) -> list[str]:
        chosen = BodyBlock().child_blocks["video"]
        with pytest.raises(StructBlockValidationError) as found:
            chosen.clean(chosen.to_python(self.value(**more)))
        return sorted(found.value.block_errors)

    def test_film_needs_captions_and_words(self):
        assert self.refused() == ["file"]
        assert self.refused(file=self.file("a.mp4").pk) == ["captions"]
        assert self.refused(file=self.file("a.pdf").pk, captions=self.file("a.vtt").pk) == ["file"]
        assert self.refused(link="https://video.example/1", transcript="") == ["transcript"]
        assert self.refused(
            link="https://video.example/1", file=self.file("a.mp4").pk, captions=self.file("a.vtt").pk
        ) == ["file"]

    def test_own_film_is_played_with_captions(self, client):
        film, words = self.file("a.mp4"), self.file("a.vtt", b"WEBVTT")
        body = text(client, article([block("video", self.value(file=film.pk, captions=words.pk))]))
        assert f'<source src="{film.url}" type="video/mp4">' in body
        assert f'<track kind="captions" src="{words.url}"' in body
        assert "先看到期日。" in body

    def test_link_is_a_link_unless_the_operator_allows_the_player(self, client, settings):
        page = article([block("video", self.value(link="https://video.example/1"))])
        assert "<iframe" not in text(client, page)
        settings.VIDEO_EMBED_HOSTS = ["video.example"]
        assert '<iframe src="https://video.example/1"' in text(client, page)

    @pytest.mark.parametrize(
        ("asked", "status", "body", "told"),
        [
            ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
            ("bytes=7-", 206, b"789", "bytes 7-9/10"),
            ("bytes=-2", 206, b"89", "bytes 8-9/10"),
            ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
            ("bytes=10-", 416, b"", "bytes */10"),
        ],
    )
    def test_part_of_a_film_can_be_asked_for(self, client, asked, status, body, told):
        answer = client.get(self.file("a.mp4").url, headers={"Range": asked})
        got = answer.getvalue()
        assert (answer.status_code, got, answer["Content-Range"]) == (status, body, told)


class TestHeadings:
    def problems(self, *blocks) -> list[str]:
        return skipped(BodyBlock().to_python(list(blocks)))

    def test_order_without_a_gap_is_fine(self):
        assert (
            self.problems(block("heading", "一"), block("paragraph", "<h3>甲</h3><p>x</p>"), block("heading", "二"))
            == []
        )

    def test_third_level_without_a_second_is_named(self):
        found = self.problems(block("paragraph", "<p>x</p><h3>先看<b>到期日</b></h3>"), block("heading", "一"))
        assert found == ["小标题“先看到期日”是第 3 级，前面缺少第 2 级标题；请在它前面加一个“小标题”块。"]

    def test_empty_heading_is_named(self):
        assert self.problems(block("heading", "一"), block("paragraph", "<h3> </h3>")) == [
            "有一个小标题没有文字，请填写或删去。"
        ]

    def test_page_that_skips_is_kept_as_a_draft_and_not_published(self, client):
        from accounts.actions import sync_groups

        sync_groups()
        actions.sync_groups()
        client.force_login(user_with(Role.EDITOR))
        rich = '{"blocks":[{"key":"a","text":"先看到期日","type":"header-three","depth":0,"inlineStyleRanges":[],"entityRanges":[]}],"entityMap":{}}'
        post = the_article() | {"body-0-type": "paragraph", "body-0-value": rich}
        address = reverse("wagtailadmin_pages:add", args=["content", "articlepage", ArticleIndexPage.objects.get().pk])
        answer = client.post(address, post)
        assert "先看到期日" in str(answer.context["form"].errors["body"])
        assert not ArticlePage.objects.exists()
        post.pop("action-publish")
        assert client.post(address, post).status_code == 302
        assert [page.live for page in ArticlePage.objects.all()] == [False]


@pytest.mark.parametrize(
    "model", [HomePage, ArticleIndexPage, PolicyIndexPage, CaseIndexPage, ArticlePage, PolicyPage, CasePage]
)
def test_every_kind_of_page_has_a_preview_of_its_draft(client, model):
    from django.core.management import call_command

    from accounts.actions import sync_groups

    call_command("load_reference", verbosity=0)
    sync_groups()
    from content.demo import load

    load()
    page = model.objects.first()
    client.force_login(user_with(Role.EDITOR))
    page.title = "预览里的标题"
    if model is not HomePage:
        page.save_revision()
    answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert answer.status_code == 200
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk]) in edit
    if model is not HomePage:
        assert "预览里的标题" in answer.content.decode()


ARTICLE_QUERIES = 12


def test_stream_error_is_told_beside_its_block():
    with pytest.raises(StreamBlockValidationError):
        BodyBlock().clean(BodyBlock().to_python([block("video", {"title": "", "link": "", "transcript": ""})]))
