"""What becomes an entry: every write of ours, every showing of personal data to staff; and what does not."""

import re
import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db.models import CharField, EmailField, TextField
from django.db.models.signals import post_delete, post_save, pre_save
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.audit import policy
from accounts.audit.admin import AuditedAdmin
from accounts.models import AuditEntry, Enterprise, User
from accounts.roles import Role
from advisors.actions import log_visit
from events.models import Registration
from tests.advisors.conftest import people, plan, raised  # noqa: F401
from tests.factories import (
    EnterpriseFactory,
    EventFactory,
    RegionFactory,
    RegistrationFactory,
    UserFactory,
    enterprise_user,
    user_with,
)
from tests.matching.conftest import referral, scene  # noqa: F401

pytestmark = pytest.mark.django_db


def as_(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def looks() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb__in=("viewed", "revealed", "exported")).order_by("pk"))


def told(entries) -> list[tuple]:
    return [(each.actor, each.model, each.enterprise_id, each.detail.get("fields")) for each in entries]


# What is recorded at all


def our_models() -> list:
    return [each for each in apps.get_models() if each.__module__.split(".")[0] in policy.OUR_APPS]


def test_every_model_of_ours_is_recorded_or_named_as_left_out():
    for signal in (pre_save, post_save, post_delete):
        assert signal.has_listeners(User)
    left_out = {each._meta.label_lower for each in our_models() if not policy.is_recorded(each)}
    assert left_out == set(policy.excluded())
    assert all(len(reason) > 10 for reason in policy.excluded().values())


PERSONAL = re.compile(r"(phone|email|contact|attendee|uscc|wording|comment|message|statement|notes?$)")
PUBLIC = {
    # what institutions, outlets and pages publish about themselves
    "accounts.institution.phone",
    "catalogue.outlet.phone",
    "catalogue.product.contact",
    "catalogue.product.rate_note",
    "events.event.contact",
    # codes and counts, no text of a person
    "advisors.visitlog.is_amendment",
    "events.registration.attendee_type",
    "matching.referral.note",
    # what editors write of a place
    "matching.place.note",
}


def test_every_field_that_sounds_personal_is_private_or_named_public():
    undecided = [
        f"{model._meta.label_lower}.{field.name}"
        for model in policy.recorded_models()
        if model._meta.app_label not in policy.PUBLIC_APPS
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | EmailField)
        and PERSONAL.search(field.name)
        and field.name not in policy.of(model).private
        and not policy.SECRET.search(field.name)
        and f"{model._meta.label_lower}.{field.name}" not in PUBLIC
    ]
    assert undecided == []


def test_every_admin_of_a_model_with_private_fields_records_its_view():
    bare = [
        model._meta.label
        for model, site in admin.site._registry.items()
        if policy.is_recorded(model) and policy.of(model).private and not isinstance(site, AuditedAdmin)
    ]
    assert bare == []


# Writes


def test_creation_names_the_row_and_what_it_says():
    made = RegionFactory()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.model, entry.object_id, entry.label) == (
        "created",
        "accounts.region",
        "330902",
        str(made),
    )
    assert entry.changes == {
        "name": [None, "定海区"],
        "full_name": [None, "浙江省舟山市定海区"],
        "level": [None, 3],
        "is_current": [None, True],
    }


def test_change_keeps_old_and_new_of_what_differs_only():
    firm = EnterpriseFactory(employees=12)
    stale = Enterprise.objects.get(pk=firm.pk)
    firm.employees = 15
    firm.save()
    stale.employees = 20  # loaded before the last change: the row's own value is the old one
    stale.save()
    found = AuditEntry.objects.filter(verb="changed", model="accounts.enterprise").order_by("pk")
    assert [each.changes for each in found] == [{"employees": [12, 15]}, {"employees": [15, 20]}]


def test_saving_without_a_change_is_no_entry():
    firm = EnterpriseFactory(revenue="1200000.50")
    before = AuditEntry.objects.count()
    firm.save()
    Enterprise.objects.get(pk=firm.pk).save()
    assert AuditEntry.objects.count() == before


def test_deletion_keeps_what_the_row_said():
    user = user_with(Role.ADVISOR)
    user.role_assignments.get().delete()
    entry = AuditEntry.objects.filter(verb="deleted").latest("pk")
    assert (entry.model, entry.person_id, entry.changes["role"]) == (
        "accounts.roleassignment",
        user.pk,
        ["advisor", None],
    )


def test_many_to_many_changes_are_entries():
    event, person = EventFactory(), UserFactory()
    event.door_staff.add(person)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.model, entry.changes) == (
        "changed",
        "events.event",
        {"door_staff": [[], [str(person.pk)]]},
    )


