"""Pages of events, as people and other programs use them."""

import uuid
from io import BytesIO

import pytest
from django.urls import reverse
from icalendar import Calendar
from openpyxl import load_workbook

from accounts.roles import Role
from events import sheets
from events.models import CheckIn, Event, Registration
from tests.factories import EventFactory, RegionFactory, RegistrationFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
FORM = {
    "name": "李四",
    "phone": "138 1234 5678",
    "organisation": "茶厂",
    "attendee_type": "enterprise",
    "consent": "on",
}


def url(event: Event) -> str:
    return reverse("events:register", args=[event.slug])


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(client, django_assert_num_queries, count):
    EventFactory.create_batch(count)
    client.get("/events/")
    with django_assert_num_queries(3):
        client.get("/events/")


@pytest.mark.parametrize("count", [1, 3])
def test_desk_event_queries(client, django_assert_max_num_queries, count):
    organiser, event = user_with(Role.ORGANISER), EventFactory()
    event.organisers.add(organiser)
    RegistrationFactory.create_batch(count, event=event)
    client.force_login(organiser)
    page = reverse("events:desk_event", args=[event.slug])
    client.get(page)
    with django_assert_max_num_queries(16):
        client.get(page)


def test_register_without_script(client):
    """GET page → GET register → POST register → redirect to the ticket page."""
    event = EventFactory()
    assert url(event) in client.get(event.get_absolute_url()).content.decode()
    key = client.get(url(event)).context["form"]["client_key"].value()
    answer = client.post(url(event), FORM | {"client_key": str(key)})
    made = Registration.objects.get()
    assert answer.url == made.get_absolute_url()
    assert made.phone == "+8613812345678"
    ticket = client.get(answer.url).content.decode()
    assert made.code in ticket
    assert "<svg" in ticket


def test_register_posted_twice(client):
    event, key = EventFactory(), str(uuid.uuid4())
    answers = [client.post(url(event), FORM | {"client_key": key}).url for _ in range(2)]
    assert answers[0] == answers[1]
    assert Registration.objects.count() == 1


def test_register_by_a_stranger_with_a_known_phone(client):
    event = EventFactory()
    made = RegistrationFactory(event=event, phone="+8613812345678")
    answer = client.post(url(event), FORM)
    assert answer.status_code == 409
    assert made.token not in answer.content.decode()
    assert "已经报过名" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"phone": "12345"}, "11 位手机号"), ({"consent": ""}, "请勾选同意"), ({"uscc": "9133"}, "少 14 位")],
)
def test_register_with_a_mistake_keeps_what_was_typed(client, changes, words):
    event = EventFactory()
    answer = client.post(url(event), FORM | changes)
    assert words in answer.content.decode()
    assert 'value="茶厂"' in answer.content.decode()
    assert Registration.objects.count() == 0


def test_register_at_a_closed_event_keeps_what_was_typed(client):
    event = EventFactory(state="closed")
    answer = client.post(url(event), FORM)
    assert answer.status_code == 409
    assert "没有在接受报名" in answer.content.decode()
    assert 'value="茶厂"' in answer.content.decode()


def test_draft_is_not_public(client):
    event = EventFactory(state="draft")
    assert client.get(event.get_absolute_url()).status_code == 404
    assert client.get(url(event)).status_code == 404


def test_ticket_is_never_stored(client):
    answer = client.get(RegistrationFactory().get_absolute_url())
    assert "no-store" in answer["Cache-Control"]


def test_ticket_unknown(client):
    assert client.get("/tickets/nobody/").status_code == 404


def test_ticket_cancelled_and_restored(client):
    made = RegistrationFactory()
    client.post(reverse("events:ticket_cancel", args=[made.token]))
    assert Registration.objects.get().state == "cancelled"
    client.post(reverse("events:ticket_restore", args=[made.token]))
    assert Registration.objects.get().state == "confirmed"


def test_calendar_read_back(client):
    event = EventFactory(title="茶业对接会")
    EventFactory(state="draft")
    entries = Calendar.from_ical(client.get("/events/calendar.ics").content).walk("VEVENT")
    assert [(str(each["SUMMARY"]), each["DTSTART"].dt, each["DTEND"].dt) for each in entries] == [
        ("茶业对接会", event.starts_at.replace(microsecond=0), event.ends_at.replace(microsecond=0))
    ]


def test_door_by_code_then_undo(client):
    staff, registration = user_with(Role.DOOR_STAFF), RegistrationFactory(name="王五")
    registration.event.door_staff.add(staff)
    client.force_login(staff)
    door = reverse("events:door", args=[registration.event.slug])
    page = client.post(door, {"ticket": registration.code, "scan_id": uuid.uuid4()}).content.decode()
    assert "签到成功" in page
    assert "王五" in page
    again = client.post(
        door, {"ticket": registration.token, "scan_id": uuid.uuid4()}, headers={"accept": "application/json"}
    ).json()
    assert (again["ok"], again["again"], again["counts"]["inside"]) == (True, True, 1)
    client.post(door, {"registration": registration.pk, "scan_id": uuid.uuid4(), "undo": "1"})
    assert [row.kind for row in CheckIn.objects.all()] == ["in", "in", "undo"]


def test_door_with_somebody_elses_registration_id(client):
    staff, event, other = user_with(Role.DOOR_STAFF), EventFactory(), RegistrationFactory()
    event.door_staff.add(staff)
    client.force_login(staff)
    answer = client.post(
        reverse("events:door", args=[event.slug]),
        {"registration": other.pk, "scan_id": uuid.uuid4()},
        headers={"accept": "application/json"},
    )
    assert (answer.status_code, answer.json()["ok"]) == (409, False)
    assert CheckIn.objects.count() == 0


