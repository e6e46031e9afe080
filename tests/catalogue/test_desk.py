"""/desk/products/: own products and their confirmation; /desk/products/review/: decisions, one and many."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, Policy
from accounts.roles import Role
from catalogue import actions
from catalogue.models import CatalogueLogEntry, Product, ProductPolicy
from catalogue.workplace import queries
from tests.factories import RegionFactory, user_with

from .cms import client_of, house, submit_all, waiting
from .test_review import drafted, new, post

pytestmark = pytest.mark.django_db
LIST, REVIEWS = "/desk/products/", "/desk/products/review/"


@pytest.fixture
def bank():
    return house("东海银行")


def fresh(product: Product) -> Product:
    return Product.objects.get(pk=product.pk)


def grown_old(product: Product, days: int = 181) -> Product:
    day = timezone.localdate() - timedelta(days=days)
    Product.objects.filter(pk=product.pk).update(confirmed_on=day)
    return fresh(product)


def submitted(bank, number: int) -> list[Product]:
    found = [new(bank, each) for each in range(number)]
    submit_all(found, bank.editor)
    return found


def decision(products: list[Product], do: str, **more) -> dict:
    return {
        "do": do,
        "products": [each.pk for each in products],
        **{f"read-{each.pk}": waiting(each).revision_id for each in products},
        **more,
    }


def messages_of(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def test_reviews_show_every_change_field_by_field(bank):
    product = drafted(bank, "新名贷")
    actions.submit(product, bank.editor)
    page = client_of(bank.reviewer).get(REVIEWS)
    (review,) = page.context["reviews"]
    assert [(each.label, each.old, each.new) for each in review.differences] == [("名称", "东海银行贷", "新名贷")]
    assert [text in page.content.decode() for text in ("新名贷", str(bank.editor), "机构审核")] == [True] * 3


def test_many_are_passed_at_once_by_both_posts(bank):
    products = submitted(bank, 3)
    for person in (bank.reviewer, bank.supervisor):
        client_of(person).post(REVIEWS, decision(products, "approve"))
    assert [fresh(each).live for each in products] == [True] * 3


def test_all_of_the_page_needs_no_ticks(bank):
    products = submitted(bank, 3)
    data = {"do": "approve", "all": "1", "products-shown": [each.pk for each in products]}
    client_of(bank.reviewer).post(REVIEWS, data)
    assert [post(each) for each in products] == ["主管部门审核"] * 3


def test_sent_back_reason_is_asked_for_and_kept(bank):
    products = submitted(bank, 2)
    client = client_of(bank.reviewer)
    page = client.post(REVIEWS, decision(products, "send_back", comment=" "), follow=True)
    assert messages_of(page) == ["请写明退回的原因，编辑才知道改什么。"]
    page = client.post(REVIEWS, decision(products, "send_back", comment="请补材料清单"), follow=True)
    assert messages_of(page) == ["退回了 2 个产品，已通知提交人。"]
    told = Notice.objects.filter(user=bank.editor).values_list("text", flat=True)
    assert list(told) == ["2 个产品被退回，请看审核意见"]


def test_refused_decision_keeps_what_was_chosen_and_written_once(bank):
    first, second = submitted(bank, 2)
    client = client_of(bank.reviewer)
    page = client.post(REVIEWS, decision([second], "send_back", comment=" "), follow=True)
    ticked = re.compile(r'name="products" value="(\d+)" checked')
    assert ticked.findall(page.content.decode()) == [str(second.pk)]
    assert ticked.findall(client.get(REVIEWS).content.decode()) == []
    page = client.post(REVIEWS, {"do": "approve", "comment": "写了半天的意见"}, follow=True)
    assert "写了半天的意见" in page.content.decode()
    assert waiting(first) is not None


def test_supervisor_reads_what_the_first_post_said(bank):
    (product,) = submitted(bank, 1)
    actions.approve_many([product], bank.reviewer, "利率已和公告核对")
    page = client_of(bank.supervisor).get(f"{REVIEWS}{product.pk}/").content.decode()
    assert [text in page for text in ("利率已和公告核对", str(bank.reviewer))] == [True, True]


def test_supervisor_reads_that_nobody_of_the_institution_could_look(bank):
    product = drafted(bank, by=bank.reviewer)
    actions.submit(product, bank.reviewer)
    page = client_of(bank.supervisor).get(f"{REVIEWS}{product.pk}/").content.decode()
    assert "本机构没有其他审核人员，直接转主管部门审核。" in page


def test_draft_that_changed_since_it_was_read_is_not_passed(bank):
    (product,) = submitted(bank, 1)
    data = decision([product], "approve")
    draft = fresh(product).get_latest_revision_as_object()
    draft.summary = "换了"
    draft.save_revision(user=bank.editor)
    actions.submit(product, bank.editor)
    page = client_of(bank.reviewer).post(REVIEWS, data, follow=True)
    assert (messages_of(page), post(product)) == (["新品0：您看过之后草稿换了，请再看一遍。"], "机构审核")


def test_own_submission_is_answered_in_words(bank):
    user_with(Role.PRODUCT_REVIEWER, bank.institution)
    product = drafted(bank, by=bank.reviewer)
    actions.submit(product, bank.reviewer)
    page = client_of(bank.reviewer).get(f"{REVIEWS}{product.pk}/")
    assert (page.context["reviews"], "要由另一个人审核" in page.content.decode()) == ([], True)


def test_foreign_review_is_missing_and_its_decision_ignored(bank):
    other = house("西山银行")
    (product,) = submitted(other, 1)
    client = client_of(bank.reviewer)
    assert client.get(f"{REVIEWS}{product.pk}/").status_code == 404
    client.post(REVIEWS, decision([product], "approve"))
    assert post(product) == "机构审核"


def test_supervisor_narrows_to_one_institution(bank):
    other = house("西山银行")
    for each in (bank, other):
        product = drafted(each, f"{each.institution.name}新贷")
        actions.submit(product, each.editor)
        actions.approve_many([product], each.reviewer)
    page = client_of(bank.supervisor).get(REVIEWS, {"institution": other.institution.pk})
    assert [each.product.institution for each in page.context["reviews"]] == [other.institution]


@pytest.mark.parametrize("number", [1, 3])
def test_reviews_ask_as_often_for_one_as_for_three(bank, number, django_assert_num_queries):
    submitted(bank, number)
    products = list(queries.waiting_for(bank.reviewer))
    with django_assert_num_queries(3):
        assert len(queries.reviews(products)) == number


# 复核


def test_products_to_confirm_come_first(bank):
    other = new(bank, 1)
    other.latest_revision.publish()
    grown_old(bank.product)
    page = client_of(bank.editor).get(LIST)
    assert [(row["product"].name, row["product"].is_stale) for row in page.context["rows"]] == [
        ("东海银行贷", True), ("新品1", False),
    ]  # fmt: skip


def test_products_whose_policy_has_lapsed_are_to_confirm_too(bank):
    other = new(bank, 1)
    other.latest_revision.publish()
    entry = Policy.objects.create(page_key=1, title="首贷贴息", region=RegionFactory(), valid_to=date(2020, 1, 1))
    ProductPolicy.objects.create(product=other, policy=entry)
    client = client_of(bank.editor)
    page = client.get(f"{LIST}?show=stale")
    assert [row["product"].name for row in page.context["rows"]] == ["新品1"]
    assert page.content.decode().count("待复核：政策已失效") == 1
    assert [row["product"].name for row in client.get(LIST).context["rows"]] == ["新品1", "东海银行贷"]
    assert "待复核的产品" not in client.get("/desk/").content.decode()  # its own panel tells of it
    entry.valid_to = None
    entry.save()
    assert list(client.get(f"{LIST}?show=stale").context["rows"]) == []


def test_draft_without_a_name_can_be_found_and_opened(bank):
    draft = new(bank, 1)
    Product.objects.filter(pk=draft.pk).update(name="")
    client, link = client_of(bank.editor), f'<a [^>]*href="/cms/snippets/catalogue/product/edit/{draft.pk}/".*?</a>'
    for path in (LIST, "/desk/"):
        told = re.findall(link, client.get(path).content.decode(), re.DOTALL)
        assert ["（还没有名称）" in each for each in told] == [True]


@pytest.mark.parametrize("who", ["editor", "reviewer"])
def test_one_press_confirms(bank, who):
    grown_old(bank.product)
    page = client_of(getattr(bank, who)).post(LIST, {"products": bank.product.pk}, follow=True)
    assert messages_of(page) == ["已复核 1 个产品：内容没有变化。"]
    product = fresh(bank.product)
    assert (product.is_stale, product.confirmed_on) == (False, timezone.localdate())


def test_confirmation_is_logged_once_a_day(bank):
    grown_old(bank.product)
    for _time in range(2):
        actions.confirm_many([bank.product], bank.editor)
    entry = CatalogueLogEntry.objects.get(action="catalogue.confirm")
    assert (entry.user, entry.institution) == (bank.editor, bank.institution)


def test_supervisor_and_others_do_not_confirm_for_the_institution(bank):
    grown_old(bank.product)
    other = house("西山银行")
    for person in (bank.supervisor, other.editor):
        done = actions.confirm_many([bank.product], person)
        assert [reason for _product, reason in done.refused] == ["由发布机构的人复核。"]
    assert fresh(bank.product).is_stale


def test_published_change_confirms_by_itself(bank):
    grown_old(bank.product)
    product = drafted(bank)
    actions.submit(product, bank.editor)
    actions.approve_many([product], bank.reviewer)
    assert fresh(product).is_stale
    actions.approve_many([product], bank.supervisor)
    assert fresh(product).confirmed_on == timezone.localdate()


def test_older_draft_published_later_does_not_undo_a_confirmation(bank):
    draft = drafted(bank)
    actions.confirm_many([bank.product], bank.editor)
    assert draft.latest_revision.as_object().confirmed_on == timezone.localdate()


def test_lapsed_product_is_flagged_in_public_and_ranked_as_before(bank, client):
    from matching.matcher import product_facts

    before = product_facts(fresh(bank.product))
    product = grown_old(bank.product)
    assert product_facts(product) == before
    pages = [client.get(url).content.decode() for url in ("/products/", product.get_absolute_url())]
    assert ["待复核" in page for page in pages] == [True, True]
    actions.confirm_many([product], bank.editor)
    assert "待复核" not in client.get(product.get_absolute_url()).content.decode()


def test_place_sets_how_long_a_product_stands(bank, settings):
    settings.PRODUCT_CONFIRM_DAYS = 30
    assert [grown_old(bank.product, days).is_stale for days in (30, 31)] == [False, True]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (180 - 14, ["1 个产品再过 14 天要复核"]),
        (180 - 3, ["1 个产品再过 3 天要复核"]),
        (181, ["1 个产品过了复核期，已标为待复核"]),
        (180 - 10, []),
    ],
)
def test_keepers_are_reminded_before_and_when_it_lapses(bank, days, told):
    grown_old(bank.product, days)
    actions.remind()
    for person in (bank.editor, bank.reviewer):
        assert [each.text for each in Notice.objects.filter(user=person)] == told
    assert Notice.objects.filter(user=bank.supervisor).count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_as_often_for_one_as_for_three(bank, number, django_assert_num_queries):
    for each in range(number - 1):
        new(bank, each)
    person = type(bank.editor).objects.get(pk=bank.editor.pk)
    with django_assert_num_queries(2):
        states = {each.name: queries.state_of(each) for each in queries.products_of(person)}
    assert states["东海银行贷"] == ("已发布，有没提交的修改", "warn")


# 紧急发布


def test_administrator_breaks_the_glass_with_a_reason_that_all_read(bank):
    product = drafted(bank)
    actions.submit(product, bank.editor)
    administrator = user_with(Role.ADMINISTRATOR)
    client = client_of(administrator)
    url = reverse("catalogue:desk_publish", args=[product.pk])
    assert client.post(url, {"reason": "急"}).status_code == 200
    assert fresh(product).name == "东海银行贷"
    client.post(url, {"reason": "利率写错，正在误导企业"})
    assert (fresh(product).name, post(product)) == ("新名贷", "")
    entry = CatalogueLogEntry.objects.get(action="catalogue.break_glass")
    assert (entry.user, entry.data) == (administrator, {"reason": "利率写错，正在误导企业"})
    words = "系统管理员未经审核发布了产品“新名贷”：利率写错，正在误导企业"
    people = Notice.objects.filter(text=words).values_list("user", flat=True)
    assert set(people) == {bank.editor.pk, bank.reviewer.pk, bank.supervisor.pk}


@pytest.mark.parametrize("who", ["editor", "reviewer", "supervisor"])
def test_nobody_else_breaks_the_glass(bank, who):
    with pytest.raises(PermissionDenied):
        actions.publish_at_once(drafted(bank), getattr(bank, who), "利率写错，正在误导企业")