def test_private_values_are_kept_masked_and_secrets_not_at_all():
    made = RegistrationFactory(name="欧阳小燕", phone="+8613712345678", email="a@b.cn", organisation="云峰茶业")
    kept = AuditEntry.objects.get(model="events.registration", object_id=made.pk).changes
    assert kept["name"] == [None, "欧阳**"]
    assert kept["phone"] == [None, "137****5678"]
    assert kept["email"] == [None, "a@**"]
    assert kept["organisation"] == [None, "云峰**"]
    assert kept["token"] == kept["code"] == kept["client_key"] == [None, "••••"]


def test_free_text_of_an_enterprise_keeps_its_length_only(scene):  # noqa: F811
    entry = AuditEntry.objects.get(model="matching.need", verb="created")
    assert entry.changes["text"] == [None, {"length": len(scene.need.text)}]
    assert entry.enterprise_id == scene.enterprise.pk


# Who, from where


def test_request_gives_actor_roles_address_and_path():
    manager = user_with(Role.RELATIONSHIP_MANAGER)
    institution = manager.institutions_as()[0]
    event = EventFactory()
    organiser = user_with(Role.ORGANISER)
    event.organisers.add(organiser)
    as_(organiser).post(reverse("events:desk_move", args=[event.slug, "close"]), REMOTE_ADDR="203.0.113.9")
    entry = AuditEntry.objects.filter(model="events.event", verb="changed", actor=organiser).latest("pk")
    assert (entry.actor_roles, entry.address) == ("活动组织者", "203.0.113.9")
    assert entry.path == f"/desk/events/{event.slug}/move/close/"
    with audit.acting(manager):
        assert audit.record("checked").actor_roles == f"客户经理（{institution}）"


def test_ticket_address_is_kept_without_its_secret(client):
    ticket = RegistrationFactory()
    client.post(reverse("events:ticket_cancel", args=[ticket.token]))
    entry = AuditEntry.objects.filter(model="events.registration", verb="changed").latest("pk")
    assert (entry.actor, entry.path) == (None, "/tickets/****/cancel/")


def test_command_and_task_act_as_the_system():
    with audit.acting(note="events.tasks.tell"):
        RegionFactory()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.actor_roles, entry.address, entry.path) == (None, "", None, "events.tasks.tell")


def test_migrations_pictures_of_tables_are_left_alone():
    from django.db.migrations.loader import MigrationLoader

    state = MigrationLoader(None).project_state(("accounts", "0001_initial"))
    assert policy.is_recorded(state.apps.get_model("accounts", "Enterprise")) is False


# Showing personal data


def test_referral_page_is_recorded_for_the_manager_not_for_the_masked_supervisor(scene, referral):  # noqa: F811
    as_(scene.manager).get(referral.get_desk_url())
    as_(user_with(Role.SUPERVISOR)).get(referral.get_desk_url())
    entry = looks()
    fields = ["联系人", "联系电话", "统一社会信用代码", "需求"]
    assert told(entry) == [(scene.manager, "matching.referral", scene.enterprise.pk, fields)]
    assert entry[0].institution_id == scene.bank.pk
    assert entry[0].detail["purpose"] == "referral"


def test_referral_page_without_consent_shows_and_records_nothing(scene, referral):  # noqa: F811
    from accounts.actions import withdraw_consent

    withdraw_consent(referral.consent)
    page = as_(scene.manager).get(referral.get_desk_url()).content.decode()
    assert scene.owner.phone.removeprefix("+86") not in page
    assert looks() == []


def test_licence_download_is_recorded_for_staff_not_for_its_own_people():
    owner = enterprise_user()
    firm = owner.enterprise
    firm.licence.save("x.png", ContentFile(b"\x89PNG"))
    supervisor = user_with(Role.SUPERVISOR)
    for user in (owner, supervisor):
        as_(user).get(reverse("accounts:licence", args=[firm.pk]))
    assert told(looks()) == [(supervisor, "accounts.enterprise", firm.pk, ["营业执照"])]


def test_visit_pages_are_recorded_for_who_sees_whole_values(people, plan):  # noqa: F811
    visit = plan(contact_name="王小明", contact_phone="13712345678", place="云峰路 1 号", today=True)
    for user in (people.advisor.user, people.lead):
        as_(user).get(visit.get_absolute_url())
    fields = ["联系人", "联系电话", "地点", "走访记录"]
    assert told(looks()) == [(people.advisor.user, "advisors.visit", people.enterprise.pk, fields)]
    log_visit(visit, by=people.advisor.user, notes="缺周转资金", client_key=uuid.uuid4())
    as_(people.lead).get(visit.get_absolute_url())
    assert told(looks())[-1] == (people.lead, "advisors.visit", people.enterprise.pk, ["走访记录"])


