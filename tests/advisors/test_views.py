"""The pages: what is typed, refused, kept, and shown to whom; how many queries they take."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from advisors import actions, queries
from advisors.models import ServiceRequest, Visit, VisitLog
from matching.needs.actions import ask_advisor, take_by_advisor
from tests.advisors.conftest import coming
from tests.advisors.factories import AdvisorFactory, NeedFactory, TeamFactory
from tests.factories import EnterpriseFactory, ProductFactory, RegionFactory, user_with

pytestmark = pytest.mark.django_db


def as_(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(answer) -> str:
    return answer.content.decode()


def plan_data(people, **more) -> dict:
    start = timezone.localtime(coming())
    return {
        "enterprise": people.enterprise.name,
        "advisor": people.advisor.pk,
        "on": start.strftime("%Y-%m-%d"),
        "at": "09:00",
        "minutes": "60",
        "purpose": "一对一融资服务",
        "client_key": str(uuid4()),
    } | more


def log_data(**more) -> dict:
    return {"notes": "缺周转资金", "client_key": str(uuid4())} | more


# Public


def test_list_filters_by_place_and_speciality(client):
    RegionFactory(code="330900", name="舟山市", full_name="浙江省舟山市", level=2)
    RegionFactory(code="330803", name="衢江区", full_name="浙江省衢州市衢江区", level=3)
    island, tea = TeamFactory(regions=["330900"]), TeamFactory(regions=["330803"])
    one = AdvisorFactory(team=island, kinds=["bridging"])
    two = AdvisorFactory(team=tea, kinds=["loan"])
    one.regions.set(["330900"])
    two.regions.set(["330803"])
    hidden = AdvisorFactory(is_active=False)
    shown = page(client.get("/advisors/"))
    assert [each.name in shown for each in (island, tea, one, two, hidden)] == [True, True, True, True, False]
    shown = page(client.get("/advisors/?region=330902"))  # a district of the city that the island team serves
    RegionFactory()
    shown = page(client.get("/advisors/?region=330902"))
    assert [each.name in shown for each in (one, two)] == [True, False]
    shown = page(client.get("/advisors/?speciality=kind-loan"))
    assert [f"/advisors/{each.slug}/book/" in shown for each in (one, two)] == [False, True]
    shown = page(client.get("/advisors/?region=330803&speciality=kind-bridging"))
    assert "没有符合条件的顾问" in shown


def test_unknown_or_hidden_advisor_is_not_found(client):
    hidden = AdvisorFactory(is_active=False)
    assert [client.get(f"/advisors/{slug}/").status_code for slug in ("nobody", hidden.slug)] == [404, 404]


@pytest.mark.parametrize("number", [1, 3])
def test_public_pages_take_the_same_queries_for_any_number(client, django_assert_num_queries, number):
    team = TeamFactory(regions=["330902"])
    advisors = [AdvisorFactory(team=team, kinds=["loan"]) for _ in range(number)]
    client.get("/advisors/")
    with django_assert_num_queries(LIST_QUERIES[connection.vendor]):
        client.get("/advisors/")
    with django_assert_num_queries(TEAM_QUERIES):
        client.get(f"/advisors/{team.slug}/")
    with django_assert_num_queries(ADVISOR_QUERIES):
        client.get(f"/advisors/{advisors[0].slug}/")


LIST_QUERIES = {
    "sqlite": 10,
    "postgresql": 10 if os.environ.get("ELASTICSEARCH_URL") else 8,
}  # beside PostgreSQL the index is asked in a file of its own
TEAM_QUERIES, ADVISOR_QUERIES = 3, 6


def test_booking_keeps_what_was_typed_when_the_slot_is_gone(people):
    people.advisor.save()
    client, address = as_(people.owner), f"/advisors/{people.advisor.slug}/book/"
    shown = page(client.get(address))
    slot = timezone.localtime(coming()).strftime("%Y-%m-%dT09:00")
    assert f'value="{slot}"' in shown
    data = {
        "starts_at": slot,
        "purpose": "想借 50 万收鲜叶",
        "place": "示例路 1 号",
        "contact_name": "茶小满",
        "contact_phone": "13900000001",
        "consent": "on",
        "client_key": str(uuid4()),
    }
    actions.plan_visit(
        by=people.lead,
        advisor=people.advisor,
        enterprise=EnterpriseFactory(),
        starts_at=coming(),
        ends_at=coming(1, 10),
        purpose="别家先约了",
        client_key=uuid4(),
    )
    shown = page(client.post(address, data))
    assert "刚刚被约走" in shown
    assert "想借 50 万收鲜叶" in shown
    data["starts_at"] = timezone.localtime(coming()).strftime("%Y-%m-%dT10:00")
    answers = [client.post(address, data) for _ in range(2)]
    assert answers[0].url == answers[1].url == people.enterprise.visits.get().me_url
    assert "consent" in page(client.post(address, data | {"consent": "", "client_key": str(uuid4())}))


def test_booking_needs_sign_in_and_an_enterprise(client, people):
    address = f"/advisors/{people.team.slug}/book/"
    assert client.get(address).url.startswith("/accounts/login/")
    assert as_(user_with(Role.ORGANISER)).get(address).url.startswith("/me/enterprise/new/")
    assert as_(people.owner).get(address).status_code == 200


# The desk


def test_plan_by_form_twice_is_one_visit(people):
    client, data = as_(people.lead), plan_data(people)
    answers = [client.post(reverse("advisors:plan"), data) for _ in range(2)]
    assert [answer.url for answer in answers] == [Visit.objects.get().get_absolute_url()] * 2


def test_overlapping_plan_says_which_visit_and_keeps_what_was_typed(people, plan):
    plan()
    shown = page(as_(people.lead).post(reverse("advisors:plan"), plan_data(people, at="09:30", purpose="我写的事由")))
    assert "已有走访" in shown
    assert "与这个时间重叠" in shown
    assert "我写的事由" in shown


def test_enterprise_is_found_by_part_of_its_name_or_asked_for(people):
    other = EnterpriseFactory(name="云雾茶坊二号有限公司")
    client = as_(people.lead)
    assert "几家相近的企业" in page(client.post(reverse("advisors:plan"), plan_data(people, enterprise="云雾茶坊")))
    assert "没有找到“不存在”" in page(client.post(reverse("advisors:plan"), plan_data(people, enterprise="不存在")))
    client.post(reverse("advisors:plan"), plan_data(people, enterprise=other.uscc))
    assert Visit.objects.get().enterprise == other
    found = client.get(reverse("advisors:options", args=["enterprises"]), {"q": "二号"}).json()
    assert found == {"options": [other.name]}


def test_advisor_cannot_plan_for_others_by_form(people):
    shown = as_(people.colleague.user).post(reverse("advisors:plan"), plan_data(people))
    assert shown.status_code == 200
    assert Visit.objects.count() == 0


def test_week_shows_own_visits_and_the_lead_the_teams(people, plan):
    plan(purpose="甲")
    plan(advisor=people.colleague, enterprise=EnterpriseFactory(name="另一家企业"))
    day = {"day": timezone.localdate(coming()).isoformat()}
    own = page(as_(people.advisor.user).get(reverse("advisors:week"), day))
    assert [name in own for name in (people.enterprise.name, "另一家企业")] == [True, False]
    teams = page(as_(people.lead).get(reverse("advisors:week"), day))
    assert [name in teams for name in (people.enterprise.name, "另一家企业")] == [True, True]
    before = page(as_(people.lead).get(reverse("advisors:week"), {"day": "2020-01-01"}))
    assert people.enterprise.name not in before
    assert as_(people.lead).get(reverse("advisors:week"), {"day": "昨天", "who": "x"}).status_code == 200
    foreign = page(as_(people.stranger.user).get(reverse("advisors:week"), day | {"who": f"t{people.team.pk}"}))
    assert people.enterprise.name not in foreign


@pytest.mark.parametrize("number", [1, 3])
def test_week_and_visit_take_the_same_queries_for_any_number(people, plan, django_assert_num_queries, number):
    visits = [plan(starts_at=coming(1, 9 + each)) for each in range(number)]
    client = as_(people.lead)
    client.get(reverse("advisors:week"))  # the first answer enters the session in the person's list
    with django_assert_num_queries(14):
        client.get(reverse("advisors:week"), {"day": timezone.localdate(coming()).isoformat()})
    with django_assert_num_queries(14):
        client.get(visits[0].get_absolute_url())


def test_log_by_form_with_products_and_requests_once(people, plan):
    visit, product = plan(today=True), ProductFactory(name="惠担贷")
    client, address = as_(people.advisor.user), reverse("advisors:log", args=[visit.pk])
    data = log_data(products=["惠担", ""], attendees="茶小满", next_step="补流水", next_step_on="2026-12-01")
    data |= {"request0-text": "担保费能按天算吗", "request0-category": "guarantee", "request1-text": ""}
    answers = [client.post(address, data) for _ in range(2)]
    assert [answer.url for answer in answers] == [visit.get_absolute_url()] * 2
    log = VisitLog.objects.get()
    assert (list(log.products.all()), log.next_step) == ([product], "补流水")
    assert [(each.text, each.category) for each in ServiceRequest.objects.all()] == [("担保费能按天算吗", "guarantee")]
    shown = page(as_(people.owner).get(visit.me_url))
    assert [text in shown for text in ("缺周转资金", "惠担贷", "担保费能按天算吗", "请您评价")] == [True] * 4


def test_unknown_product_is_asked_about_and_everything_typed_stays(people, plan):
    visit = plan(today=True)
    data = log_data(products=["没有这种贷"], **{"request1-text": "第二条诉求"})
    shown = page(as_(people.advisor.user).post(reverse("advisors:log", args=[visit.pk]), data))
    assert "没有找到产品“没有这种贷”" in shown
    assert [text in shown for text in ("缺周转资金", "第二条诉求", 'value="没有这种贷"')] == [True] * 3
    assert VisitLog.objects.count() == 0


def test_log_of_a_cancelled_visit_is_refused_and_keeps_the_text(people, plan):
    visit = plan(today=True)
    client, address = as_(people.advisor.user), reverse("advisors:log", args=[visit.pk])
    actions.cancel_visit(visit, by=people.owner, reason="外出")
    assert "现在是“已取消”" in page(client.get(address))
    answer = client.post(address, log_data(notes="辛苦写下的记录"))
    assert answer.status_code == 409
    assert [text in page(answer) for text in ("现在是“已取消”", "辛苦写下的记录", "可以复制保存")] == [True] * 3
    assert VisitLog.objects.count() == 0


def test_log_typed_before_the_session_expired_comes_back(people, plan):
    visit = plan(today=True)
    client, address = Client(), reverse("advisors:log", args=[visit.pk])
    data = log_data(notes="没登录时写的", products=["某贷"], **{"request0-text": "一条诉求"})
    answer = client.post(address, data)
    assert answer.url.startswith("/accounts/login/")
    client.post(answer.url, {"login": people.advisor.user.username, "password": "correct horse"})
    shown = page(client.get(address))
    assert [text in shown for text in ("没登录时写的", "一条诉求", "某贷", "已为您保留")] == [True] * 4
    assert VisitLog.objects.count() == 0


def test_move_and_cancel_need_a_reason(people, plan):
    visit, client = plan(), as_(people.lead)
    assert "请填写：原因" in page(client.post(reverse("advisors:visit_step", args=[visit.pk, "cancel"]), {}))
    client.post(reverse("advisors:visit_step", args=[visit.pk, "cancel"]), {"reason": "企业停产"})
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    answer = client.post(
        reverse("advisors:visit_step", args=[visit.pk, "move"]),
        {"on": "2027-01-04", "at": "09:00", "minutes": "60", "reason": "x"},
    )
    assert "不能再改约" in page(answer)
    assert client.get(reverse("advisors:visit_step", args=[visit.pk, "explode"])).status_code == 404


# An enterprise's own place


def test_enterprise_moves_confirms_and_rates(people, plan):
    visit, client = plan(), as_(people.owner)
    slot = timezone.localtime(coming(2)).strftime("%Y-%m-%dT10:00")
    client.post(reverse("advisors:my_visit_step", args=[visit.pk, "move"]), {"starts_at": slot, "reason": "要收茶"})
    visit.refresh_from_db()
    assert (timezone.localtime(visit.starts_at).hour, visit.proposed_by) == (10, "enterprise")
    actions.confirm_visit(visit, by=people.advisor.user)
    Visit.objects.filter(pk=visit.pk).update(starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now())
    actions.log_visit(visit, by=people.advisor.user, notes="谈了", client_key=uuid4())
    rate = reverse("advisors:my_visit_step", args=[visit.pk, "rate"])
    assert "请选择：您满意吗" in page(client.post(rate, {}))
    client.post(rate, {"mark": "5", "comment": "很清楚"})
    assert visit.rating.mark == 5
    assert "很清楚" in page(client.get(visit.me_url))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024), "application/pdf"), "超过 10 MB"),
        (SimpleUploadedFile("a.pdf", b"MZ\x90\x00 not a pdf", "application/pdf"), "不是 JPG、PNG 或 PDF"),
    ],
)
def test_wrong_attachment_is_refused_and_text_kept(people, file, message):
    file.seek(0)
    data = {"category": "legal", "text": "客户欠款半年", "attachment": file, "client_key": str(uuid4())}
    shown = page(as_(people.owner).post(reverse("advisors:my_request_new"), data))
    assert message in shown
    assert "客户欠款半年" in shown
    assert ServiceRequest.objects.count() == 0


def test_attachment_is_for_those_who_handle_the_request(people):
    file = SimpleUploadedFile("营业执照.pdf", b"%PDF-1.4 hello", "application/pdf")
    data = {"category": "legal", "text": "客户欠款半年", "attachment": file, "client_key": str(uuid4())}
    client = as_(people.owner)
    answer = client.post(reverse("advisors:my_request_new"), data)
    request = ServiceRequest.objects.get()
    assert answer.url == request.me_url
    got = client.get(reverse("advisors:my_request_attachment", args=[request.pk]))
    assert b"".join(got.streaming_content) == b"%PDF-1.4 hello"
    desk = reverse("advisors:request_attachment", args=[request.pk])
    assert [as_(user).get(desk).status_code for user in (people.lead, people.stranger.user)] == [200, 404]


def test_request_by_form_twice_is_one(people):
    data = {"category": "tax", "text": "发票怎么开", "client_key": str(uuid4())}
    answers = [as_(people.owner).post(reverse("advisors:my_request_new"), data) for _ in range(2)]
    assert answers[0].url == answers[1].url == ServiceRequest.objects.get().me_url


@pytest.mark.parametrize("number", [1, 3])
def test_request_pages_take_the_same_queries_for_any_number(people, raised, django_assert_num_queries, number):
    requests = [raised(f"第{each}条") for each in range(number)]
    desk, owner = as_(people.lead), as_(people.owner)
    desk.get(reverse("advisors:requests"))  # the first answer enters the session in the person's list
    owner.get(reverse("advisors:my_requests"))
    with django_assert_num_queries(11):
        desk.get(reverse("advisors:requests"))
    with django_assert_num_queries(15):
        desk.get(requests[0].get_absolute_url())
    with django_assert_num_queries(10):
        owner.get(reverse("advisors:my_requests"))
    with django_assert_num_queries(11):
        owner.get(requests[0].me_url)


def test_landing_pages_show_what_waits(people, plan, raised):
    visit, request = plan(), raised("发票怎么开")
    desk, me = page(as_(people.advisor.user).get("/desk/")), page(as_(people.owner).get("/me/"))
    assert [address in desk for address in (visit.get_absolute_url(), request.get_absolute_url())] == [True, True]
    assert [address in me for address in (visit.me_url, request.me_url)] == [True, True]


def test_search_shows_a_visit_only_to_those_who_may_open_it(people, plan):
    plan(purpose="谈谈鲜叶收购周转")
    address = {"q": "鲜叶收购", "type": "visit"}
    seen = {
        name: "谈谈" in page(as_(user).get("/search/", address))
        for name, user in (
            ("lead", people.lead),
            ("owner", people.owner),
            ("stranger", people.stranger.user),
            ("supervisor", user_with(Role.SUPERVISOR)),
        )
    }
    assert seen == {"lead": True, "owner": True, "stranger": False, "supervisor": True}
    assert "谈谈" not in page(Client().get("/search/", address))


def test_need_that_asked_for_an_advisor_waits_on_the_desk_until_a_visit_is_planned(people):
    need = NeedFactory(enterprise=people.enterprise, author=people.owner)
    ask_advisor(need)
    elsewhere = NeedFactory(enterprise=EnterpriseFactory(region=RegionFactory(code="330803", name="衢江区", level=3)))
    ask_advisor(elsewhere)
    TeamFactory(regions=["330803"])
    address = f"{reverse('advisors:plan')}?need={need.pk}"
    desk = page(as_(people.advisor.user).get(reverse("advisors:requests")))
    assert [f"?need={each.pk}" in desk for each in (need, elsewhere)] == [True, False]  # not of another team's area
    assert f"?need={need.pk}" in page(as_(people.lead).get("/desk/"))
    client = as_(people.lead)
    assert f'value="{people.enterprise.name}"' in page(client.get(address))
    data = plan_data(people)
    answers = [client.post(address, data) for _ in range(2)]
    visit = Visit.objects.get()
    assert [answer.url for answer in answers] == [visit.get_absolute_url()] * 2
    need.refresh_from_db()
    assert (visit.need, need.advisor_taken_by) == (need, people.advisor.user)
    assert queries.callers(people.lead) == []


def test_need_taken_by_somebody_else_leaves_no_half_planned_visit(people):
    need = NeedFactory(enterprise=people.enterprise, author=people.owner)
    ask_advisor(need)
    take_by_advisor(need, by=people.colleague.user)
    with pytest.raises(actions.AdvisorsError, match="接手"):
        actions.plan_visit(
            by=people.lead,
            advisor=people.advisor,
            enterprise=people.enterprise,
            starts_at=coming(),
            ends_at=coming(1, 10),
            purpose="x",
            client_key=uuid4(),
            need=need,
        )
    assert Visit.objects.count() == 0
