"""Pages of needs and referrals, by plain requests."""

import uuid
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from accounts import actions as accounts
from accounts.models import Consent
from accounts.roles import Role
from matching.models import MatchRun, Need, Rating, Referral
from tests.factories import (
    ProductFactory,
    RegionFactory,
    UserFactory,
    enterprise_user,
    uscc,
    user_with,
)

from .conftest import TEXT, make_need

pytestmark = pytest.mark.django_db
NEW = "/needs/new/"


def body(response) -> str:
    return response.content.decode()


def filled(**more) -> dict:
    return {"text": TEXT, "confirmed": "1", "amount_low": "50", "amount_high": "50", "purposes": ["working_capital"],
            "client_key": str(uuid.uuid4()), "step": "save"} | more  # fmt: skip


def test_addresses_are_the_fixed_ones():
    assert reverse("matching:need_new") == NEW
    assert reverse("matching:need", args=[5]) == "/needs/5/"
    assert reverse("matching:how") == "/help/matching/"


def test_new_is_one_box(client):
    page = client.get(NEW)
    assert 'name="text"' in body(page)
    assert "no-store" in page["Cache-Control"]


def test_a_visitor_sees_what_was_understood_and_what_fits(client):
    product = ProductFactory(name="周转快贷", purposes=["working_capital"], amount_max=1_000_000)
    page = client.get(NEW, {"text": TEXT})
    assert [card.product for card in page.context["matches"].cards] == [product]
    assert "<mark>50 万元</mark>" in body(page)
    assert page.context["form"]["amount_high"].value() == "50"
    assert "登录并提交需求" in body(page)
    assert Need.objects.count() == 0


def test_products_not_to_be_advertised_match_only_people_who_signed_in(client, sign_in):
    ProductFactory(purposes=["working_capital"], login_required=True)
    assert client.get(NEW, {"text": TEXT}).context["matches"].cards == []
    sign_in(enterprise_user())
    assert len(client.get(NEW, {"text": TEXT}).context["matches"].cards) == 1


@pytest.mark.parametrize(
    ("text", "status"), [("你好", "ask"), ("想借 20 万去炒股", "declined"), ("我要投诉银行乱收费", "routed")]
)
def test_what_is_no_need_is_answered_for_what_it_is(client, text, status):
    page = client.get(NEW, {"text": text})
    assert page.context["parsed"].status == status
    assert page.context["parsed"].reason in body(page)
    assert text in body(page)  # stays in the box
    assert Need.objects.count() == 0


def test_what_is_declined_cannot_be_submitted_by_form(sign_in):
    client = sign_in(enterprise_user())
    client.post(NEW, filled(text="想借 20 万去炒股"))
    assert Need.objects.count() == 0


def test_nothing_is_lost_on_the_way_to_signing_in(client):
    answer = client.post(NEW, filled(rate_ceiling="4.5", purposes=["working_capital", "rnd"]))
    assert urlsplit(answer.url).path == "/accounts/login/"
    back = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert "csrf" not in back
    assert "client_key" not in back
    form = client.get(back).context["form"]
    values = {name: form[name].value() for name in ("text", "amount_high", "rate_ceiling", "purposes")}
    assert values == {"text": TEXT, "amount_high": "50", "rate_ceiling": "4.5", "purposes": ["working_capital", "rnd"]}


def test_nothing_is_lost_on_the_way_to_registering_the_enterprise(sign_in):
    client = sign_in(UserFactory())
    answer = client.post(NEW, filled())
    assert urlsplit(answer.url).path == reverse("accounts:enterprise_new")
    back = parse_qs(urlsplit(answer.url).query)["next"][0]
    registered = client.post(
        answer.url, {"uscc": uscc(77), "name": "云岭茶业", "region": str(RegionFactory()), "next": back}
    )
    assert registered.url == back
    assert client.get(back).context["form"]["text"].value() == TEXT


