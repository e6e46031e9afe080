"""What in the tables of needs and referrals is private: how the audit trail keeps it, what an export and an erasure do."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import Enterprise, Notice, User
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
from accounts.privacy.text import GONE, empty_notices, plainly, records_of, strike
from accounts.wording import masked_name, masked_phone

from .corrections import actions as corrections
from .models import (
    CorrectionSource,
    JudgedNeed,
    MatchRun,
    Need,
    ParseCorrection,
    ProductAlert,
    Rating,
    Referral,
    ReferralEvent,
    UnmetNeed,
)


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register("matching.need", private={"text": "text", "marks": "text", "details": "text"}, person="author")
    audit.register("matching.referral", private={"match": "text"}, enterprise="need.enterprise")
    audit.register(
        "matching.referralevent", private={"note": "text", "party": "text"}, enterprise="referral.need.enterprise"
    )
    audit.register("matching.rating", private={"text": "text"}, enterprise="referral.need.enterprise")
    audit.register("matching.parsecorrection", private={"text": "text", "parsed": "text", "corrected": "text"})
    audit.register("matching.place", label=True)
    audit.register("matching.promise", label=True)
    audit.register("matching.weightset", label=True)
    audit.register("matching.judgedneed", private={"text": "text"}, label=True)
    register_export("matching", export)
    register_erasure(ERASER)
    register_reveal(
        Reveal(
            kind="referral",
            find=_referral_for,
            values=_contact,
            title=lambda referral: f"{referral.need.enterprise.name} · {referral.product.name}",
            back=lambda referral: reverse("matching:desk_referral", args=[referral.pk]),
        )
    )


def _referral_for(user: User, pk: int) -> Referral | None:
    """Supervisors see every referral masked; an institution's people have the consent or have nothing."""
    from .referrals.queries import SUPERVISING, referrals_for_desk

    return referrals_for_desk(user).filter(pk=pk).first() if user.roles & SUPERVISING else None


def _contact(referral: Referral) -> list[Masked]:
    author = referral.need.author
    phone = (author.phone or "").removeprefix("+86")
    return [
        Masked(gettext_lazy("联系人"), masked_name(author.name) or "—", author.name or "—"),
        Masked(gettext_lazy("联系电话"), masked_phone(phone) if phone else "—", phone or "—"),
    ]


def export(user: User, enterprise: Enterprise | None) -> list[Section]:
    """Needs, what was found for them, referrals with their history, ratings."""
    if enterprise is None:
        return []
    needs = list(Need.objects.filter(enterprise=enterprise).select_related("author"))
    alerts = ProductAlert.objects.filter(need__enterprise=enterprise).select_related("product").order_by("pk")
    runs = MatchRun.objects.filter(need__enterprise=enterprise).order_by("pk")
    referrals = Referral.objects.filter(need__enterprise=enterprise).select_related("product", "institution", "manager")
    events = ReferralEvent.objects.filter(referral__need__enterprise=enterprise).select_related("actor")
    ratings = Rating.objects.filter(referral__need__enterprise=enterprise)
    sources = CorrectionSource.objects.filter(need__enterprise=enterprise).select_related("correction").order_by("pk")
    return [
        Section(
            _("融资需求"),
            (_("编号"), _("提交时间"), _("填写人"), _("原话"), _("概要"), _("至少（元）"), _("至多（元）"), _("状态")),
            [
                (
                    each.pk,
                    each.created_at,
                    str(each.author),
                    each.text,
                    each.summary,
                    each.amount_low,
                    each.amount_high,
                    each.get_status_display(),
                )
                for each in needs
            ],
        ),
        Section(
            _("匹配记录"),
            (_("需求编号"), _("时间"), _("符合（个）"), _("差一点（个）")),
            [(each.need_id, each.created_at, len(each.results), len(each.nearly)) for each in runs],
        ),
        Section(
            _("新产品提醒"),
            (_("需求编号"), _("时间"), _("产品"), _("名次")),
            [(each.need_id, each.created_at, each.product.name, each.place) for each in alerts],
        ),
        Section(
            _("对理解的更正"),
            (_("需求编号"), _("时间"), _("保存的原话"), _("状态")),
            [(each.need_id, each.at, each.correction.text, each.correction.get_state_display()) for each in sources],
        ),
        Section(
            _("对接单"),
            (
                _("编号"),
                _("需求编号"),
                _("机构"),
                _("产品"),
                _("状态"),
                _("提交时间"),
                _("结束时间"),
                _("办成金额（元）"),
            ),
            [
                (
                    each.pk,
                    each.need_id,
                    each.institution.name,
                    each.product.name,
                    each.get_state_display(),
                    each.submitted_at,
                    each.closed_at,
                    each.granted_amount,
                )
                for each in referrals
            ],
        ),
        Section(
            _("对接记录"),
            (_("对接单"), _("时间"), _("事项"), _("一方"), _("说明")),
            [(each.referral_id, each.at, each.get_kind_display(), each.party, each.note) for each in events],
        ),
        Section(
            _("对接评价"),
            (_("对接单"), _("时间"), _("评价"), _("想说的话")),
            [(each.referral_id, each.created_at, each.get_level_display(), each.text) for each in ratings],
        ),
    ]


