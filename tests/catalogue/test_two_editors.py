"""Two people on one product, and one who loses the right to it while typing: nothing typed is lost, nothing overwritten
unseen."""

import pytest
from django.test import Client
from wagtail.admin.models import EditingSession

from accounts.roles import Role
from catalogue.models import Product
from tests.factories import user_with

from .cms import address, client_of, form, house

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return house("东海银行")


def opened(client, bank) -> dict:
    """What the form holds when somebody opens it."""
    page = client.get(address("edit", bank.product.pk))
    revision = Product.objects.get(pk=bank.product.pk).latest_revision
    assert f'value="{revision.pk}"' in page.content.decode()
    return form(
        bank.institution, name="东海银行贷", slug=bank.product.slug, loaded_revision_id=revision.pk,
        loaded_revision_created_at=revision.created_at.isoformat(),
    )  # fmt: skip


def draft(bank) -> Product:
    return Product.objects.get(pk=bank.product.pk).get_latest_revision_as_object()


def test_second_editor_is_told_who_edits_now(bank):
    client_of(bank.editor).get(address("edit", bank.product.pk))
    colleague = user_with(Role.PRODUCT_EDITOR, bank.institution)
    client = client_of(colleague)
    page = client.get(address("edit", bank.product.pk)).content.decode()
    assert f"{bank.editor.name} 也打开着这个产品" in page
    session = EditingSession.objects.get(user=colleague)
    url = f"/cms/editing-sessions/ping/catalogue/product/{bank.product.pk}/{session.pk}/"
    answer = client.post(url, {"revision_id": bank.product.latest_revision_id}).json()
    assert bank.editor.name in answer["html"]


def test_saving_over_a_newer_version_is_refused_with_what_changed(bank):
    first, second = client_of(bank.editor), client_of(user_with(Role.PRODUCT_EDITOR, bank.institution))
    one, two = opened(first, bank), opened(second, bank)
    first.post(address("edit", bank.product.pk), one | {"amount_max": "500000"})
    page = second.post(address("edit", bank.product.pk), two | {"summary": "第二个人写的介绍"})
    text = page.content.decode()
    assert (page.status_code, draft(bank).summary, draft(bank).amount_max) == (200, "随潮汐周转", 500000)
    assert [words in text for words in (bank.editor.name, "最高额度（元）：（空） → 500,000")] == [True, True]
    assert page.context["form"]["summary"].value() == "第二个人写的介绍"


def test_saving_again_after_reading_it_counts(bank):
    first, second = client_of(bank.editor), client_of(user_with(Role.PRODUCT_EDITOR, bank.institution))
    one, two = opened(first, bank), opened(second, bank)
    first.post(address("edit", bank.product.pk), one | {"amount_max": "500000"})
    second.post(address("edit", bank.product.pk), two | {"summary": "第二个人写的介绍"})
    again = opened(second, bank) | {"summary": "第二个人写的介绍", "amount_max": "500000"}
    assert second.post(address("edit", bank.product.pk), again).status_code == 302
    assert (draft(bank).summary, draft(bank).amount_max) == ("第二个人写的介绍", 500000)


def test_own_save_under_way_is_no_conflict(bank):
    """The form saves itself while one types; the button may be pressed before it has heard back."""
    client = client_of(bank.editor)
    data = opened(client, bank)
    client.post(
        address("edit", bank.product.pk), data | {"amount_max": "500000"}, headers={"accept": "application/json"}
    )
    page = client.post(address("edit", bank.product.pk), data | {"amount_max": "600000", "action-submit": "1"})
    assert (page.status_code, draft(bank).amount_max) == (302, 600000)


def test_newer_version_of_another_is_found_behind_ones_own(bank):
    first, second = client_of(bank.editor), client_of(user_with(Role.PRODUCT_EDITOR, bank.institution))
    one, two = opened(first, bank), opened(second, bank)
    first.post(address("edit", bank.product.pk), one | {"amount_max": "500000"})
    draft(bank).save_revision(user=second_user(second))
    assert second.post(address("edit", bank.product.pk), two | {"summary": "我的"}).status_code == 200


def second_user(client):
    return client.get("/cms/").wsgi_request.user


