"""From an editor's draft to what the public reads."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import TaskState

from accounts.models import Notice
from accounts.roles import Role
from catalogue import queries
from catalogue.models import Product
from tests.factories import IndustryFactory, InstitutionFactory, RegionFactory, user_with

from .cms import address, client_of, decide, form, house, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return house("东海银行")


def written(bank, **fields) -> Product:
    """A new draft by the editor."""
    response = client_of(bank.editor).post(address("add"), form(bank.institution, **fields))
    assert response.status_code == 302, response.context["form"].errors
    return Product.objects.get(slug="chaoxidai")


def public(slug: str) -> int:
    return Client().get(f"/products/{slug}/").status_code


def test_draft_is_not_public(bank):
    product = written(bank)
    assert (product.live, public(product.slug)) == (False, 404)


def test_submitted_draft_is_public_after_both_posts_approve(bank):
    product = written(bank, **{"action-submit": "1"})
    assert public(product.slug) == 404
    assert Notice.objects.filter(user=bank.reviewer, text="产品“潮汐贷”等您审核").count() == 1
    decide(bank.reviewer, product, "approve")
    assert public(product.slug) == 404
    assert Notice.objects.filter(user=bank.supervisor, text="产品“潮汐贷”等您审核").count() == 1
    decide(bank.supervisor, product, "approve")
    assert public(product.slug) == 200
    told = Notice.objects.filter(user=bank.editor).order_by("pk").values_list("text", flat=True)
    assert list(told) == ["产品“潮汐贷”已通过机构审核，转主管部门审核", "产品“潮汐贷”已通过审核"]


def test_editor_may_not_approve(bank):
    product = written(bank, **{"action-submit": "1"})
    state = TaskState.objects.get(workflow_state__object_id=str(product.pk))
    response = client_of(bank.editor).post(address("workflow_action", product.pk, "approve", state.pk))
    assert (response.status_code, public(product.slug)) == (302, 404)


def test_reviewer_may_not_approve_what_they_submitted(bank):
    user_with(Role.PRODUCT_REVIEWER, bank.institution)
    client_of(bank.reviewer).post(address("add"), form(bank.institution, **{"action-submit": "1"}))
    product = Product.objects.get(slug="chaoxidai")
    decide(bank.reviewer, product, "approve")
    assert (waiting(product).task.name, public(product.slug)) == ("机构审核", 404)


def test_review_waits_on_the_home_page_of_its_reviewer_only(bank):
    other = house("西山银行")
    written(bank, **{"action-submit": "1"})
    seen = ["潮汐贷" in client_of(user).get("/cms/").content.decode() for user in (bank.reviewer, other.reviewer)]
    assert seen == [True, False]


def test_published_product_stays_while_its_change_is_reviewed(bank):
    data = form(bank.institution, name="新名贷", slug=bank.product.slug, **{"action-submit": "1"})
    assert client_of(bank.editor).post(address("edit", bank.product.pk), data).status_code == 302
    page = Client().get(f"/products/{bank.product.slug}/").content.decode()
    assert ("东海银行贷" in page, "新名贷" in page) == (True, False)


def test_editor_posting_publish_saves_a_draft_only(bank):
    product = written(bank, **{"action-publish": "1"})
    assert public(product.slug) == 404


def test_scheduled_product_goes_live_at_its_time(bank):
    soon = timezone.localtime() + timedelta(hours=1)
    product = written(bank, go_live_at=f"{soon:%Y-%m-%d %H:%M}", **{"action-submit": "1"})
    decide(bank.reviewer, product, "approve")
    decide(bank.supervisor, product, "approve")
    call_command("publish_scheduled", verbosity=0)
    assert public(product.slug) == 404
    product.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    revision = product.revisions.get()
    revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.save()
    call_command("publish_scheduled", verbosity=0)
    assert public(product.slug) == 200


def test_expired_product_leaves_the_public(bank):
    Product.objects.filter(pk=bank.product.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled", verbosity=0)
    assert public(bank.product.slug) == 404


def test_places_and_industries_are_written_by_name(bank):
    RegionFactory(code="330803", name="衢江区", full_name="浙江省衢州市衢江区")
    IndustryFactory()
    product = written(bank, regions="衢江区\n330902", industry_codes="精制茶加工（1530）")
    draft = product.get_latest_revision_as_object()
    assert sorted(each.pk for each in draft.regions.all()) == ["330803", "330902"]
    assert draft.industry_codes == ["1530"]


def test_partners_are_written_by_name(bank):
    partner = InstitutionFactory(name="东海担保（以机构为准）")
    found = client_of(bank.editor).get("/cms/catalogue/partners/", {"q": "担保"}).json()
    assert found == {"options": ["东海担保（以机构为准）"]}
    product = written(bank, partners=found["options"][0])
    assert list(product.get_latest_revision_as_object().partners.all()) == [partner]
    InstitutionFactory(name="关门银行", is_active=False)
    page = client_of(bank.editor).post(address("add"), form(bank.institution, slug="x", partners="关门银行"))
    assert "没有找到机构“关门银行”" in page.content.decode()


def test_unknown_place_is_answered_in_words_and_kept(bank):
    page = client_of(bank.editor).post(address("add"), form(bank.institution, regions="蓬莱县"))
    assert "没有找到“蓬莱县”" in page.content.decode()
    assert page.context["form"]["regions"].value() == "蓬莱县"


def rule(**fields) -> dict:
    row = {"kind": "other", "text": "原文", "values": "", "minimum": "", "maximum": "", "source": "", "ORDER": 1}
    return {"rules-TOTAL_FORMS": 1} | {f"rules-0-{name}": value for name, value in (row | fields).items()}


def test_rule_is_written_by_names_and_kept_as_codes(bank):
    product = written(bank, **rule(kind="traits_any", values="首贷户、个体工商户"))
    found = product.get_latest_revision_as_object().rules.get()
    assert found.values == ["first_loan", "sole_trader"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "traits_any", "values": "仙人"}, "不认识“仙人”"),
        ({"kind": "traits_any"}, "请写明限定为哪些"),
        ({"kind": "years"}, "请填“不低于”或“不高于”"),
        ({"kind": "years", "minimum": "3", "maximum": "1"}, "不能小于"),
    ],
)
def test_rule_that_matching_could_not_read_is_refused(bank, fields, words):
    page = client_of(bank.editor).post(address("add"), form(bank.institution, **rule(**fields)))
    assert words in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount_min": "200", "amount_max": "100"}, "最高额度不能低于最低额度"),
        ({"rate_min": "-1"}, "大于或等于"),
        ({"rate_note": ""}, "请写明利率以谁为准"),
    ],
)
def test_contradiction_is_answered_in_words(bank, fields, words):
    data = form(bank.institution, **fields) | {"action-submit": "1"}
    assert words in client_of(bank.editor).post(address("add"), data).content.decode()


def test_draft_may_lack_what_publishing_needs(bank):
    product = written(bank, summary="", source="", rate_note="")
    assert (product.live, product.summary, product.rate_note) == (False, "", "")


def test_address_left_empty_is_the_name_in_pinyin(bank):
    client = client_of(bank.editor)
    for _number in range(2):
        client.post(address("add"), form(bank.institution, slug=""))
    slugs = Product.objects.filter(name="潮汐贷").order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["chaoxidai", "chaoxidai-2"]


def test_address_emptied_later_stays_as_it_was(bank):
    data = form(bank.institution, name="新名贷", slug="")
    assert client_of(bank.reviewer).post(address("edit", bank.product.pk), data).status_code == 302
    found = Product.objects.get(pk=bank.product.pk).get_latest_revision_as_object()
    assert (found.name, found.slug) == ("新名贷", bank.product.slug)


@pytest.mark.parametrize("who", ["editor", "reviewer", "supervisor", "administrator"])
def test_nobody_publishes_from_the_form_not_even_with_the_permission(bank, who):
    """The draft is kept; the way to the public are the two posts, or the administrator's reason at the desk."""
    person = user_with(Role.ADMINISTRATOR) if who == "administrator" else getattr(bank, who)
    data = form(bank.institution, name="新名贷", slug=bank.product.slug) | {"action-publish": "1"}
    client_of(person).post(address("edit", bank.product.pk), data)
    found = Product.objects.get(pk=bank.product.pk)
    assert (found.name, found.get_latest_revision_as_object().name) == ("东海银行贷", "新名贷")


