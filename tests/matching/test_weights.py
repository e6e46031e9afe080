"""Versions of the weights: which one is in force, saving, taking back, the pages."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.append_only import AppendOnlyError
from accounts.models import AuditEntry
from accounts.roles import Role
from matching import matcher
from matching.models import MatchRun, WeightPreview, WeightSet
from matching.ranking import Weights
from matching.ranking.scoring import TERMS
from matching.weights import actions, queries
from matching.weights.preview import run
from tests.factories import ProductFactory, enterprise_user, user_with

from .conftest import make_need

pytestmark = pytest.mark.django_db
URL = "/desk/weights/"


def terms(**more: float) -> dict[str, float]:
    return {**Weights.default().terms, **more}


def add(by, why="试试", **more) -> WeightSet:
    return actions.add(terms=terms(**more), why=why, by=by, based_on=actions.newest_number())


def previewed(by, **more) -> WeightPreview:
    found = actions.preview(terms=terms(**more), by=by)
    run(found.pk)
    return WeightPreview.objects.get(pk=found.pk)


@pytest.fixture
def supervisor(db):
    return user_with(Role.SUPERVISOR)


def queries_of(client, url: str) -> list[str]:
    """What a page asks the database, without the values."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"]) for query in asked.captured_queries]


# In force


def test_weights_of_the_file_before_anybody_saved():
    assert matcher.weights() == Weights.default()


def test_newest_version_is_in_force_at_the_next_call(supervisor):
    add(supervisor, cost=5.0)
    assert (matcher.weights().version, matcher.weights().terms["cost"]) == ("v1", 5.0)
    add(supervisor, cost=1.0)
    assert (matcher.weights().version, matcher.weights().terms["cost"]) == ("v2", 1.0)


def test_version_to_come_waits_for_its_day(supervisor):
    add(supervisor, cost=5.0)
    day = timezone.localdate() + timedelta(days=2)
    made = actions.add(terms=terms(cost=9.0), why="下周起", by=supervisor, based_on=1, starts_on=day)
    assert (matcher.weights().version, made.has_begun) == ("v1", False)
    with time_machine.travel(made.in_force_from + timedelta(seconds=1)):
        assert matcher.weights().version == "v2"


def test_a_version_saved_later_replaces_one_to_come(supervisor):
    made = actions.add(
        terms=terms(cost=9.0), why="以后", by=supervisor, based_on=0, starts_on=timezone.localdate() + timedelta(days=2)
    )
    add(supervisor, cost=4.0)
    with time_machine.travel(made.in_force_from + timedelta(days=1)):
        assert matcher.weights().version == "v2"
    assert [each.is_to_come for each in queries.history()] == [False, False]


def test_reading_weights_is_one_query(supervisor, django_assert_num_queries):
    for _number in range(3):
        add(supervisor)
    with django_assert_num_queries(1):
        matcher.weights()


def test_run_keeps_the_version_it_was_ranked_with(supervisor):
    ProductFactory(purposes=["working_capital"], amount_max=1_000_000)
    owner = enterprise_user()
    make_need(owner)
    add(supervisor)
    make_need(owner)
    assert list(MatchRun.objects.order_by("pk").values_list("weights_version", flat=True)) == [
        Weights.default().version,
        "v1",
    ]


# What may be saved


@pytest.mark.parametrize(
    "wrong",
    [
        dict.fromkeys(TERMS, 0),
        {name: 1 for name in TERMS if name != "cost"},
        dict.fromkeys(TERMS, 1) | {"luck": 1},
        dict.fromkeys(TERMS, 1) | {"cost": 10.5},
        dict.fromkeys(TERMS, 1) | {"cost": -1},
        dict.fromkeys(TERMS, 1) | {"cost": float("nan")},
    ],
    ids=["all zero", "one missing", "one unknown", "too large", "negative", "no number"],
)
def test_terms_that_are_none(wrong):
    with pytest.raises(actions.BadTerms):
        actions.checked(wrong)


def test_versions_are_never_changed(supervisor):
    made = add(supervisor)
    made.why = "改过"
    with pytest.raises(AppendOnlyError):
        made.save()
    with pytest.raises(AppendOnlyError):
        WeightSet.objects.all().delete()


def test_saving_records_who_and_what(supervisor):
    made = actions.save(preview=previewed(supervisor, cost=5.0), why="成本更要紧", by=supervisor)
    entry = AuditEntry.objects.get(model="matching.weightset")
    assert (entry.verb, entry.object_id, entry.label) == ("created", str(made.pk), "v1")
    assert entry.changes["why"] == [None, "成本更要紧"]
    assert entry.changes["terms"] == [None, terms(cost=5.0)]