def _strike(values: list[str], firms: QuerySet[Enterprise] | None = None) -> None:
    """From every text, or from those of some firms' needs alone."""
    events, ratings, needs = plainly(ReferralEvent), Rating.objects.all(), Need.objects.all()
    cases = ParseCorrection.objects.all()
    if firms is not None:
        events, ratings = (rows.filter(referral__need__enterprise__in=firms) for rows in (events, ratings))
        needs = needs.filter(enterprise__in=firms)
        cases = cases.filter(sources__need__enterprise__in=firms)
    strike(events, "note", *values)
    strike(events, "party", *values)
    strike(ratings, "text", *values)
    strike(needs, "text", *values)
    strike(cases, "text", *values)
    if firms is None:  # a judged sentence belongs to no enterprise any more
        strike(JudgedNeed.objects.all(), "text", *values)


def _erase_person(user: User) -> None:
    values = names.of_person(user)
    _strike(values.everywhere)
    _strike(values.at_home, Enterprise.every.filter(members__user=user))
    for need in Need.objects.filter(author=user):
        _save_quietly(need)  # the index reads its author's words anew


def _locked(rows: QuerySet) -> list:
    """Rows as they stand; nobody else writes them until this erasure is done."""
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _erase_enterprise(firm: Enterprise) -> None:
    """Needs are locked first: a referral is begun under its need's lock, so none is begun behind our back."""
    firms = Q(enterprise=firm) | Q(enterprise__merged_into=firm)
    needs = _locked(Need.objects.filter(firms))
    mine = Referral.objects.filter(need__in=needs)
    now = timezone.now()
    for referral in _locked(mine.filter(state__in=Referral.OPEN_STATES)):
        referral.state, referral.closed_at, referral.due_at, referral.clock = Referral.State.WITHDRAWN, now, None, ""
        referral.save()
        ReferralEvent.objects.create(
            referral=referral, kind=ReferralEvent.Kind.WITHDRAW, actor=None, party=GONE, at=now, note=""
        )
    plainly(ReferralEvent).filter(referral__in=mine).update(note="")
    by_enterprise = ReferralEvent.objects.filter(referral__in=mine).exclude(party="")
    own_names = [each.name for each in records_of(firm)]
    strike(plainly(ReferralEvent).filter(pk__in=by_enterprise.values("pk")), "party", *own_names)
    Rating.objects.filter(referral__in=mine).update(text="")
    mine.update(match={})
    for computed in (MatchRun, ProductAlert, UnmetNeed):
        computed.objects.filter(need__in=needs).delete()
    corrections.forget_needs_of(needs)
    empty_notices(Notice.objects.filter(url__in=[need.get_absolute_url() for need in needs]))  # they quote the need
    for need in needs:
        need.text, need.marks, need.details, need.traits = "", [], {}, {}
        if need.is_open:
            need.status, need.closed_at = Need.Status.CLOSED, now
        need.save()
    _strike(names.of_firm(firm).everywhere)  # its own texts are gone


def _save_quietly(need: Need) -> None:
    need.save(update_fields=["updated_at"])


ERASER = Eraser(
    app="matching",
    order=20,
    person=_erase_person,
    enterprise=_erase_enterprise,
    removes=[gettext_lazy("需求的原话、说明和对理解的更正、匹配记录、对接中写下的话；还在办的对接单会撤回")],
    keeps=[
        Keeping(
            gettext_lazy("对接单的时间、结果和金额"),
            gettext_lazy("用于统计办理时效和融资规模，不再指向任何企业或个人。"),
            gettext_lazy("平台运行期间"),
        )
    ],
)