def test_form_offers_to_submit_and_not_to_publish(bank):
    page = client_of(bank.reviewer).get(address("edit", bank.product.pk)).content.decode()
    assert ('name="action-submit"' in page, 'name="action-publish"' in page) == (True, False)


def test_reviewer_finds_the_way_from_the_form_to_the_review(bank):
    product = written(bank, **{"action-submit": "1"})
    page = client_of(bank.reviewer).get(address("edit", product.pk)).content.decode()
    assert f'href="/desk/products/review/{product.pk}/"' in page


def test_editor_withdraws_what_was_submitted(bank):
    product = written(bank, **{"action-submit": "1"})
    data = form(bank.institution, **{"action-cancel-workflow": "1"})
    client_of(bank.editor).post(address("edit", product.pk), data)
    assert waiting(product) is None


def test_sent_back_draft_submitted_again_begins_at_the_first_post(bank):
    product = written(bank, **{"action-submit": "1"})
    decide(bank.reviewer, product, "approve")
    decide(bank.supervisor, product, "reject", "利率与公告不符")
    client_of(bank.editor).post(address("edit", product.pk), form(bank.institution, **{"action-submit": "1"}))
    assert waiting(product).task.name == "机构审核"


def test_new_product_is_dated_today(bank):
    page = client_of(bank.editor).get(address("add"))
    assert page.context["form"]["as_of"].value() == timezone.localdate()