def test_submit_keeps_what_was_found(sign_in):
    product = ProductFactory(purposes=["working_capital"])
    owner = enterprise_user()
    answer = sign_in(owner).post(NEW, filled())
    need = Need.objects.get()
    assert answer.url == f"/needs/{need.pk}/"
    assert (need.enterprise, need.author, need.text, need.amount_high) == (
        owner.enterprise,
        owner,
        TEXT,
        Decimal(500_000),
    )
    run = MatchRun.objects.get(need=need)
    assert ([row["product"] for row in run.results], run.occasion) == ([product.pk], "submitted")
    assert run.weights_version


def test_submit_twice_is_one_need(sign_in):
    client, data = sign_in(enterprise_user()), filled()
    assert client.post(NEW, data).url == client.post(NEW, data).url
    assert (Need.objects.count(), MatchRun.objects.count()) == (1, 1)


def test_anothers_key_gives_nothing_of_theirs(sign_in):
    data = filled()
    sign_in(enterprise_user()).post(NEW, data)
    with pytest.raises(Exception):  # noqa: B017, PT011  # the unique constraint; a random key does not meet it
        sign_in(enterprise_user()).post(NEW, data)


def test_wrong_values_are_said_and_everything_typed_is_kept(sign_in):
    page = sign_in(enterprise_user()).post(NEW, filled(amount_low="80", amount_high="50", term_months="abc"))
    assert page.status_code == 422
    assert "最多的金额不能小于至少的金额" in body(page)
    assert page.context["form"]["term_months"].value() == "abc"
    assert Need.objects.count() == 0


def test_form_without_a_sentence(sign_in):
    client = sign_in(enterprise_user())
    assert client.get(NEW, {"form": "1"}).context["form"] is not None
    assert "至少填写金额" in body(client.post(NEW, {"confirmed": "1", "step": "save"}))
    client.post(NEW, filled(text=""))
    assert (Need.objects.get().text, Need.objects.get().amount_high) == ("", Decimal(500_000))


def test_form_says_what_its_button_does(client, sign_in):
    assert "登录并提交需求" in client.get("/needs/new/?form=1").content.decode()
    page = sign_in(enterprise_user()).get("/needs/new/?form=1").content.decode()
    assert "登录并提交需求" not in page
    assert page.count('name="step" value="save"') == 1


def test_form_that_says_too_little_is_not_called_understood(sign_in):
    page = sign_in(enterprise_user()).post("/needs/new/", {"step": "save", "confirmed": "1"}).content.decode()
    assert "补充您的需要" in page
    assert "我们这样理解" not in page
    assert "请至少填写金额、用途或想要的服务中的一项" in page


def test_corrected_value_no_longer_claims_the_words(sign_in):
    sign_in(enterprise_user()).post(NEW, filled(amount_low="80", amount_high="80"))
    need = Need.objects.get()
    assert need.amount_high == Decimal(800_000)
    assert "amount_high" not in {mark["field"] for mark in need.marks}
    assert "purposes" in {mark["field"] for mark in need.marks}


def test_correcting_a_need_matches_anew(scene, sign_in):
    client = sign_in(scene.owner)
    assert client.get(f"/needs/{scene.need.pk}/edit/").context["form"]["amount_high"].value() == "50"
    answer = client.post(f"/needs/{scene.need.pk}/edit/", {"amount_high": "200", "purposes": ["working_capital"]})
    assert answer.url == scene.need.get_absolute_url()
    scene.need.refresh_from_db()
    assert (scene.need.amount_high, scene.need.text) == (Decimal(2_000_000), TEXT)
    assert list(scene.need.runs.values_list("occasion", flat=True)) == ["corrected", "submitted"]


def test_answer_to_the_question(scene, sign_in):
    answer = sign_in(scene.owner).post(f"/needs/{scene.need.pk}/answer/", {"name": "trait_first_loan", "answer": "yes"})
    assert answer.url == scene.need.get_absolute_url()
    scene.need.refresh_from_db()
    assert scene.need.traits == {"first_loan": True}


