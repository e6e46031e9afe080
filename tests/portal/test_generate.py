"""`manage.py generate`: whole, believable, the same for a seed, quick."""

import json
from collections import Counter
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Enterprise, Industry
from advisors.models import ACTIVE_STATES, AdvisorTeam, Visit, VisitEvent, VisitLog
from matching.models import Need
from matching.needs.parser import parse
from search.maintenance import differences
from tests.factories import RegionFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    Industry.objects.create(code="1530", name="精制茶加工", section="C", level=4)
    return RegionFactory()


def generated(**wanted) -> dict:
    report = StringIO()
    call_command("generate", json=True, stdout=report, verbosity=0, **wanted)
    return json.loads(report.getvalue())


def told(model, *names) -> list[tuple]:
    return list(model.objects.order_by("pk").values_list(*names))


def empty() -> None:
    for model in (VisitLog, VisitEvent, Visit, Need):
        model._base_manager.all()._raw_delete("default")


def test_needs_and_visits_are_whole(place):
    report = generated(enterprises=30, needs=90, visits=90, seed=5)
    assert (report["needs"], Need.objects.count(), Visit.objects.count()) == (90, 90, 90)
    for row in (*Need.objects.all(), *Visit.objects.all(), *VisitEvent.objects.all(), *VisitLog.objects.all()):
        row.full_clean()
    assert set(Counter(Need.objects.values_list("status", flat=True))) == {"open", "closed"}
    assert VisitLog.objects.count() == Visit.objects.filter(state="done").count() > 0
    assert Visit.objects.exclude(events__step="plan").count() == 0
    assert AdvisorTeam.objects.filter(members__is_lead=True).count() == AdvisorTeam.objects.count() == 1
    assert list(differences(["need", "visit", "advisor", "team"], "embedded")) == []


def test_what_a_need_says_is_what_its_columns_hold(place):
    generated(enterprises=5, needs=40, seed=5)
    for need in Need.objects.all():
        parsed = parse(need.text, today=need.created_at.date())
        assert (parsed.amount_high, need.text) == (need.amount_high, need.text)


def test_visits_of_an_advisor_never_meet_also_after_a_second_run(place):
    generated(enterprises=5, visits=60, seed=5)
    generated(visits=60, seed=5)
    taken: dict[int, list] = {}
    for visit in Visit.objects.filter(state__in=ACTIVE_STATES).order_by("starts_at"):
        taken.setdefault(visit.advisor_id, []).append((visit.starts_at, visit.ends_at))
    assert len(taken) == 2
    for times in taken.values():
        assert all(one[1] <= two[0] for one, two in pairwise(times))


def test_same_seed_makes_the_same(place):
    generated(enterprises=20, seed=5)
    names = {
        Need: ("enterprise", "text", "amount_high", "client_key"),
        Visit: ("enterprise", "state", "purpose", "client_key"),
    }
    runs = []
    for seed in (5, 5, 6):
        empty()
        generated(needs=20, visits=20, seed=seed)
        runs.append([told(model, *fields) for model, fields in names.items()])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_needs_without_made_up_enterprises_are_refused_in_words(place):
    with pytest.raises(CommandError, match="--enterprises comes first"):
        generated(needs=1)
    assert Need.objects.count() == 0


def test_real_enterprises_get_no_made_up_needs(place):
    from tests.factories import EnterpriseFactory

    EnterpriseFactory(is_demo=False)
    generated(enterprises=3, needs=20, visits=20, seed=1)
    assert Need.objects.filter(enterprise__is_demo=False).count() == 0
    assert Enterprise.objects.filter(is_demo=False).count() == 1


def test_supervisor_sees_made_up_visits_where_all_visits_are(place, client):
    generated(enterprises=3, visits=5, seed=1)
    client.force_login(user_with("supervisor"))
    assert client.get(Visit.objects.order_by("pk")[0].get_absolute_url()).status_code == 200
