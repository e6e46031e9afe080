"""The calendar files, parsed back."""

from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from advisors import actions
from tests.advisors.conftest import coming

pytestmark = pytest.mark.django_db


def feed_of(client, advisor) -> Calendar:
    answer = client.get(reverse("advisors:feed", args=[advisor.feeds.get(revoked_at=None).token]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return Calendar.from_ical(answer.content)


def test_feed_holds_each_visit_with_its_time_in_china(client, people, plan):
    visit = plan()
    plan(advisor=people.colleague)
    actions.new_feed(people.advisor)
    calendar = feed_of(client, people.advisor)
    assert (str(calendar["METHOD"]), str(calendar["VERSION"])) == ("PUBLISH", "2.0")
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    [entry] = calendar.walk("VEVENT")
    assert entry.decoded("DTSTART") == visit.starts_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert entry["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert (entry.decoded("DTEND") - entry.decoded("DTSTART")).seconds == 3600
    assert str(entry["SUMMARY"]) == f"走访 {people.enterprise}"
    assert (str(entry["STATUS"]), str(entry["LOCATION"])) == ("TENTATIVE", "定海区示例路 1 号")


def test_entry_keeps_its_uid_and_counts_changes(client, people, plan):
    visit = plan()
    actions.new_feed(people.advisor)
    [before] = feed_of(client, people.advisor).walk("VEVENT")
    actions.confirm_visit(visit, by=people.owner)
    actions.move_visit(visit, by=people.lead, starts_at=coming(2), ends_at=coming(2, 10), reason="有会")
    [moved] = feed_of(client, people.advisor).walk("VEVENT")
    assert str(moved["UID"]) == str(before["UID"])
    assert (before["SEQUENCE"], moved["SEQUENCE"]) == (0, 2)
    assert timezone.localtime(moved.decoded("DTSTART")) == coming(2)
    actions.cancel_visit(visit, by=people.owner, reason="不用了")
    [cancelled] = feed_of(client, people.advisor).walk("VEVENT")
    assert (str(cancelled["STATUS"]), cancelled["SEQUENCE"]) == ("CANCELLED", 3)


def test_single_visit_file_cancels_itself(client, people, plan):
    visit = plan()
    client.force_login(people.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("advisors:my_visit_ics", args=[visit.pk])
    assert str(Calendar.from_ical(client.get(address).content)["METHOD"]) == "PUBLISH"
    actions.cancel_visit(visit, by=people.owner, reason="不用了")
    assert str(Calendar.from_ical(client.get(address).content)["METHOD"]) == "CANCEL"


def test_new_address_ends_the_old_one_and_revoking_ends_it(client, people):
    client.force_login(people.advisor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post(reverse("advisors:manage_feed"), {"do": "new"})
    first = people.advisor.feeds.get(revoked_at=None)
    client.post(reverse("advisors:manage_feed"), {"do": "new"})
    second = people.advisor.feeds.get(revoked_at=None)
    client.logout()
    statuses = [client.get(reverse("advisors:feed", args=[each.token])).status_code for each in (first, second)]
    assert statuses == [404, 200]
    actions.revoke_feed(people.advisor)
    assert client.get(reverse("advisors:feed", args=[second.token])).status_code == 404
