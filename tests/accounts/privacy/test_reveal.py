"""Masked on the desk; whole only for a reason, on that answer, and written down."""

import pytest
from django.urls import reverse

from accounts.actions import withdraw_consent
from accounts.models import AuditEntry, Consent
from accounts.roles import Role
from tests.accounts.audit.test_recording import as_
from tests.accounts.privacy.conftest import FIRM, NAME, PHONE
from tests.factories import user_with

pytestmark = pytest.mark.django_db
WHY = {"reason": "contact", "text": "对接单超时，电话催办"}


def text(answer) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def pages(traces) -> dict:
    """{kind: (record, its desk page)}."""
    event = traces.registration.event
    return {
        "referral": (traces.referral, traces.referral.get_desk_url()),
        "visit": (traces.visit, traces.visit.get_absolute_url()),
        "request": (traces.request, traces.request.get_absolute_url()),
        "attendees": (event, reverse("events:desk_event", args=[event.slug])),
    }


@pytest.mark.parametrize("kind", ["referral", "visit", "request", "attendees"])
def test_supervisor_sees_masked_then_whole_with_a_reason_then_masked_again(traces, kind):
    record, page = pages(traces)[kind]
    supervisor = user_with(Role.SUPERVISOR)
    client, url = as_(supervisor), reverse("accounts:reveal", args=[kind, record.pk])
    for address in (page, url):
        shown = text(client.get(address))
        assert (NAME in shown, PHONE in shown, "钟离**" in shown) == (False, False, True)
    shown = text(client.post(url, WHY))
    assert (NAME in shown, PHONE in shown) == (True, True)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor, entry.reason) == ("revealed", supervisor, "联系当事人：对接单超时，电话催办")
    assert entry.enterprise_id == (None if kind == "attendees" else traces.enterprise.pk)
    shown = text(client.get(url))
    assert (NAME in shown, PHONE in shown) == (False, False)


@pytest.mark.parametrize("data", [{}, {"reason": "contact"}, {"text": "x"}, {"reason": "fun", "text": "x"}])
def test_without_a_reason_nothing_is_shown_or_recorded(traces, data):
    before = AuditEntry.objects.filter(verb="revealed").count()
    url = reverse("accounts:reveal", args=["referral", traces.referral.pk])
    answer = as_(user_with(Role.SUPERVISOR)).post(url, data)
    assert (NAME in text(answer), PHONE in text(answer)) == (False, False)
    assert AuditEntry.objects.filter(verb="revealed").count() == before


def test_team_lead_sees_the_contact_masked_and_the_visiting_advisor_whole(traces):
    page = traces.visit.get_absolute_url()
    assert (PHONE in text(as_(traces.lead).get(page)), PHONE in text(as_(traces.advisor).get(page))) == (False, True)


def test_organiser_sees_names_but_numbers_masked(traces):
    page = text(as_(traces.organiser).get(reverse("events:desk_event", args=[traces.registration.event.slug])))
    assert (NAME in page, PHONE in page, "137****5678" in page) == (True, False, True)


def test_door_sees_names_but_numbers_masked(traces):
    url = reverse("events:door", args=[traces.registration.event.slug])
    page = text(as_(traces.organiser).get(url, {"q": "钟离"}))
    assert (NAME in page, PHONE in page, "137****5678" in page) == (True, False, True)


def test_sheet_is_whole_for_the_organiser_and_masked_for_the_administrator(traces):
    from io import BytesIO

    from openpyxl import load_workbook

    url = reverse("events:desk_attendance", args=[traces.registration.event.slug])
    rows = [
        list(load_workbook(BytesIO(as_(user).get(url).content)).active.values)[1][1:3]
        for user in (traces.organiser, user_with(Role.ADMINISTRATOR))
    ]
    assert rows == [(NAME, PHONE), ("钟离**", "137****5678")]


def test_calendar_entry_of_a_team_mate_names_the_contact_masked(traces):
    url = reverse("advisors:visit_ics", args=[traces.visit.pk])
    shown = [text(as_(user).get(url)).replace("\r\n ", "") for user in (traces.advisor, traces.lead)]
    assert [NAME in each for each in shown] == [True, False]


def test_withdrawn_consent_closes_the_visit_to_the_institution_and_its_team(traces):
    withdraw_consent(Consent.objects.get(purpose="visit"))
    page = traces.visit.get_absolute_url()
    for user in (traces.advisor, traces.lead):
        shown = text(as_(user).get(page))
        assert (NAME in shown, PHONE in shown, traces.enterprise.uscc in shown) == (False, False, False)
        assert as_(user).get(reverse("accounts:reveal", args=["visit", traces.visit.pk])).status_code == 404
    calendar = text(as_(traces.advisor).get(reverse("advisors:visit_ics", args=[traces.visit.pk])))
    assert NAME not in calendar


def test_withdrawn_consent_closes_the_referral_and_restoring_opens_it(traces):
    from accounts.actions import give_consent

    consent = traces.referral.consent
    withdraw_consent(consent)
    page = as_(traces.manager).get(traces.referral.get_desk_url())
    assert (NAME in text(page), PHONE in text(page), FIRM in text(page)) == (False, False, False)
    assert FIRM not in text(as_(traces.manager).get(reverse("matching:desk_referrals")))
    give_consent(enterprise=traces.enterprise, institution=consent.institution, by=traces.owner)
    page = as_(traces.manager).get(traces.referral.get_desk_url())
    assert (NAME in text(page), PHONE in text(page), FIRM in text(page)) == (True, True, True)


def test_institutions_manager_has_no_way_round_a_withdrawn_consent(traces):
    url = reverse("accounts:reveal", args=["referral", traces.referral.pk])
    assert as_(traces.manager).get(url).status_code == 404


def test_unknown_kind_is_missing(traces):
    url = reverse("accounts:reveal", args=["nothing", 1])
    assert as_(user_with(Role.SUPERVISOR)).get(url).status_code == 404