def test_attendance_sheet(client):
    event = EventFactory()
    RegistrationFactory(event=event, name="=1+1", organisation="@茶厂", phone="+8613812345678")
    rows = list(load_workbook(BytesIO(sheets.attendance(event))).active.values)
    assert rows[0] == sheets.HEAD
    assert rows[1][1:4] == ("'=1+1", "13812345678", "'@茶厂")
    assert rows[1][8] == "否"


def test_attendance_sheet_drops_what_no_sheet_can_hold():
    event = EventFactory()
    RegistrationFactory(event=event, name="张\x0b三", organisation="\x01=1+1")
    rows = list(load_workbook(BytesIO(sheets.attendance(event))).active.values)
    assert (rows[1][1], rows[1][3]) == ("张三", "'=1+1")


DRAFT = {
    "title": "新茶对接会",
    "slug": "new-tea",
    "kind": "matchmaking",
    "summary": "春茶",
    "region": "330902",
    "venue": "工商联",
    "starts_at": "2030-03-01T14:00",
    "ends_at": "2030-03-01T16:00",
    "capacity": "20",
    "sessions-TOTAL_FORMS": "1",
    "sessions-INITIAL_FORMS": "0",
    "sessions-0-starts_at": "14:00",
    "sessions-0-title": "开场",
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "new"}, "不能用作网址名"),
        ({"capacity": "0"}, "名额至少是 1 人"),
        ({"registration_closes_at": "2030-03-02T09:00"}, "报名截止不能晚于活动结束"),
    ],
)
def test_draft_with_a_mistake_keeps_what_was_typed(client, changes, words):
    RegionFactory()
    client.force_login(user_with(Role.ORGANISER))
    page = client.post(reverse("events:desk_new"), DRAFT | changes).content.decode()
    assert words in page
    assert 'value="新茶对接会"' in page
    assert Event.objects.count() == 0


def test_draft_without_an_address_gets_one_by_its_day(client):
    RegionFactory()
    client.force_login(user_with(Role.ORGANISER))
    client.post(reverse("events:desk_new"), DRAFT | {"slug": ""})
    assert Event.objects.get().slug[:9] == "20300301-"


def test_published_event_keeps_its_address_and_enough_places(client):
    organiser = user_with(Role.ORGANISER)
    event = RegistrationFactory(event__slug="printed", event__capacity=2, event__region=RegionFactory()).event
    RegistrationFactory(event=event)
    event.organisers.add(organiser)
    client.force_login(organiser)
    edit = reverse("events:desk_edit", args=["printed"])
    page = client.post(edit, DRAFT | {"slug": "other", "capacity": "1"}).content.decode()
    assert "已有 2 人报名成功" in page
    client.post(edit, DRAFT | {"slug": "other", "capacity": "3"})
    event.refresh_from_db()
    assert (event.slug, event.capacity, event.title) == ("printed", 3, "新茶对接会")


def test_registrations_found_by_a_phone_with_spaces_or_not_at_all(client):
    organiser, event = user_with(Role.ORGANISER), EventFactory()
    RegistrationFactory(event=event, name="张三", phone="+8613812345678")
    event.organisers.add(organiser)
    client.force_login(organiser)
    page = reverse("events:desk_event", args=[event.slug])
    assert "张三" in client.get(page, {"q": "138 1234 5678"}).content.decode()
    nobody = client.get(page, {"q": "李&四"}).content.decode()
    assert "没有符合条件的人" in nobody
    assert "还没有人报名" not in nobody


def test_ticket_of_an_event_called_off_shows_no_code(client):
    made = RegistrationFactory(event__state="cancelled")
    page = client.get(made.get_absolute_url()).content.decode()
    assert made.code not in page
    assert "您不用前来" in page


def test_event_made_in_the_desk(client):
    organiser = user_with(Role.ORGANISER)
    RegionFactory()
    client.force_login(organiser)
    form = DRAFT
    wrong = client.post(reverse("events:desk_new"), form | {"ends_at": "2030-03-01T13:00"})
    assert "结束时间要晚于开始时间" in wrong.content.decode()
    assert Event.objects.count() == 0
    client.post(reverse("events:desk_new"), form)
    event = Event.objects.get()
    assert (event.state, list(event.organisers.all()), event.sessions.get().title) == ("draft", [organiser], "开场")
    client.post(reverse("events:desk_move", args=[event.slug, "publish"]))
    assert Event.objects.get().state == "published"
    client.post(reverse("events:desk_move", args=[event.slug, "publish"]))
    assert "不能再发布" in client.get(reverse("events:desk_event", args=[event.slug])).content.decode()


def test_supervisor_reads_masked_and_changes_nothing(client):
    event = EventFactory()
    RegistrationFactory(event=event, phone="+8613812345678")
    client.force_login(user_with(Role.SUPERVISOR))
    page = client.get(reverse("events:desk_event", args=[event.slug])).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page
    assert client.post(reverse("events:desk_move", args=[event.slug, "close"])).status_code == 403


def test_my_events(client):
    from tests.factories import enterprise_user

    user = enterprise_user()
    RegistrationFactory(user=user, event__title="我的对接会")
    RegistrationFactory(user=UserFactory(), event__title="别人的对接会")
    client.force_login(user)
    page = client.get(reverse("events:my_events")).content.decode()
    assert "我的对接会" in page
    assert "别人的对接会" not in page