def test_ask_for_an_advisor_is_a_hand_over(scene, sign_in, client):
    advisor = user_with(Role.ADVISOR)
    assert sign_in(advisor).get(f"/needs/{scene.need.pk}/").status_code == 404
    sign_in(scene.owner).post(f"/needs/{scene.need.pk}/advisor/")
    scene.need.refresh_from_db()
    assert scene.need.wants_advisor_at is not None
    page = sign_in(advisor).get(f"/needs/{scene.need.pk}/")
    assert scene.owner.phone not in body(page)
    sign_in(advisor).post(f"/needs/{scene.need.pk}/take/")
    assert scene.owner.phone in body(sign_in(advisor).get(f"/needs/{scene.need.pk}/"))
    sign_in(user_with(Role.ADVISOR)).post(f"/needs/{scene.need.pk}/take/")
    scene.need.refresh_from_db()
    assert scene.need.advisor_taken_by == advisor


def test_closed_need_offers_nothing_to_choose(scene, sign_in):
    client = sign_in(scene.owner)
    client.post(f"/needs/{scene.need.pk}/close/")
    assert 'id="choose"' not in body(client.get(f"/needs/{scene.need.pk}/"))


# Consent page


def refer_url(scene, *products) -> str:
    return f"/needs/{scene.need.pk}/refer/?" + "&".join(f"p={each.pk}" for each in products)


def test_consent_page_names_each_institution_and_ticks_none(scene, sign_in):
    other = ProductFactory()
    page = sign_in(scene.owner).get(refer_url(scene, scene.product, other))
    assert {party["institution"] for party in page.context["parties"]} == {scene.bank, other.institution}
    for each in (scene.bank.name, other.institution.name, "仅用于办理本次对接", "统一社会信用代码", "撤回"):
        assert each in body(page)
    assert "checked" not in body(page)


def test_consent_page_starts_only_what_was_ticked(scene, sign_in):
    other = ProductFactory()
    data = {"p": [scene.product.pk, other.pk], "consent": [scene.bank.pk], "client_key": str(uuid.uuid4())}
    client = sign_in(scene.owner)
    answer = client.post(f"/needs/{scene.need.pk}/refer/", data)
    referral = Referral.objects.get()
    assert (answer.url, referral.product) == (referral.get_absolute_url(), scene.product)
    assert referral.match["name"] == scene.product.name
    assert client.post(f"/needs/{scene.need.pk}/refer/", data).url == answer.url
    assert Referral.objects.count() == 1


def test_consent_page_without_a_tick_says_so_and_saves_nothing(scene, sign_in):
    page = sign_in(scene.owner).post(f"/needs/{scene.need.pk}/refer/", {"p": [scene.product.pk]})
    assert page.status_code == 422
    assert "请至少勾选一家" in body(page)
    assert (Referral.objects.count(), Consent.objects.count()) == (0, 0)


def test_consent_page_without_products_leads_back(scene, sign_in):
    for query in ("", "?p=x", "?p=99999999999999999999"):
        assert sign_in(scene.owner).get(f"/needs/{scene.need.pk}/refer/{query}").url == scene.need.get_absolute_url()


# The enterprise's and the institution's pages


def test_story_through_the_pages(scene, referral, sign_in):
    def desk(step: str, **data):
        return sign_in(scene.manager).post(f"/desk/referrals/{referral.pk}/{step}/", data)

    inbox = sign_in(scene.manager).get("/desk/referrals/")
    assert list(inbox.context["page"]) == [referral]
    assert scene.owner.phone.removeprefix("+86") in body(sign_in(scene.manager).get(referral.get_desk_url()))
    assert desk("accept", note="明天联系您").status_code == 302
    assert desk("contact").status_code == 422
    assert desk("contact", note="电话联系").status_code == 302
    assert desk("grant", amount="45", rate="3.85", on="2026-01-05").status_code == 302
    page = body(sign_in(scene.owner).get(referral.get_absolute_url()))
    for words in ("45 万元", "3.85%", "明天联系您", "电话联系", "评价这次服务"):
        assert words in page
    url = f"{referral.get_absolute_url()}rate/"
    assert sign_in(scene.owner).post(url, {}).status_code == 422
    sign_in(scene.owner).post(url, {"level": "5", "reasons": ["fast"], "text": "很快"})
    assert (Rating.objects.get().level, Rating.objects.get().reasons) == (5, ["fast"])
    assert "非常满意" in body(sign_in(scene.manager).get(referral.get_desk_url()))