def test_draft_that_moves_to_another_institution_needs_a_reviewer_of_both(bank):
    """Approval publishes the draft: under a name whose own reviewers never saw it, were the old one enough."""
    other = house("西山银行")
    bank.editor.role_assignments.create(role=Role.PRODUCT_EDITOR, institution=other.institution)
    data = form(other.institution, name="搬家贷", slug=bank.product.slug) | {"action-submit": "1"}
    assert client_of(bank.editor).post(address("edit", bank.product.pk), data).status_code == 302
    # Nobody reviews for both, so that it goes up at once; the reviewer of the old one alone has no say.
    assert waiting(bank.product).task.name == "主管部门审核"
    decide(bank.reviewer, bank.product, "approve")
    assert Product.objects.get(pk=bank.product.pk).institution == bank.institution
    decide(bank.supervisor, bank.product, "approve")
    assert Product.objects.get(pk=bank.product.pk).institution == other.institution


def panels_of(user) -> dict[str, list[tuple[str, str]]]:
    panels = client_of(user).get("/desk/").context["panels"]
    return {str(panel.title): [(row.title, row.note) for row in panel.rows] for panel in panels}


def test_desk_shows_drafts_to_the_editor_and_reviews_to_the_reviewer(bank):
    other = house("西山银行")
    product = written(bank)
    earlier = ("东海银行贷", "草稿，还没有提交审核")
    assert panels_of(bank.editor)["没有发布的产品修改"] == [("潮汐贷", "草稿，还没有提交审核"), earlier]
    assert panels_of(bank.reviewer)["等您审核的产品"] == []

    data = form(bank.institution) | {"action-submit": "1"}
    client_of(bank.editor).post(address("edit", product.pk), data)
    assert panels_of(bank.editor)["没有发布的产品修改"] == [("潮汐贷", "已提交，等审核"), earlier]
    assert panels_of(bank.reviewer)["等您审核的产品"] == [("潮汐贷", "东海银行")]
    assert panels_of(other.reviewer)["等您审核的产品"] == []

    state = TaskState.objects.get(workflow_state__object_id=str(product.pk))
    url = address("workflow_action", product.pk, "reject", state.pk)
    client_of(bank.reviewer).post(url, {"comment": "请补材料清单"})
    assert panels_of(bank.editor)["没有发布的产品修改"] == [("潮汐贷", "被退回，请看审核意见"), earlier]
    assert panels_of(bank.reviewer)["等您审核的产品"] == []


def test_own_submission_does_not_wait_for_its_submitter(bank):
    client_of(bank.reviewer).post(address("add"), form(bank.institution) | {"action-submit": "1"})
    assert list(queries.awaiting_review_by(bank.reviewer)) == []


def test_preview_shows_the_real_page(bank):
    client = client_of(bank.editor)
    data = form(bank.institution, name="预览贷", slug=bank.product.slug)
    url = address("preview_on_edit", bank.product.pk)
    assert client.post(url, data).json() == {"is_valid": True, "is_available": True}
    page = client.get(url)
    assert "catalogue/product.html" in [each.name for each in page.templates]
    assert "预览贷" in page.content.decode()


def test_comparison_of_revisions_names_what_changed(bank):
    data = form(bank.institution, name="新名贷", slug=bank.product.slug)
    client_of(bank.editor).post(address("edit", bank.product.pk), data)
    page = client_of(bank.reviewer).get(address("revisions_compare", bank.product.pk, "earliest", "latest"))
    assert page.status_code == 200
    assert "新名" in page.content.decode()


def test_supervisor_takes_a_product_down(bank):
    client_of(user_with(Role.SUPERVISOR)).post(address("unpublish", bank.product.pk))
    assert public(bank.product.slug) == 404


@pytest.mark.parametrize("who", ["editor", "reviewer"])
def test_copying_writes_nothing_over_the_product_that_is_copied(who):
    """The form of the copy is posted to where new ones are made; a post to its own address is none."""
    bank = house("东海银行")
    client, url = client_of(getattr(bank, who)), address("copy", bank.product.pk)
    assert f'action="{address("add")}"' in client.get(url).content.decode()
    data = form(bank.institution, name="偷换贷", slug="touhuan")
    assert client.post(url, data).status_code == 405
    found = Product.objects.get(pk=bank.product.pk)
    assert (found.name, found.live, Product.objects.count()) == ("东海银行贷", True, 1)
    client.post(address("add"), data)
    assert list(Product.objects.order_by("pk").values_list("name", "live")) == [("东海银行贷", True), ("偷换贷", False)]