def test_saving_before_the_preview_is_worked_out(supervisor):
    waiting = actions.preview(terms=terms(cost=5.0), by=supervisor)
    with pytest.raises(actions.NotPreviewed):
        actions.save(preview=waiting, why="急", by=supervisor)
    assert WeightSet.objects.count() == 0


def test_saving_one_preview_twice_is_one_version(supervisor):
    found = previewed(supervisor, cost=5.0)
    read_at_the_same_moment = WeightPreview.objects.get(pk=found.pk)
    first = actions.save(preview=found, why="一次", by=supervisor)
    assert actions.save(preview=read_at_the_same_moment, why="两次", by=supervisor) == first
    assert [(each.number, each.why) for each in WeightSet.objects.all()] == [(1, "一次")]


def test_saving_after_somebody_else_did(supervisor):
    colleague = user_with(Role.SUPERVISOR, name="李主管")
    mine, theirs = previewed(supervisor, cost=5.0), previewed(colleague, speed=5.0)
    actions.save(preview=theirs, why="更看速度", by=colleague)
    with pytest.raises(actions.Outdated, match="李主管"):
        actions.save(preview=mine, why="更看成本", by=supervisor)
    assert matcher.weights().terms["speed"] == 5.0


def test_taking_back_copies_an_old_version(supervisor):
    old = add(supervisor, why="第一次", cost=5.0)
    add(supervisor, why="第二次", cost=9.0)
    made = actions.take_back(old=old, based_on=2, by=supervisor)
    assert (made.number, made.terms, made.copied_from, made.why) == (3, old.terms, old, "恢复第 1 版：第一次")
    assert matcher.weights().version == "v3"


def test_taking_back_what_is_in_force(supervisor):
    made = add(supervisor)
    with pytest.raises(actions.NothingToTakeBack):
        actions.take_back(old=made, based_on=1, by=supervisor)


# History


def test_history_says_what_each_version_changed(supervisor):
    add(supervisor, cost=Weights.default().terms["cost"] + 1)
    add(supervisor, cost=Weights.default().terms["cost"] + 1)
    newest, first = queries.history()
    assert (newest.differences, newest.is_in_force, first.is_in_force) == ([], True, False)
    assert {row.name for row in first.differences if row.is_raised} == {"cost"}


def test_history_stays_when_the_software_brings_other_weights(supervisor):
    made = add(supervisor, cost=Weights.default().terms["cost"] + 1)
    assert made.before == Weights.default().terms
    assert add(supervisor).before == made.terms


def test_term_is_said_since_its_last_change(supervisor):
    add(supervisor, why="看重成本", **dict.fromkeys(TERMS, 1.0))
    add(supervisor, why="不看速度", **dict.fromkeys(TERMS, 1.0) | {"speed": 0.0, "cost": 2.0})
    since = queries.since(queries.history())
    assert (since["cost"].why, since["speed"].why, since["purpose"].why) == ("不看速度", "不看速度", "看重成本")


# Pages


def post(client, **more):
    return client.post(URL, {f"term-{name}": f"{weight:g}" for name, weight in terms(**more).items()})


def test_page_shows_what_is_in_force(sign_in, supervisor):
    add(supervisor, why="成本更要紧", cost=5.0)
    page = sign_in(supervisor).get(URL)
    assert page.context["form"]["cost"].value() == "5"
    assert "成本更要紧" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_page_without_anything_teaches(sign_in, supervisor):
    page = sign_in(supervisor).get(URL).content.decode()
    assert "还没有人改过权重" in page
    assert "还没有可以用来比较的内容" in page


def test_posting_leads_to_a_preview_and_saves_nothing(sign_in, supervisor):
    answer = post(sign_in(supervisor), cost=5.0)
    found = WeightPreview.objects.get()
    assert (answer.url, found.terms["cost"], found.author, found.state) == (
        found.get_absolute_url(),
        5.0,
        supervisor,
        "waiting",
    )
    assert WeightSet.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [({}, "没有可以预览的变化"), (dict.fromkeys(TERMS, 0), "至少有一项"), ({"cost": 11}, "10")],
    ids=["same", "nothing", "too large"],
)
def test_posting_what_can_not_be_previewed(sign_in, supervisor, change, said):
    page = post(sign_in(supervisor), **change)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert WeightPreview.objects.count() == 0


