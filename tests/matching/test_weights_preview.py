"""What a preview counts, how it is worked out by the queue, and that nobody can be picked out of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Notice
from accounts.roles import Role
from matching.models import JudgedNeed, Need, WeightPreview
from matching.ranking import Catalogue, NeedFacts, ProductFacts, Weights
from matching.ranking.comparing import FEWEST, REST, Change, Shown, Tally, compare
from matching.ranking.scoring import TERMS
from matching.weights import actions, preview, queries
from tests.factories import EnterpriseFactory, ProductFactory, RegionFactory, enterprise_user, user_with

from .conftest import make_need
from .test_weights import queries_of

BY_COST = dict.fromkeys(TERMS, 0.0) | {"cost": 1.0}
BY_SPEED = dict.fromkeys(TERMS, 0.0) | {"speed": 1.0}
CHEAP = ProductFacts("cheap", "便宜贷", rate_min=Decimal("3"), promised_days=20)
FAST = ProductFacts("fast", "快贷", rate_min=Decimal("9"), promised_days=1)


def top(*keys: str, score: float = 0.5, fits: bool = True) -> Shown:
    return Shown(keys, keys, score if keys else None, fits)


def change(before: str, after: str) -> Change:
    return Change(top(*before), top(*after))


# The pure core


def test_comparison_shows_what_rank_shows():
    found = compare(
        NeedFacts(on=date(2026, 1, 5)), Catalogue([CHEAP, FAST]), Weights("a", BY_COST), Weights("b", BY_SPEED)
    )
    assert (found.before.first, found.after.first) == ("cheap", "fast")
    assert (found.is_first, found.is_top) == (True, False)


def test_tally_counts_first_products_and_sets():
    tally = Tally()
    tally.add(1, "a", {}, change("xyz", "yxz"))
    tally.add(2, "b", {}, change("xyz", "xyw"))
    tally.add(3, "c", {}, change("xyz", "xzy"))
    tally.add(4, "c", {}, Change(top(), top("x")))
    found = tally.result()
    assert (found["needs"], found["firms"], found["first"], found["top"]) == (4, 3, 2, 2)
    assert [(row["product"], row["before"], row["after"]) for row in found["moved"]] == [("y", 0, 1)]
    assert [row["need"] for row in found["examples"]] == [1, 4]


def groups(sizes: dict[str, int]) -> list[dict]:
    tally = Tally()
    for code, firms in sizes.items():
        for number in range(firms):
            tally.add(0, f"{code}{number}", {"region": code}, change("x", "y" if number else "x"))
    return tally.result()["groups"]["region"]


def test_groups_below_five_are_put_together():
    found = groups({"big": 6, "small": 3, "tiny": 2})
    assert [(row["code"], row["firms"]) for row in found] == [("big", 6), (REST, 5)]


def test_one_small_group_takes_the_next_with_it():
    """Else it is what is missing from the whole."""
    assert [(row["code"], row["firms"]) for row in groups({"big": 9, "middle": 5, "small": 1})] == [
        ("big", 9),
        (REST, 6),
    ]


def test_nothing_is_told_of_fewer_than_five_enterprises():
    assert groups({"small": FEWEST - 1}) == []


def test_group_figures():
    (row,) = groups({"big": 5})
    assert row == {
        "code": "big", "firms": 5, "needs": 5, "fits": [100.0, 100.0], "scores": [0.5, 0.5], "first": 80.0,
    }  # fmt: skip


# By the queue


@pytest.fixture
def supervisor(db):
    return user_with(Role.SUPERVISOR)


@pytest.fixture
def two_products(db):
    cheap = ProductFactory(name="便宜贷", purposes=["working_capital"], rate_min="3", promised_days=20)
    fast = ProductFactory(name="快贷", purposes=["working_capital"], rate_min="9", promised_days=1)
    return cheap, fast


def worked_out(supervisor, now=BY_COST, then=BY_SPEED) -> WeightPreview:
    actions.add(terms=now, why="看成本", by=supervisor, based_on=actions.newest_number())
    found = actions.preview(terms=then, by=supervisor)
    preview.run(found.pk)
    return WeightPreview.objects.get(pk=found.pk)


def test_preview_tells_what_changes_for_recent_needs(supervisor, two_products):
    needs = [make_need(enterprise_user()) for _number in range(3)]
    old = make_need(enterprise_user())
    Need.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    found = worked_out(supervisor)
    assert (found.state, found.done, found.total) == ("done", 3, 3)
    assert (found.needs["needs"], found.needs["first"], found.needs["top"]) == (3, 3, 0)
    moved = {row["name"]: (row["before"], row["after"]) for row in found.needs["moved"]}
    assert moved == {"便宜贷": (3, 0), "快贷": (0, 3)}
    assert {row["need"] for row in found.needs["examples"]} == {need.pk for need in needs}
    assert found.needs["all"] is None


def test_preview_scores_judged_sentences(supervisor, two_products):
    JudgedNeed.objects.create(text="想借 50 万周转", best="便宜贷")
    JudgedNeed.objects.create(text="急用 30 万周转", best="快贷", acceptable=["便宜贷"])
    JudgedNeed.objects.create(text="想借 20 万周转", best="没有的贷")
    found = worked_out(supervisor).results["judged"]
    assert (found["sentences"], found["left_out"], found["unread"]) == (2, 1, 0)
    assert (found["before"]["best"], found["before"]["acceptable"], found["before"]["among"]) == (1, 2, 2)
    assert (found["after"]["best"], found["after"]["acceptable"], found["after"]["among"]) == (1, 1, 2)
    assert [(row["best"], row["is_right"]) for row in found["changed"]] == [("便宜贷", False), ("快贷", True)]


def test_sentence_that_was_struck_is_struck_in_old_previews_too(supervisor, two_products, sign_in):
    sentence = JudgedNeed.objects.create(text="王小明想借 50 万周转", best="便宜贷")
    found = worked_out(supervisor)
    client = sign_in(supervisor)
    assert sentence.text in client.get(found.get_absolute_url()).content.decode()
    JudgedNeed.objects.update(text="***想借 50 万周转")
    page = client.get(found.get_absolute_url()).content.decode()
    assert ("***想借 50 万周转" in page, "王小明" in page) == (True, False)


def test_preview_of_nothing_teaches(supervisor, sign_in):
    found = worked_out(supervisor)
    page = sign_in(supervisor).get(found.get_absolute_url()).content.decode()
    assert "最近没有需求" in page
    assert "还没有评判句" in page


def test_preview_takes_the_newest_needs_up_to_a_limit(supervisor, two_products, monkeypatch):
    monkeypatch.setattr(preview, "MOST", 2)
    needs = [make_need(enterprise_user()) for _number in range(3)]
    found = worked_out(supervisor)
    assert (found.needs["needs"], found.needs["is_sample"]) == (2, True)
    assert {row["need"] for row in found.needs["examples"]} == {need.pk for need in needs[1:]}


def test_page_tells_groups_and_hides_small_ones(supervisor, two_products, sign_in):
    elsewhere = RegionFactory(code="331123", name="遂昌县", full_name="浙江省丽水市遂昌县")
    for _number in range(6):
        make_need(enterprise_user(EnterpriseFactory(size_class="micro")))
    for _number in range(2):
        make_need(enterprise_user(EnterpriseFactory(region=elsewhere, size_class="small")))
    found = worked_out(supervisor)
    fairness = queries.fairness(found.needs)
    assert [[(row["name"], row["firms"]) for row in each.rows] for each in fairness] == [
        [("其余各组合计", 8)],
        [("其余各组合计", 8)],
        [("C", 8)],
    ]
    page = sign_in(supervisor).get(found.get_absolute_url()).content.decode()
    assert "遂昌县" not in page


def test_page_of_examples_names_nobody(supervisor, two_products, sign_in):
    need = make_need(enterprise_user(name="王小明"))
    page = sign_in(supervisor).get(worked_out(supervisor).get_absolute_url()).content.decode()
    assert need.get_absolute_url() in page
    assert [each for each in (need.text, need.enterprise.name, "王小明") if each in page] == []


def test_page_asks_as_often_for_one_need_as_for_three(supervisor, two_products, sign_in):
    client, asked = sign_in(supervisor), []
    for more in (1, 2):
        for _number in range(more):
            make_need(enterprise_user())
        url = worked_out(supervisor).get_absolute_url()
        client.get(url)
        asked.append(len(queries_of(client, url)))
    assert asked[0] == asked[1]
    assert len(client.get(url).context["examples"]) == 3


def test_running_twice_counts_once(supervisor, two_products):
    make_need(enterprise_user())
    found = worked_out(supervisor)
    preview.run(found.pk)
    again = WeightPreview.objects.get(pk=found.pk)
    assert (again.results, again.attempts) == (found.results, 1)


def test_second_worker_leaves_a_running_preview_alone(supervisor):
    found = actions.preview(terms=BY_COST, by=supervisor)
    WeightPreview.objects.filter(pk=found.pk).update(
        state="running", lease="other", leased_until=timezone.now() + timedelta(minutes=1)
    )
    preview.run(found.pk)
    assert WeightPreview.objects.get(pk=found.pk).state == "running"


def test_preview_left_by_a_crash_is_taken_up(supervisor):
    found = actions.preview(terms=BY_COST, by=supervisor)
    WeightPreview.objects.filter(pk=found.pk).update(
        state="running", lease="dead", attempts=1, leased_until=timezone.now() - timedelta(minutes=1)
    )
    assert preview.take_up() == 1
    preview.run(found.pk)
    assert (WeightPreview.objects.get(pk=found.pk).state, preview.take_up()) == ("done", 0)


def test_preview_that_fails_three_times_says_so(supervisor, sign_in):
    found = actions.preview(terms=BY_COST, by=supervisor)
    WeightPreview.objects.filter(pk=found.pk).update(attempts=3, created_at=timezone.now() - timedelta(minutes=9))
    preview.run(found.pk)
    assert WeightPreview.objects.get(pk=found.pk).state == "failed"
    assert Notice.objects.filter(user=supervisor).count() == 1
    assert "再算一次" in sign_in(supervisor).get(found.get_absolute_url()).content.decode()


def test_unsaved_previews_are_forgotten_after_thirty_days(supervisor):
    kept, gone = (actions.preview(terms=BY_COST, by=supervisor) for _number in range(2))
    WeightPreview.objects.filter(pk=gone.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert preview.forget() == 1
    assert list(WeightPreview.objects.all()) == [kept]
