"""Pages of 需求空白: worked out by the queue, shown by role, nothing told of fewer than five enterprises."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry, Notice
from accounts.roles import Role
from matching.gaps import queries, running
from matching.models import GapReport, UnmetNeed
from tests.factories import (
    EnterpriseFactory,
    IndustryFactory,
    InstitutionFactory,
    ProductFactory,
    RegionFactory,
    enterprise_user,
    user_with,
)
from tests.queue import drain

from .conftest import make_need

pytestmark = pytest.mark.django_db
NOTHING_ELSE = {"guarantee_refused": ["credit", "guarantor", "real_estate"]}
BEND = "接受应收账款质押，额度到 60 万元"


def unmet(**fields) -> int:
    return make_need(
        enterprise_user(),
        **{"guarantee_kinds": ["receivable"], "details": NOTHING_ELSE, "amount_low": Decimal(600_000),
           "amount_high": Decimal(600_000)} | fields,
    ).pk  # fmt: skip


@pytest.fixture
def bank():
    return InstitutionFactory()


@pytest.fixture
def product(bank):
    return ProductFactory(
        name="抵押快贷",
        institution=bank,
        purposes=["working_capital"],
        amount_max=3_000_000,
        guarantee_kinds=["real_estate"],
    )


@pytest.fixture
def report(product) -> GapReport:
    for _number in range(6):
        unmet()
    return worked_out()


def worked_out() -> GapReport:
    report = running.request()
    drain()
    report.refresh_from_db()
    assert report.state == "done"
    return report


def body(answer) -> str:
    return answer.content.decode()


def test_a_supervisor_sees_what_a_bent_rule_brings(sign_in, report, product):
    page = sign_in(user_with(Role.SUPERVISOR)).get("/desk/gaps/")
    (line,) = page.context["page"].bends
    assert (line.label, line.enterprises, line.needs, line.average_wan, line.total_wan) == (BEND, 6, 6, "60", "360")
    assert line.products == [(product, 6)]
    assert [(each.label, each.enterprises) for each in page.context["page"].rules] == [("担保方式", 6)]
    assert "抵押快贷" in body(page)


def test_an_institution_sees_its_own_products_alone(sign_in, report, product, bank):
    page = sign_in(user_with(Role.PRODUCT_EDITOR, bank)).get("/desk/gaps/")
    assert [(each.product, each.label, each.enterprises) for each in page.context["page"].gains] == [(product, BEND, 5)]
    assert "若“抵押快贷”接受应收账款质押" in body(page)
    other = sign_in(user_with(Role.PRODUCT_EDITOR, InstitutionFactory())).get("/desk/gaps/")
    assert other.context["page"].gains == []
    assert "抵押快贷" not in body(other)
    assert BEND in body(other)


def test_an_institution_sees_no_enterprise_and_no_way_to_one(sign_in, report, bank):
    text = body(sign_in(user_with(Role.RELATIONSHIP_MANAGER, bank)).get("/desk/gaps/"))
    assert "/desk/gaps/needs/" not in text
    assert "/desk/gaps/run/" not in text


def test_four_enterprises_are_not_told_of(sign_in, product):
    for _number in range(4):
        unmet()
    worked_out()
    page = sign_in(user_with(Role.SUPERVISOR)).get("/desk/gaps/")
    assert page.context["page"].unmet is None
    assert "没有可以显示的空白" in body(page)
    assert UnmetNeed.objects.count() == 0


def test_without_a_report_the_page_says_what_to_do(sign_in):
    assert "现在计算" in body(sign_in(user_with(Role.SUPERVISOR)).get("/desk/gaps/"))
    assert "还没有算过" in body(sign_in(user_with(Role.PRODUCT_EDITOR, InstitutionFactory())).get("/desk/gaps/"))


def test_needs_behind_a_figure_are_listed_masked(sign_in, report):
    client = sign_in(user_with(Role.SUPERVISOR))
    page = client.get("/desk/gaps/needs/", {"figure": "bend:guarantee:receivable:600000"})
    assert len(page.context["rows"]) == 6
    assert "60 万元" in body(page)
    assert client.get("/desk/gaps/needs/", {"figure": "bend:guarantee:order:600000"}).status_code == 404
    assert client.get("/desk/gaps/needs/", {"figure": "rule:region"}).status_code == 404


def test_parts_show_only_what_may_be_told_of_them(sign_in, product):
    there, here = RegionFactory(code="330903"), RegionFactory(code="330902")
    for region, count in ((there, 7), (here, 6)):
        for _number in range(count):
            unmet(region=region)
    worked_out()
    client = sign_in(user_with(Role.SUPERVISOR))
    page = client.get("/desk/gaps/", {"part": "region:330903"})
    assert page.context["page"].unmet["enterprises"] == 7
    assert [line.enterprises for line in page.context["page"].bends] == [7]
    assert page.context["page"].bends[0].average is None
    needs = client.get("/desk/gaps/needs/", {"figure": "rule:guarantee", "part": "region:330903"})
    assert len(needs.context["rows"]) == 7
    assert client.get("/desk/gaps/", {"part": "region:990000"}).context["page"].part == ""


def test_a_part_that_would_tell_of_four_by_subtraction_is_not_offered(sign_in, product):
    there, here = RegionFactory(code="330903"), RegionFactory(code="330902")
    for region, count in ((there, 8), (here, 4)):
        for _number in range(count):
            unmet(region=region)
    worked_out()
    page = sign_in(user_with(Role.SUPERVISOR)).get("/desk/gaps/", {"part": "region:330903"})
    assert page.context["page"].part == ""
    assert page.context["page"].unmet["enterprises"] == 12
    assert "region" not in [view for view, _name, _options in page.context["page"].parts]


def test_industries_have_their_names(sign_in, product):
    section = IndustryFactory(code="C", name="制造业", section="C")
    for _number in range(5):
        owner = enterprise_user(EnterpriseFactory(industry=section))
        make_need(owner, guarantee_kinds=["receivable"], details=NOTHING_ELSE)
    worked_out()
    page = sign_in(user_with(Role.SUPERVISOR)).get("/desk/gaps/", {"part": "industry:C"})
    assert page.context["page"].part_name == "制造业"


def test_an_export_holds_what_the_page_shows_and_is_recorded(sign_in, report, bank):
    answer = sign_in(user_with(Role.PRODUCT_EDITOR, bank)).get("/desk/gaps/export/")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["概况", "卡在哪一条", "放宽什么", "本机构的产品"]
    assert [cell.value for cell in book["放宽什么"][2]] == [BEND, 6, 6, 600_000, 3_600_000, "抵押快贷（5）"]
    entry = AuditEntry.objects.filter(verb="exported").get()
    assert (entry.model, entry.detail) == ("matching.gapreport", {"format": "xlsx", "filters": "", "rows": 2})


def test_asking_starts_one_report_and_tells_when_it_is_done(sign_in, product):
    person = user_with(Role.SUPERVISOR)
    client = sign_in(person)
    for _number in range(2):
        assert client.post("/desk/gaps/run/").url == "/desk/gaps/"
    assert GapReport.objects.count() == 1
    progress = client.get("/desk/gaps/progress/")
    assert "hx-get" in body(progress)
    drain()
    assert list(Notice.objects.filter(user=person).values_list("text", "url")) == [
        ("需求空白已算好，可以查看", "/desk/gaps/")
    ]
    done = client.get("/desk/gaps/progress/")
    assert (done["HX-Refresh"], "hx-get" in body(done)) == ("true", False)


def test_a_new_report_takes_the_place_of_the_needs_behind_the_old_one(report):
    assert UnmetNeed.objects.filter(report=report).count() == 3 * 6
    second = worked_out()
    assert set(UnmetNeed.objects.values_list("report", flat=True)) == {second.pk}


def test_ended_and_expired_needs_do_not_count(product):
    for _number in range(6):
        unmet(needed_by=timezone.localdate() - timedelta(days=1))
    assert worked_out().figures["unmet"] is None


def test_what_a_crash_left_is_taken_up_and_in_the_end_given_up(product):
    report = running.request()
    GapReport.objects.update(lease="dead", leased_until=timezone.now() - timedelta(minutes=1))
    assert running.take_up() == 1
    drain()
    report.refresh_from_db()
    assert report.state == "done"
    report = running.request()
    GapReport.objects.filter(pk=report.pk).update(attempts=running.MOST_ATTEMPTS)
    drain()
    report.refresh_from_db()
    assert (report.state, report.figures) == ("failed", {})


def test_figures_of_the_page_cost_few_queries(django_assert_num_queries, report, product, bank):
    supervisor = user_with(Role.SUPERVISOR)
    assert queries.supervises(supervisor)  # roles are read once a request
    with django_assert_num_queries(4):  # the report, names of places, of industries, products
        queries.page_for(supervisor)


def test_the_desk_names_the_most_helpful_bends(sign_in, report, bank):
    text = body(sign_in(user_with(Role.SUPERVISOR)).get("/desk/"))
    assert BEND in text
    assert "可多满足 6 家企业" in text
    own = body(sign_in(user_with(Role.PRODUCT_EDITOR, bank)).get("/desk/"))
    assert f"若“抵押快贷”{BEND}" in own
    assert "至少可多满足 5 家企业" in own
