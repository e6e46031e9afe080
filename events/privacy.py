"""What in the events' tables is private: how the audit trail keeps it, what an export and an erasure do."""

from contextlib import suppress

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.audit.queries import register_lists
from accounts.models import Enterprise, User
from accounts.privacy import (
    Eraser,
    Keeping,
    Masked,
    Reveal,
    Section,
    names,
    register_erasure,
    register_export,
    register_reveal,
)
from accounts.privacy.text import GONE, records_of
from accounts.wording import masked_name, masked_phone

from .models import Event, Registration, ticket_token

AT_MOST = 500  # attendees shown whole on one page


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register("events.event", label=True)
    audit.register("events.eventsession", label=True)
    audit.register(
        "events.registration",
        private={
            "name": "name",
            "phone": "phone",
            "email": "hidden",
            "organisation": "hidden",
            "uscc": "hidden",
            "code": "secret",
        },
    )
    audit.register("events.checkin", person="registration.user")
    register_lists(_lists_with)
    register_export("events", export)
    register_erasure(ERASER)
    register_reveal(
        Reveal(
            kind="attendees",
            find=_event_for,
            values=_attendees,
            title=lambda event: _("%(title)s 的报名名单") % {"title": event.title},
            back=lambda event: reverse("events:desk_event", args=[event.slug]),
            fields=("姓名", "手机号"),
        )
    )


def registrations_of_person(user: User) -> Q:
    """The registrations of a person: made signed in, or with the same phone."""
    return Q(user=user) | Q(phone=user.phone) if user.phone else Q(user=user)


def _lists_with(user: User) -> Q:
    """Looks at the lists of the events for which this person has registered."""
    events = Registration.objects.filter(registrations_of_person(user)).values_list("event_id", flat=True).distinct()
    return Q(model="events.event", object_id__in=[str(pk) for pk in events])


def _event_for(user: User, pk: int) -> Event | None:
    from .queries import organised_by

    return organised_by(user).filter(pk=pk).first()


def _attendees(event: Event) -> list[Masked]:
    found = event.registrations.exclude(state="cancelled").order_by("pk")[:AT_MOST]
    return [
        Masked(
            each.organisation or each.get_attendee_type_display(),
            f"{masked_name(each.name)} {masked_phone(each.phone)}",
            f"{each.name} {each.plain_phone}",
        )
        for each in found
    ]


def export(user: User, enterprise: Enterprise | None) -> list[Section]:
    mine = registrations_of_person(user)
    if enterprise is not None:
        mine |= Q(uscc=enterprise.uscc)
    found = Registration.objects.filter(mine).select_related("event").prefetch_related("check_ins")
    rows = [
        (
            each.event.title,
            each.event.starts_at,
            each.name,
            each.plain_phone,
            each.email,
            each.organisation,
            each.get_state_display(),
            each.created_at,
            each.consented_at,
            [f"{scan.get_kind_display()} {scan.at:%Y-%m-%d %H:%M}" for scan in each.check_ins.all()],
        )
        for each in found
    ]
    head = (
        _("活动"),
        _("开始"),
        _("姓名"),
        _("手机号"),
        _("邮箱"),
        _("单位"),
        _("状态"),
        _("报名时间"),
        _("同意个人信息处理的时间"),
        _("签到"),
    )
    return [Section(_("活动报名"), head, rows)]


def _erase_person(user: User) -> None:
    from . import actions

    for found in Registration.objects.filter(registrations_of_person(user)).select_related("event"):
        with suppress(actions.CancellationRefused):  # inside already, or over: the place was used
            actions.cancel(found)
        registration = Registration.objects.get(pk=found.pk)
        registration.user = None
        registration.name, registration.organisation, registration.uscc, registration.email = GONE, "", "", ""
        registration.phone = f"x{registration.pk}"  # no number; one a registration, as the table wants
        registration.token = ticket_token()
        registration.save()


def _erase_enterprise(firm: Enterprise) -> None:
    everywhere = set(names.of_firm(firm).everywhere)
    for each in records_of(firm):
        named = Q(uscc=each.uscc) | Q(organisation=each.name, user__enterprise_memberships__enterprise=each)
        if each.name in everywhere:
            named |= Q(organisation__contains=each.name)
        for registration in Registration.objects.filter(named).distinct():
            registration.organisation, registration.uscc = "", ""
            registration.save(update_fields=["organisation", "uscc"])


ERASER = Eraser(
    app="events",
    order=30,
    person=_erase_person,
    enterprise=_erase_enterprise,
    removes=[gettext_lazy("报名时填的姓名、手机号、邮箱和单位；还没开始的活动会取消报名")],
    keeps=[
        Keeping(
            gettext_lazy("活动的报名和签到人数"),
            gettext_lazy("用于统计，不再指向任何人。"),
            gettext_lazy("平台运行期间"),
        )
    ],
)