def test_decline_by_page_keeps_what_was_typed(scene, referral, sign_in):
    url = f"/desk/referrals/{referral.pk}/decline/"
    page = sign_in(scene.manager).post(url, {"note": "额度不够"})
    assert page.status_code == 422
    assert "额度不够" in body(page)
    sign_in(scene.manager).post(url, {"reason": "amount", "note": "额度不够"})
    assert "金额不合适" in body(sign_in(scene.owner).get(referral.get_absolute_url()))


def test_second_acceptance_by_page_is_told(scene, referral, sign_in):
    for _time in range(2):
        answer = sign_in(scene.manager).post(f"/desk/referrals/{referral.pk}/accept/", follow=True)
    assert "现在是“已受理”" in body(answer)


def test_withdrawn_consent_hides_the_enterprise_on_the_desk(scene, referral, sign_in):
    accounts.withdraw_consent(Consent.objects.get())
    client = sign_in(scene.manager)
    for page in (
        body(client.get("/desk/referrals/")),
        body(client.get(referral.get_desk_url())),
        body(client.get("/desk/")),
    ):
        for secret in (scene.enterprise.name, scene.enterprise.uscc, scene.owner.phone.removeprefix("+86"), TEXT):
            assert secret not in page
        assert "撤回授权" in page


def test_withdraw_by_page(scene, referral, sign_in):
    sign_in(scene.owner).post(f"{referral.get_absolute_url()}withdraw/", {"with_consent": "on"})
    referral.refresh_from_db()
    assert referral.state == "withdrawn"
    assert Consent.objects.get().withdrawn_at is not None


def test_overdue_leads_to_the_record_with_masked_data(scene, referral, sign_in):
    Referral.objects.update(due_at="2026-01-05T09:00:00+08:00")
    client = sign_in(user_with(Role.SUPERVISOR))
    page = body(client.get("/desk/overdue/"))
    assert referral.get_desk_url() in page
    record = body(client.get(referral.get_desk_url()))
    assert scene.owner.phone.removeprefix("+86") not in record
    assert scene.enterprise.name in record
    assert "<textarea" not in record
    assert list(client.get("/desk/overdue/", {"institution": "x"}).context["page"]) == [referral]


@time_machine.travel("2026-01-12T10:00:00+08:00", tick=False)
def test_overdue_tells_how_many_working_days_ago(scene, referral, sign_in):
    Referral.objects.update(due_at="2026-01-09T09:00:00+08:00")  # a Friday; now it is Monday
    page = sign_in(user_with(Role.SUPERVISOR)).get("/desk/overdue/")
    assert page.context["rows"] == [(referral, 1)]
    assert "已过 1 个工作日" in body(page)


def test_inbox_counts_what_is_open_and_late(scene, referral, sign_in):
    three_referrals(scene)
    Referral.objects.filter(pk=referral.pk).update(due_at="2026-01-05T09:00:00+08:00")
    client = sign_in(scene.manager)
    assert [count for *_tab, count in client.get("/desk/referrals/").context["tabs"]] == [3, 1, 0]
    assert [count for *_tab, count in client.get("/desk/referrals/?mine=1").context["tabs"]] == [0, 0, 0]