def test_version_saved_anew_in_place_is_found(bank):
    first, second = client_of(bank.editor), client_of(user_with(Role.PRODUCT_EDITOR, bank.institution))
    first.post(address("edit", bank.product.pk), opened(first, bank) | {"amount_max": "500000"})
    two = opened(second, bank)
    own = {"overwrite_revision_id": draft(bank).latest_revision_id, "amount_max": "700000"}
    first.post(address("edit", bank.product.pk), opened(first, bank) | own)
    assert second.post(address("edit", bank.product.pk), two | {"summary": "我的"}).status_code == 200


def test_submitting_over_a_newer_version_is_refused_too(bank):
    first, second = client_of(bank.editor), client_of(user_with(Role.PRODUCT_EDITOR, bank.institution))
    one, two = opened(first, bank), opened(second, bank)
    first.post(address("edit", bank.product.pk), one | {"amount_max": "500000"})
    second.post(address("edit", bank.product.pk), two | {"action-submit": "1"})
    assert Product.objects.get(pk=bank.product.pk).current_workflow_state is None


def test_editor_removed_while_typing_keeps_the_text(bank):
    client = client_of(bank.editor)
    data = opened(client, bank) | {"summary": "打了一半的介绍"}
    bank.editor.role_assignments.all().delete()
    page = client.post(address("edit", bank.product.pk), data)
    text = page.content.decode()
    assert (page.status_code, "打了一半的介绍" in text, "没有保存" in text) == (403, True, True)
    assert draft(bank).summary == "周转"


def test_editor_moved_to_another_institution_while_typing_keeps_the_text(bank):
    client = client_of(bank.editor)
    data = opened(client, bank) | {"summary": "打了一半的介绍"}
    bank.editor.role_assignments.update(institution=house("西山银行").institution)
    page = client.post(address("edit", bank.product.pk), data)
    assert (page.status_code, "打了一半的介绍" in page.content.decode()) == (403, True)


def test_person_signed_out_while_typing_keeps_the_text(bank):
    data = opened(client_of(bank.editor), bank) | {"summary": "打了一半的介绍"}
    page = Client().post(address("edit", bank.product.pk), data)
    assert (page.status_code, "打了一半的介绍" in page.content.decode()) == (403, True)
    assert "/accounts/login/" in page.content.decode()


def test_kept_text_names_choices_as_the_form_did(bank):
    rows = {"rules-TOTAL_FORMS": 1, "rules-0-kind": "traits_any", "rules-0-values": "首贷户", "rules-0-text": "首贷"}
    chosen = {"guarantee_kinds": ["credit", "guarantor"], "login_required": "on", "purposes": ["agriculture"]}
    page = Client().post(address("edit", bank.product.pk), form(bank.institution, name="春茶贷") | rows | chosen)
    told = dict(page.context["typed"])
    assert {
        label: told.get(label) for label in ("发布机构", "类别", "担保方式", "登录后可见", "准入条件 1 · 条件")
    } == {
        "发布机构": "东海银行",
        "类别": "贷款",
        "担保方式": "信用（无抵押）、担保公司担保",
        "登录后可见": "是",
        "准入条件 1 · 条件": "须具备其一的特征",
    }


def test_form_that_saves_itself_after_signing_out_is_told_in_words_that_it_shows(bank):
    answer = Client().post(
        address("edit", bank.product.pk), form(bank.institution), headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "success": False,
            "error_code": "locked",  # one of the codes whose message Wagtail's script shows
            "error_message": "没有保存：您已退出登录，或不再负责这个产品。",
        },
    )


def test_stranger_who_posts_to_a_foreign_product_learns_nothing(bank):
    other = house("西山银行")
    page = client_of(other.editor).post(address("edit", bank.product.pk), {"summary": "试探"})
    assert (page.status_code, "东海银行" in page.content.decode()) == (404, False)


def test_autosave_of_a_removed_editor_is_answered_as_data(bank):
    client = client_of(bank.editor)
    data = opened(client, bank)
    bank.editor.role_assignments.all().delete()
    answer = client.post(address("edit", bank.product.pk), data, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["success"]) == (403, False)
