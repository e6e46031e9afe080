"""A new or changed product finds the open needs that it fits, and those who asked are told once; the nightly look."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Notice
from catalogue.models import Product
from matching.alerts import finding, nightly
from matching.alerts.telling import FIRST, News, tell
from matching.models import FreshProduct, GapReport, MatchRun, Need, NightlyMatch, ProductAlert
from matching.needs import actions as needs
from matching.ranking import Weights
from tests.factories import ProductFactory, enterprise_user
from tests.queue import drain

from .conftest import TEXT, make_need

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 24, 2, 30, tzinfo=timezone.get_fixed_timezone(8 * 60))


@pytest.fixture
def need() -> Need:
    return make_need(enterprise_user(), tells_new=True)


def fitting(**fields) -> Product:
    return ProductFactory(**{"purposes": ["working_capital"], "amount_max": Decimal(1_000_000)} | fields)


def notices(need: Need) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=need.author).order_by("pk").values_list("text", "url"))


def test_a_published_product_is_told_to_the_need_it_fits(need):
    product = fitting(name="鲜叶快贷")
    drain()
    assert notices(need) == [(f"有新的合适产品“鲜叶快贷”，在您的需求“{TEXT}”里排第 1。", f"/needs/{need.pk}/")]
    assert list(ProductAlert.objects.values_list("need", "product", "place")) == [(need.pk, product.pk, 1)]
    assert FreshProduct.objects.count() == 0


def test_a_product_that_was_in_the_list_already_is_no_news():
    product = fitting()
    need = make_need(enterprise_user(), tells_new=True)
    product.summary = "换一句介绍"
    product.save()
    assert FreshProduct.objects.count() == 1
    drain()
    assert (notices(need), FreshProduct.objects.count()) == ([], 0)


def test_what_a_worker_has_taken_others_leave_until_it_is_silent_too_long(need):
    fitting()
    OrmQ.objects.all().delete()
    FreshProduct.objects.update(tried_at=timezone.now(), noted_at=timezone.now() - timedelta(hours=1))
    assert (finding.look_through(), finding.take_up()) == (0, False)
    FreshProduct.objects.update(tried_at=timezone.now() - finding.LEASE - timedelta(seconds=1))
    assert (finding.take_up(), finding.look_through()) == (True, 1)


def test_a_product_that_fails_three_times_is_given_up(need, monkeypatch):
    fitting()
    monkeypatch.setattr(finding, "fitting", lambda *args, **kwargs: 1 / 0)
    for _attempt in range(finding.MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            finding.look_through()
    assert (finding.look_through(), FreshProduct.objects.count()) == (0, 0)


def test_a_need_written_by_what_runs_from_before_an_upgrade_is_not_told(need):
    columns = [field.column for field in Need._meta.concrete_fields if field.column not in {"id", "tells_new"}]
    values = ["%s" if name == "client_key" else name for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO matching_need ({', '.join(columns)}) SELECT {', '.join(values)} FROM matching_need",
            ["0" * 32],
        )
    assert sorted(Need.objects.values_list("tells_new", flat=True)) == [False, True]


def test_several_products_published_together_make_one_notice(need):
    for name in ("甲贷", "乙贷", "丙贷"):
        fitting(name=name)
    assert FreshProduct.objects.count() == 3
    drain()
    assert len(notices(need)) == 1
    assert notices(need)[0][0].startswith("有 3 款新的合适产品（")
    assert ProductAlert.objects.count() == 3


def test_a_product_published_again_is_not_told_again(need):
    product = fitting()
    drain()
    product.save()
    assert FreshProduct.objects.count() == 1
    drain()
    assert len(notices(need)) == 1


def test_a_task_run_twice_tells_once(need):
    product = fitting()
    drain()
    FreshProduct.objects.create(product=product, noted_at=timezone.now())
    assert finding.look_through() == 0
    assert len(notices(need)) == 1


def test_a_changed_product_that_now_fits_is_told(need):
    product = fitting(amount_max=Decimal(100_000))
    drain()
    assert notices(need) == []
    product.amount_max = Decimal(900_000)
    product.save()
    drain()
    assert len(notices(need)) == 1


def test_a_product_that_fails_a_rule_is_not_told(need):
    fitting(amount_max=Decimal(100_000))
    fitting(kind="insurance")
    fitting(valid_to=timezone.localdate() - timedelta(days=1))
    drain()
    assert notices(need) == []


def test_only_the_first_of_a_ranking_are_told(need):
    for number in range(FIRST):
        fitting(name=f"优 {number}", guarantee_kinds=["credit"], rate_min=Decimal(2), promised_days=1)
    drain()
    Notice.objects.all().delete()
    fitting(name="差一些", purposes=[], guarantee_kinds=["real_estate", "credit"], promised_days=30)
    drain()
    assert notices(need) == []


@pytest.mark.parametrize(
    "over",
    [
        lambda need: needs.tell_of_new(need, yes=False),
        needs.close,
        lambda need: Need.objects.filter(pk=need.pk).update(needed_by=timezone.localdate() - timedelta(days=1)),
        lambda need: need.author.enterprise_memberships.update(is_active=False),
    ],
    ids=["unwished", "closed", "expired", "author left"],
)
def test_who_does_not_wait_is_left_alone(need, over):
    other = make_need(enterprise_user(), tells_new=True)
    over(need)
    fitting()
    drain()
    assert notices(need) == []
    assert len(notices(other)) == 1


def test_a_need_that_ends_while_the_task_runs_is_left_alone(need):
    product = fitting()
    needs.close(need)
    assert tell(need.pk, [News(product.pk, product.name, 1)]) == 0


def test_nothing_waits_where_nobody_asked_to_be_told():
    make_need(enterprise_user())
    fitting()
    assert FreshProduct.objects.count() == 0


def test_a_draft_or_a_mere_note_of_a_product_waits_for_nothing(need):
    product = fitting(live=False)
    assert FreshProduct.objects.count() == 0
    Product.objects.filter(pk=product.pk).update(live=True)
    product.refresh_from_db()
    product.has_unpublished_changes = True
    product.save(update_fields=["has_unpublished_changes"])
    assert FreshProduct.objects.count() == 0


def test_what_a_crash_left_is_taken_up(need):
    product = fitting()
    OrmQ.objects.all().delete()
    assert finding.take_up() is False
    FreshProduct.objects.update(noted_at=timezone.now() - timedelta(hours=1))
    assert finding.take_up() is True
    drain()
    assert list(ProductAlert.objects.values_list("product", flat=True)) == [product.pk]


def test_columns_are_kept_until_a_need_or_its_enterprise_changes(need):
    today = timezone.localdate()
    first = finding.open_needs(today)
    assert finding.open_needs(today) is first
    need.enterprise.save()
    second = finding.open_needs(today)
    assert second is not first
    make_need(enterprise_user(), tells_new=True)
    assert len(finding.open_needs(today)) == len(second) + 1


# The choice


def test_the_box_is_ticked_until_it_is_emptied(client, sign_in):
    fitting()
    page = client.get("/needs/new/", {"text": TEXT})
    assert page.context["tells_new"] is True
    page = client.get("/needs/new/", {"text": TEXT, "tells_asked": "1"})
    assert page.context["tells_new"] is False
    owner = enterprise_user()
    sign_in(owner).post("/needs/new/", {"text": TEXT, "confirmed": "1", "amount_high": "50", "tells_asked": "1"})
    client.post(
        "/needs/new/", {"text": TEXT, "confirmed": "1", "amount_high": "50", "tells_asked": "1", "tells_new": "1"}
    )
    assert list(Need.objects.order_by("pk").values_list("tells_new", flat=True)) == [False, True]


def test_the_choice_can_be_changed_on_the_needs_page(sign_in, need):
    client = sign_in(need.author)
    assert "不用再通知" in client.get(f"/needs/{need.pk}/").content.decode()
    assert client.post(f"/needs/{need.pk}/tell/").url == f"/needs/{need.pk}/"
    need.refresh_from_db()
    assert need.tells_new is False
    client.post(f"/needs/{need.pk}/tell/", {"tells_new": "1"})
    need.refresh_from_db()
    assert need.tells_new is True


# At night


@time_machine.travel(NIGHT, tick=False)
def test_a_night_keeps_a_run_only_where_results_changed():
    product = fitting()
    changed, same = make_need(enterprise_user()), make_need(enterprise_user(), amount_low=10**5, amount_high=10**5)
    Product.objects.filter(pk=product.pk).update(amount_max=Decimal(200_000))
    _read_anew()
    night = nightly.begin()
    drain()
    night.refresh_from_db()
    assert (night.total, night.done, night.changed, night.finished_at) == (2, 2, 1, timezone.now())
    assert [run.occasion for run in changed.runs.all()] == ["nightly", "submitted"]
    assert changed.runs.first().results == []
    assert [run.occasion for run in same.runs.all()] == ["submitted"]


def _read_anew() -> None:
    from matching.changes import touch

    touch()


@time_machine.travel(NIGHT, tick=False)
def test_a_night_is_begun_once_a_day_and_a_second_run_changes_nothing(need):
    fitting()
    drain()
    night = nightly.begin()
    assert nightly.begin() is None
    drain()
    runs = MatchRun.objects.count()
    NightlyMatch.objects.update(finished_at=None, cursor=0, done=0)
    nightly.run(night.pk)
    assert MatchRun.objects.count() == runs


@time_machine.travel(NIGHT, tick=False)
@pytest.mark.parametrize(("version", "told"), [(Weights.default().version, 1), ("v1", 0)], ids=["same", "other"])
def test_a_night_tells_of_products_and_not_of_other_weights(version, told):
    fitting()
    need = make_need(enterprise_user(), tells_new=True)
    need.runs.update(results=[], weights_version=version)
    nightly.begin()
    drain()
    assert (need.runs.count(), len(notices(need))) == (2, told)


def test_a_night_that_is_killed_before_it_tells_tells_the_next_time(need, monkeypatch):
    with time_machine.travel(NIGHT, tick=False):
        fitting(valid_from=date(2026, 11, 25))
        drain()
    with time_machine.travel(NIGHT + timedelta(days=1), tick=False):
        night = nightly.begin()
        OrmQ.objects.all().delete()
        with monkeypatch.context() as patch:
            patch.setattr(nightly, "tell", lambda *args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                nightly.run(night.pk)
        nightly.run(night.pk)
        assert (len(notices(need)), need.runs.count()) == (1, 2)


@time_machine.travel(NIGHT, tick=False)
def test_gaps_are_looked_for_after_the_night():
    make_need(enterprise_user())
    nightly.begin()
    drain()
    assert list(GapReport.objects.values_list("state", "as_of", "by")) == [("done", timezone.now(), None)]


def test_a_night_tells_of_what_opened_today(need):
    with time_machine.travel(NIGHT, tick=False):
        product = fitting(valid_from=date(2026, 11, 25), name="明日贷")
        drain()
        assert notices(need) == []
    with time_machine.travel(NIGHT + timedelta(days=1), tick=False):
        nightly.begin()
        drain()
        assert list(ProductAlert.objects.values_list("product", flat=True)) == [product.pk]
        assert "明日贷" in notices(need)[0][0]


@pytest.mark.parametrize(("hour", "begins"), [(0, False), (1, True), (5, True), (6, False), (14, False)])
def test_it_begins_at_night_only_where_there_was_one_lately(hour, begins):
    with time_machine.travel(NIGHT.replace(hour=23) - timedelta(days=1), tick=False):
        nightly.begin()
    with time_machine.travel(NIGHT.replace(hour=hour), tick=False):
        assert (nightly.begin() is not None) == begins


@time_machine.travel(NIGHT, tick=False)
def test_a_night_goes_on_where_a_killed_worker_stopped(monkeypatch):
    fitting()
    first, second = make_need(enterprise_user()), make_need(enterprise_user())
    MatchRun.objects.all().delete()
    night = nightly.begin()
    NightlyMatch.objects.update(lease="dead", cursor=first.pk, done=1)
    nightly.run(night.pk)  # the other may still be at it
    assert MatchRun.objects.count() == 0
    NightlyMatch.objects.update(leased_until=NIGHT - timedelta(minutes=1))
    assert nightly.take_up() == 1
    drain()
    assert list(MatchRun.objects.values_list("need", flat=True)) == [second.pk]
    night.refresh_from_db()
    assert night.done == 2


@time_machine.travel(NIGHT, tick=False)
def test_a_night_that_fails_three_times_in_one_place_is_given_up(monkeypatch):
    make_need(enterprise_user())
    night = nightly.begin()
    OrmQ.objects.all().delete()
    monkeypatch.setattr(nightly, "_match", lambda *args: 1 / 0)
    for _attempt in range(nightly.MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            nightly.run(night.pk)
    nightly.run(night.pk)
    night.refresh_from_db()
    assert night.finished_at is not None


@pytest.mark.parametrize("count", [1, 4])
@time_machine.travel(NIGHT, tick=False)
def test_queries_of_a_night_do_not_grow_with_needs_that_stay_the_same(django_assert_num_queries, count):
    fitting()
    for _number in range(count):
        make_need(enterprise_user())
    night = nightly.begin()
    with django_assert_num_queries(16):  # six of them ask for the report on gaps
        nightly.run(night.pk)
