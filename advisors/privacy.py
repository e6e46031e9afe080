"""What in the advisors' tables is private: how the audit trail keeps it, what an export and an erasure do."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
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
from accounts.privacy.text import GONE, forget_file, plainly, strike
from accounts.wording import masked_name, masked_phone

from .models import Rating, RequestEvent, RequestState, ServiceRequest, Visit, VisitEvent, VisitLog, VisitState


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register(
        "advisors.visit", private={"contact_name": "name", "contact_phone": "phone", "place": "text", "purpose": "text"}
    )
    audit.register("advisors.visitevent", private={"note": "text"}, enterprise="visit.enterprise")
    audit.register(
        "advisors.visitlog",
        private={"notes": "text", "attendees": "text", "next_step": "text"},
        enterprise="visit.enterprise",
    )
    audit.register("advisors.visitproduct", enterprise="log.visit.enterprise")
    audit.register("advisors.servicerequest", private={"text": "text"}, person="raised_by")
    audit.register("advisors.requestevent", private={"note": "text"}, enterprise="request.enterprise")
    audit.register("advisors.rating", private={"comment": "text"})
    for public in ("advisor", "advisorteam"):  # both have public pages
        audit.register(f"advisors.{public}", label=True)
    register_export("advisors", export)
    register_erasure(ERASER)
    register_reveal(
        Reveal(
            kind="visit",
            find=_visit_for,
            values=_contact,
            title=lambda visit: _("走访 %(name)s") % {"name": visit.enterprise.name},
            back=lambda visit: visit.get_absolute_url(),
        )
    )
    register_reveal(
        Reveal(
            kind="request",
            find=_request_for,
            values=_raiser,
            title=lambda request: _("诉求 %(name)s") % {"name": request.enterprise.name},
            back=lambda request: request.get_absolute_url(),
            fields=("提出人", "手机号"),
        )
    )


def _visit_for(user: User, pk: int) -> Visit | None:
    from .queries import contact_shown, desk_visits

    found = desk_visits(user).filter(pk=pk).first()
    return found if found is not None and contact_shown(user, found) != "withdrawn" else None


def _contact(visit: Visit) -> list[Masked]:
    phone = visit.contact_phone
    return [
        Masked(gettext_lazy("联系人"), masked_name(visit.contact_name) or "—", visit.contact_name or "—"),
        Masked(gettext_lazy("联系电话"), masked_phone(phone) if phone else "—", phone or "—"),
    ]


def _request_for(user: User, pk: int) -> ServiceRequest | None:
    from .queries import desk_requests

    return desk_requests(user).filter(pk=pk).first()


def _raiser(request: ServiceRequest) -> list[Masked]:
    raiser = request.raised_by
    phone = (raiser.phone or "").removeprefix("+86")
    return [
        Masked(gettext_lazy("提出人"), masked_name(raiser.name) or "—", raiser.name or "—"),
        Masked(gettext_lazy("手机号"), masked_phone(phone) if phone else "—", phone or "—"),
    ]


def export(user: User, enterprise: Enterprise | None) -> list[Section]:
    """Visits with their logs, requests with their history, ratings."""
    if enterprise is None:
        return []
    visits = Visit.objects.filter(enterprise=enterprise).select_related("advisor")
    logs = VisitLog.objects.filter(visit__enterprise=enterprise).select_related("author")
    requests = ServiceRequest.objects.filter(enterprise=enterprise).select_related("raised_by")
    events = RequestEvent.objects.filter(request__enterprise=enterprise).select_related("by")
    ratings = Rating.objects.filter(Q(visit__enterprise=enterprise) | Q(request__enterprise=enterprise))
    return [
        Section(
            _("走访"),
            (_("编号"), _("顾问"), _("开始"), _("地点"), _("联系人"), _("联系电话"), _("事由"), _("状态")),
            [
                (
                    each.pk,
                    each.advisor.name,
                    each.starts_at,
                    each.place,
                    each.contact_name,
                    each.contact_phone,
                    each.purpose,
                    each.get_state_display(),
                )
                for each in visits
            ],
        ),
        Section(
            _("走访记录"),
            (_("走访"), _("时间"), _("记录人"), _("谈了什么"), _("在场的人"), _("下一步")),
            [
                (each.visit_id, each.written_at, str(each.author), each.notes, each.attendees, each.next_step)
                for each in logs
            ],
        ),
        Section(
            _("诉求"),
            (_("编号"), _("提出时间"), _("提出人"), _("类别"), _("诉求"), _("状态")),
            [
                (
                    each.pk,
                    each.created_at,
                    str(each.raised_by),
                    each.get_category_display(),
                    each.text,
                    each.get_state_display(),
                )
                for each in requests
            ],
        ),
        Section(
            _("诉求经过"),
            (_("诉求"), _("时间"), _("做了什么"), _("由谁"), _("说明")),
            [(each.request_id, each.at, each.label, str(each.by or ""), each.note) for each in events],
        ),
        Section(
            _("走访和诉求评价"),
            (_("时间"), _("评价"), _("想说的话")),
            [(each.at, each.get_mark_display(), each.comment) for each in ratings],
        ),
    ]


TEXTS = (  # table, its paths to the enterprise, its columns
    (Visit, ("enterprise",), ("contact_name", "contact_phone", "place", "purpose")),
    (VisitEvent, ("visit__enterprise",), ("note",)),
    (VisitLog, ("visit__enterprise",), ("notes", "attendees", "next_step")),
    (ServiceRequest, ("enterprise",), ("text",)),
    (RequestEvent, ("request__enterprise",), ("note",)),
    (Rating, ("visit__enterprise", "request__enterprise"), ("comment",)),
)


def _strike(values: list[str], firms: QuerySet[Enterprise] | None = None) -> None:
    """From every text, or from those about some firms alone."""
    for model, paths, columns in TEXTS:
        rows = plainly(model)
        if firms is not None:
            rows = rows.filter(reduce(or_, (Q(**{f"{path}__in": firms}) for path in paths)))
        for column in columns:
            strike(rows, column, *values, instead="" if column == "contact_phone" else GONE)


def _erase_person(user: User) -> None:
    plain_phone = (user.phone or "").removeprefix("+86")
    mine = Visit.objects.filter(enterprise__members__user=user)
    touched = list(mine.filter(Q(contact_phone__in=[each for each in (user.phone, plain_phone) if each])))
    for visit in touched:
        visit.contact_name = visit.contact_phone = ""
        visit.save(update_fields=["contact_name", "contact_phone", "updated_at"])
    values = names.of_person(user)
    _strike(values.everywhere)
    _strike(values.at_home, Enterprise.every.filter(members__user=user))


def _erase_enterprise(firm: Enterprise) -> None:
    firms = Q(enterprise=firm) | Q(enterprise__merged_into=firm)
    now = timezone.now()
    visits, requests = Visit.objects.filter(firms), ServiceRequest.objects.filter(firms)
    plainly(VisitEvent).filter(visit__in=visits).update(note="")
    plainly(VisitLog).filter(visit__in=visits).update(notes=GONE, attendees="", next_step="")
    plainly(RequestEvent).filter(request__in=requests).update(note="")
    Rating.objects.filter(Q(visit__in=visits) | Q(request__in=requests)).update(comment="")
    for visit in visits:
        visit.contact_name = visit.contact_phone = visit.place = ""
        visit.purpose = GONE
        if visit.starts_at > now and visit.state in (VisitState.PLANNED, VisitState.CONFIRMED):
            visit.state = VisitState.CANCELLED  # the advisor's time is free again
        visit.save()
    for request in requests:
        request.text, request.due_at, request.state = GONE, None, RequestState.CLOSED
        forget_file(request, "attachment")
        request.save()
    _strike(names.of_firm(firm).everywhere)  # its own texts are gone


ERASER = Eraser(
    app="advisors",
    order=10,
    person=_erase_person,
    enterprise=_erase_enterprise,
    removes=[gettext_lazy("走访的联系人、地点和记录，诉求的内容、附件和答复；约好还没走访的会取消")],
    keeps=[
        Keeping(
            gettext_lazy("走访和诉求的日期、类别、结果和评分"),
            gettext_lazy("用于统计服务次数和办理时效，不再指向任何企业或个人。"),
            gettext_lazy("平台运行期间"),
        )
    ],
)
