"""The demo's needs: made once, by the same actions, in different states, with clocks that agree with their times."""

import pytest

import accounts.demo
import catalogue.demo
from matching import demo
from matching.models import Need, Referral
from matching.referrals import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db) -> dict[str, int]:
    accounts.demo.load()
    catalogue.demo.load()
    accounts.demo.assign_demo_roles()
    return demo.load()


def test_demo_shows_every_side_and_doubles_nothing(loaded):
    assert demo.load() == loaded
    assert (Need.objects.count(), Referral.objects.count()) == (loaded["needs"], loaded["referrals"])
    assert {"submitted", "accepted", "granted", "failed", "declined"} == set(
        Referral.objects.values_list("state", flat=True)
    )
    assert [each.product.slug for each in queries.overdue()] == ["yingji-zhuandai"]


def test_demo_histories_run_forward(loaded):
    for referral in Referral.objects.all():
        times = [event.at for event in referral.events.all()]
        assert times == sorted(times)
        assert times[0] == referral.submitted_at


def test_demo_leaves_what_people_changed(loaded):
    Need.objects.filter(status="open").update(text="改过")
    demo.load()
    assert set(Need.objects.values_list("text", flat=True)) == {"改过"}
