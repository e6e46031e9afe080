"""Wagtail's own search boxes: parts of Chinese words, other ways of writing, sounds."""

from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django_q.models import OrmQ
from modelsearch.query import MatchAll, Not, Phrase, PlainText
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.models import Page

from accounts.roles import Role
from search.backends.words import asked, indexed
from search.models import SynonymGroup
from tests.factories import InstitutionFactory, ProductFactory, UserFactory, user_with
from tests.queue import drain


def test_run_of_chinese_is_kept_as_characters_pairs_and_sounds():
    assert indexed("惠担贷") == "惠 担 贷 惠担 担贷 huidandai hdd dandai dd"


def test_long_text_is_kept_without_sounds():
    assert indexed("首" * 12 + "贷" * 13) == "首 贷 首首 首贷 贷贷"


def test_lists_and_other_values_are_kept_as_text():
    assert indexed(["ＡＢ-1", {"x": 12.5}, None]) == "ab 1 12.5"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("担贷款", "担贷 贷款"),
        ("惠", "惠"),
        ("惠擔貸", "惠担 担贷"),
        ("HuiDan 贷", "huidan 贷"),
        ("，。", ""),
        ("", ""),
    ],
)
def test_what_is_typed_is_cut_as_the_index_is(typed, words):
    assert asked(typed) == words


@pytest.fixture
def pages(db):
    for page in Page.objects.filter(depth=2):
        page.delete()
    OrmQ.objects.all().delete()  # what was queued for those
    root = Page.objects.get(depth=1)
    for number, title in enumerate(("小微企业转贷应急资金管理办法", "取水权质押贷款", "Blue Loan 蓝色贷款")):
        root.add_child(instance=Page(title=title, slug=f"found-{number}"))
    drain()
    return Page.objects.filter(depth=2)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("应急资金", ["小微企业转贷应急资金管理办法"]),
        ("急", ["小微企业转贷应急资金管理办法"]),
        ("轉貸", ["小微企业转贷应急资金管理办法"]),
        ("转贷 办法", ["小微企业转贷应急资金管理办法"]),
        ("贷款", ["Blue Loan 蓝色贷款", "取水权质押贷款"]),
        ("qsqzydk", ["取水权质押贷款"]),
        ("blue 蓝色", ["Blue Loan 蓝色贷款"]),
        ("急应", []),
        ("！", []),
        ("' OR 1=1 --", []),
        ('"质押" AND (NOT', []),
    ],
)
def test_pages_are_found_by_what_stands_inside_a_run(pages, typed, found):
    assert sorted(page.title for page in pages.search(typed)) == found
    assert sorted(page.title for page in pages.autocomplete(typed)) == found


def test_last_word_may_be_begun_only(pages):
    assert [page.title for page in pages.autocomplete("blu")] == ["Blue Loan 蓝色贷款"]
    assert [page.title for page in pages.autocomplete("qushui")] == ["取水权质押贷款"]


def test_composed_queries(pages):
    titles = {page.title for page in pages.search(PlainText("贷款") & ~PlainText("取水"))}
    assert titles == {"Blue Loan 蓝色贷款"}
    assert [page.title for page in pages.search(Phrase("质押贷款"))] == ["取水权质押贷款"]
    assert pages.search(MatchAll()).count() == 3
    assert {page.title for page in pages.search(Not(PlainText("贷款")))} == {"小微企业转贷应急资金管理办法"}


def test_changed_title_is_found_by_its_new_words_only(pages):
    page = pages.get(title="取水权质押贷款")
    page.title = "排污权抵押贷款"
    page.save()
    drain()
    assert [[each.pk for each in pages.search(word)] for word in ("取水", "排污权")] == [[], [page.pk]]


def test_box_of_the_admin_finds_pages_and_documents(client, pages):
    client.force_login(user_with(Role.ADMINISTRATOR), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/cms/pages/search/results/", {"q": "应急资金"}).content.decode()
    assert ("小微企业转贷应急资金管理办法" in page, "取水权质押贷款" in page) == (True, False)
    Document.objects.create(title="遂昌县小微贷申请表", file=ContentFile(b"x", "a.txt"))
    drain()
    listed = client.get("/cms/documents/results/", {"q": "申请"}).content.decode()
    assert "遂昌县小微贷申请表" in listed


# Each box of the CMS, and what stands inside a run of what it lists.
BOXES = [
    ("/cms/pages/search/results/", "急资金", "小微企业转贷应急资金管理办法"),
    ("/cms/pages/{root}/results/", "急资金", "小微企业转贷应急资金管理办法"),
    ("/cms/choose-page/search/", "急资金", "小微企业转贷应急资金管理办法"),
    ("/cms/documents/results/", "微贷申", "遂昌县小微贷申请表"),
    ("/cms/documents/chooser/results/", "微贷申", "遂昌县小微贷申请表"),
    ("/cms/images/results/", "茶园采", "春天的茶园采摘照片"),
    ("/cms/images/chooser/results/", "茶园采", "春天的茶园采摘照片"),
    ("/cms/snippets/catalogue/product/results/", "担增信", "衢江农担增信贷"),
    ("/cms/snippets/choose/catalogue/product/results/", "担增信", "衢江农担增信贷"),
    ("/cms/snippets/accounts/institution/results/", "江农商", "衢江农商银行样行"),
    ("/cms/snippets/choose/accounts/institution/results/", "江农商", "衢江农商银行样行"),
    ("/cms/snippets/search/synonymgroup/results/", "还本续", "无还本续贷、续贷通"),
    ("/cms/users/results/", "阳明", "欧阳明月"),
    ("/cms/groups/results/", "容编", "内容编辑组样"),
]


@pytest.fixture
def listed(pages):
    Document.objects.create(title="遂昌县小微贷申请表", file=ContentFile(b"x", "a.txt"))
    picture = BytesIO()
    Picture.new("RGB", (8, 8)).save(picture, "PNG")
    get_image_model().objects.create(title="春天的茶园采摘照片", file=ContentFile(picture.getvalue(), "tea.png"))
    ProductFactory(name="衢江农担增信贷", institution=InstitutionFactory(name="衢江农商银行样行", slug="sample-bank"))
    SynonymGroup.objects.create(words="无还本续贷、续贷通")
    UserFactory(name="欧阳明月")
    Group.objects.create(name="内容编辑组样")
    drain()


@pytest.mark.parametrize(("box", "typed", "title"), BOXES)
def test_box_finds_what_stands_inside_a_run_and_not_what_does_not(client, listed, box, typed, title):
    chief = UserFactory(is_superuser=True, is_staff=True)
    client.force_login(chief, backend="allauth.account.auth_backends.AuthenticationBackend")
    box = box.format(root=Page.objects.get(depth=1).pk)
    asked = [client.get(box, {"q": each}) for each in (typed, typed[::-1])]
    assert [each.status_code for each in asked] == [200, 200]
    assert [title in each.content.decode() for each in asked] == [True, False]