def test_session_that_expired_keeps_the_form(client, scene, referral, sign_in):
    """A post without a session goes to sign in; afterwards the page comes back with what was typed."""
    url = f"/desk/referrals/{referral.pk}/accept/"
    client.logout()
    answer = client.post(url, {"note": "明天上午联系您"})
    assert urlsplit(answer.url).path == "/accounts/login/"
    sign_in(scene.manager)
    page = client.get(url)
    assert "明天上午联系您" in body(page)
    referral.refresh_from_db()
    assert referral.state == "submitted"


def test_how_page_is_made_from_what_is_in_force(client):
    page = client.get("/help/matching/")
    assert page.context["weights"].version in body(page)
    assert "1 个工作日内受理" in body(page)


# Other people's records


@pytest.mark.parametrize("path", ["", "edit/", "refer/?p=1"])
def test_anothers_need_is_not_there(scene, sign_in, path):
    assert sign_in(enterprise_user()).get(f"/needs/{scene.need.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["answer/", "advisor/", "close/"])
def test_anothers_need_cannot_be_changed(scene, sign_in, path):
    assert sign_in(enterprise_user()).post(f"/needs/{scene.need.pk}/{path}").status_code == 404


def test_anothers_referral_is_not_there(scene, referral, sign_in):
    stranger, manager = enterprise_user(), user_with(Role.RELATIONSHIP_MANAGER)
    assert sign_in(stranger).get(referral.get_absolute_url()).status_code == 404
    assert sign_in(stranger).post(f"{referral.get_absolute_url()}rate/", {"level": 1}).status_code == 404
    assert sign_in(manager).get(referral.get_desk_url()).status_code == 404
    assert sign_in(manager).post(f"/desk/referrals/{referral.pk}/accept/").status_code == 404
    assert sign_in(user_with(Role.PRODUCT_EDITOR, scene.bank)).get(referral.get_desk_url()).status_code == 403


# Query counts: the same for one row and for three. The first request of a process also reads the catalogue.


def three_referrals(scene) -> list[Referral]:
    scene.need = make_need(scene.owner)
    made = scene.start(*[ProductFactory(institution=scene.bank, purposes=["working_capital"]) for _number in range(2)])
    return [*made, Referral.objects.earliest("pk")]


PAGES = [
    ("owner", "/me/needs/", 11),
    ("owner", "/me/referrals/", 10),
    ("manager", "/desk/referrals/", 10),
    ("supervisor", "/desk/overdue/", 14),
]


@pytest.mark.parametrize(("who", "url", "expected"), PAGES, ids=[page[1] for page in PAGES])
def test_list_pages_ask_as_often_for_one_as_for_three(
    scene, referral, sign_in, django_assert_num_queries, who, url, expected
):
    client = sign_in(user_with(Role.SUPERVISOR) if who == "supervisor" else getattr(scene, who))
    Referral.objects.update(due_at="2026-01-05T09:00:00+08:00")
    client.get(url)
    with django_assert_num_queries(expected):
        client.get(url)
    three_referrals(scene)
    Referral.objects.update(due_at="2026-01-05T09:00:00+08:00")
    with django_assert_num_queries(expected):
        page = client.get(url)
    assert len(page.context["page"]) == (2 if url == "/me/needs/" else 3)


def test_need_page_asks_as_often_for_one_product_as_for_three(scene, sign_in, django_assert_num_queries):
    client, url = sign_in(scene.owner), f"/needs/{scene.need.pk}/"
    client.get(url)
    with django_assert_num_queries(10):
        page = client.get(url)
    assert len(page.context["matches"].cards) == 1
    for _number in range(2):
        ProductFactory(purposes=["working_capital"])
    client.get(url)
    with django_assert_num_queries(10):
        page = client.get(url)
    assert len(page.context["matches"].cards) == 3


def test_every_rule_and_term_is_explained(client):
    page = client.get("/help/matching/")
    assert [rule.name for rule in page.context["rules"] if not rule.label] == []
    assert round(sum(term.weight for term in page.context["terms"]), 6) == round(
        sum(page.context["weights"].terms.values()), 6
    )