def test_saving_from_the_page(sign_in, supervisor):
    found = previewed(supervisor, cost=5.0)
    client = sign_in(supervisor)
    missing = client.post(found.get_absolute_url(), {"why": ""})
    assert (missing.status_code, WeightSet.objects.count()) == (422, 0)
    answer = client.post(found.get_absolute_url(), {"why": "成本更要紧"}, follow=True)
    assert answer.redirect_chain[0][0] == URL
    made = WeightSet.objects.get()
    assert (made.why, made.author, made.terms["cost"]) == ("成本更要紧", supervisor, 5.0)
    assert "已由" in client.get(found.get_absolute_url()).content.decode()


def test_second_supervisor_is_told_and_keeps_what_was_typed(sign_in, supervisor):
    colleague = user_with(Role.SUPERVISOR, name="李主管")
    mine, theirs = previewed(supervisor, cost=5.0), previewed(colleague, speed=5.0)
    actions.save(preview=theirs, why="更看速度", by=colleague)
    client = sign_in(supervisor)
    page = client.post(mine.get_absolute_url(), {"why": "我的理由"})
    assert page.status_code == 409
    assert "李主管" in page.content.decode()
    assert page.context["form"]["why"].value() == "我的理由"
    client.post(mine.get_absolute_url(), {"why": "我的理由", "again": "1"})
    again = WeightPreview.objects.latest("pk")
    assert (again.terms, again.why, again.base_version) == (mine.terms, "我的理由", "v1")


def test_taking_back_from_the_page(sign_in, supervisor):
    old = add(supervisor, cost=5.0)
    add(supervisor, cost=9.0)
    client = sign_in(supervisor)
    client.post(f"{URL}{old.number}/restore/", {"based_on": "1"})
    assert matcher.weights().version == "v2"  # somebody saved since that page was made
    client.post(f"{URL}{old.number}/restore/", {"based_on": "2"})
    assert (matcher.weights().version, matcher.weights().terms) == ("v3", old.terms)


def test_progress_asks_again_until_it_is_done(sign_in, supervisor):
    found = actions.preview(terms=terms(cost=5.0), by=supervisor)
    client, url = sign_in(supervisor), f"{found.get_absolute_url()}progress/"
    waiting = client.get(url)
    assert ("hx-get" in waiting.content.decode(), waiting.headers.get("HX-Refresh")) == (True, None)
    run(found.pk)
    done = client.get(url)
    assert ("hx-get" in done.content.decode(), done["HX-Refresh"]) == (False, "true")


def test_page_asks_as_often_for_one_version_as_for_three(sign_in, supervisor):
    add(supervisor, cost=5.0)
    client = sign_in(supervisor)
    client.get(URL)
    before = queries_of(client, URL)
    for cost in (6.0, 7.0):
        add(user_with(Role.SUPERVISOR), cost=cost)
    assert queries_of(client, URL) == before
    assert len([sql for sql in before if "matching_weightset" in sql]) == 2


def test_desk_lists_previews_that_wait(sign_in, supervisor):
    previewed(supervisor, cost=5.0)
    assert "没有保存的权重预览" in sign_in(supervisor).get("/desk/").content.decode()


# What everybody reads


def test_public_page_says_version_share_and_why(client, supervisor):
    add(supervisor, why="企业说成本最要紧", **dict.fromkeys(TERMS, 0.0) | {"cost": 3.0, "speed": 1.0})
    page = client.get("/help/matching/")
    rows = {row.name: row for row in page.context["terms"]}
    assert (rows["cost"].share, rows["speed"].share, rows["text"].share) == (75.0, 25.0, 0.0)
    assert "企业说成本最要紧" in page.content.decode()


def test_public_page_counts_what_products_state(client):
    ProductFactory(rate_min="3.5", promised_days=3, guarantee_kinds=["credit"])
    ProductFactory()
    page = client.get("/help/matching/")
    rules = {row.name: row.stated for row in page.context["rules"]}
    stated = {row.name: row.stated for row in page.context["terms"]}
    assert (rules["kind"], rules["guarantee"], rules["rate"], rules["years"]) == (2, 1, 1, 0)
    assert (stated["cost"], stated["speed"], stated["text"]) == (1, 1, None)


def test_public_page_asks_as_often_for_one_version_as_for_three(client, supervisor):
    add(supervisor, cost=5.0)
    client.cookies["sessionid"] = "none"  # keeps the page cache out
    client.get("/help/matching/")
    before = queries_of(client, "/help/matching/")
    for cost in (6.0, 7.0):
        add(user_with(Role.SUPERVISOR), cost=cost)
    assert queries_of(client, "/help/matching/") == before
    assert len([sql for sql in before if "matching_weightset" in sql]) == 2