def test_request_page_and_attachment_are_recorded(people, raised):  # noqa: F811
    found = raised(attachment=ContentFile(b"%PDF", name="x.pdf"))
    client = as_(people.advisor.user)
    client.get(found.get_absolute_url())
    client.get(reverse("advisors:request_attachment", args=[found.pk]))
    assert [each.detail["fields"] for each in looks()] == [["诉求"], ["附件"]]


def test_need_page_is_recorded_for_others_only(scene):  # noqa: F811
    supervisor = user_with(Role.SUPERVISOR)
    for user in (scene.owner, supervisor):
        as_(user).get(scene.need.get_absolute_url())
    assert told(looks()) == [(supervisor, "matching.need", scene.enterprise.pk, ["融资需求"])]


def test_attendee_list_its_export_and_door_search_are_recorded():
    event = EventFactory()
    organiser = user_with(Role.ORGANISER)
    event.organisers.add(organiser)
    RegistrationFactory(event=event, name="王小明")
    client = as_(organiser)
    client.get(reverse("events:desk_event", args=[event.slug]))
    client.get(reverse("events:desk_attendance", args=[event.slug]))
    client.get(reverse("events:door", args=[event.slug]))  # nothing searched, nothing shown
    client.get(reverse("events:door", args=[event.slug]), {"q": "王"})
    assert [(each.verb, each.detail["fields"], each.detail["rows"]) for each in looks()] == [
        ("viewed", ["姓名", "单位"], 1),
        ("exported", ["姓名", "手机号", "单位"], 1),
        ("viewed", ["姓名", "单位"], 1),
    ]


def test_admin_and_cms_pages_of_people_are_recorded():
    administrator = user_with(Role.ADMINISTRATOR)
    administrator.refresh_from_db()
    firm, person = EnterpriseFactory(), UserFactory()
    client = as_(administrator)
    assert client.get(reverse("admin:accounts_enterprise_change", args=[firm.pk])).status_code == 200
    assert client.get(reverse("admin:accounts_user_change", args=[person.pk])).status_code == 200
    assert client.get(reverse("wagtailusers_users:edit", args=[person.pk])).status_code == 200
    assert [(each.model, each.object_id) for each in looks()] == [
        ("accounts.enterprise", str(firm.pk)),
        ("accounts.user", str(person.pk)),
        ("accounts.user", str(person.pk)),
    ]


def test_view_of_personal_data_costs_one_insert(scene, referral, django_assert_num_queries):  # noqa: F811
    with audit.acting(scene.manager):
        scene.manager.roles  # noqa: B018  a request has read them already
        scene.manager.memberships  # noqa: B018
        with django_assert_num_queries(1):
            audit.viewed(referral, ["联系电话"], enterprise=scene.enterprise)


def test_update_costs_one_read_and_one_insert_more(django_assert_num_queries):
    made = RegistrationFactory()
    made.name = "另一个名字"
    with django_assert_num_queries(3):
        made.save(update_fields=["name"])
    assert Registration.objects.get(pk=made.pk).name == "另一个名字"


def test_sign_in_and_out_are_entries():
    user = UserFactory()
    client = Client()
    client.post(reverse("account_login"), {"login": user.phone, "password": "correct horse"})
    client.post(reverse("account_logout"))
    assert list(AuditEntry.objects.filter(actor=user).order_by("pk").values_list("verb", flat=True)) == [
        "signed_in",
        "signed_out",
    ]
    assert AuditEntry.objects.filter(at__gt=timezone.now()).count() == 0


def test_bulk_writes_record_themselves(people, plan, raised):  # noqa: F811
    from advisors.actions import new_feed
    from events.actions import save_event
    from tests.factories import ProductFactory

    product, visit = ProductFactory(), plan(today=True)
    log_visit(visit, by=people.advisor.user, notes="x", client_key=uuid.uuid4(), products=[product])
    entry = AuditEntry.objects.get(model="advisors.visitlog", verb="changed")
    assert entry.changes == {"products": [[], [product.pk]]}

    event, organiser = EventFactory(), user_with(Role.ORGANISER)
    save_event(event=event, by=organiser, sessions=[{"starts_at": "09:00", "title": "签约", "speaker": "", "room": ""}])
    entry = AuditEntry.objects.filter(model="events.event", verb="changed").latest("pk")
    assert entry.changes == {"sessions": [None, ["签约"]]}

    new_feed(people.advisor)
    new_feed(people.advisor)
    assert AuditEntry.objects.filter(detail={"feeds_revoked": 1}).count() == 1
