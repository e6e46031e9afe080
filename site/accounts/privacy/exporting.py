"""The sections of the export that are ours: person, enterprise, consents, notices, who looked."""

from django.db import models
from django.utils.translation import gettext as _

from ..audit import queries as audit_queries
from ..audit import sentences
from ..models import ClaimEvent, Enterprise, ErasureRequest, User
from .registry import Section

LOOKS = 5000


def export(user: User, enterprise: Enterprise | None) -> list[Section]:
    found = [_person(user)]
    if enterprise is not None:
        found += [_enterprise(enterprise), _members(enterprise), _consents(enterprise)]
    found += [_claims(user), _notices(user), _erasures(user), _looks(user)]
    return found


def _facts(title: str, row: models.Model, names: list[str]) -> Section:
    """One record, a line for each field."""
    lines = []
    for name in names:
        display = getattr(row, f"get_{name}_display", None)
        value = display() if display else getattr(row, name)
        lines.append(
            (
                str(getattr(row._meta.get_field(name), "verbose_name", name)),
                str(value) if isinstance(value, models.Model) else value,
            )
        )
    return Section(title, (_("项目"), _("内容")), lines)


def _person(user: User) -> Section:
    names = ["username", "name", "phone", "phone_verified", "email", "date_joined", "last_login"]
    return _facts(_("我的账号"), user, names)


def _enterprise(firm: Enterprise) -> Section:
    names = ["uscc", "name", "region", "address", "industry", "founded_on", "employees", "revenue", "assets"]
    section = _facts(_("企业信息"), firm, [*names, "size_class", "created_at"])
    traits = [(key, value) for key, value in sorted(firm.traits.items())]
    return Section(section.title, section.head, [*section.rows, *traits, (_("营业执照"), firm.licence.name or None)])


def _members(firm: Enterprise) -> Section:
    rows = [
        (str(each.user), each.get_kind_display(), each.created_at, each.is_active)
        for each in firm.members.select_related("user").order_by("pk")
    ]
    return Section(_("企业成员"), (_("姓名"), _("身份"), _("加入时间"), _("有效")), rows)


def _consents(firm: Enterprise) -> Section:
    rows = [
        (
            each.institution.name,
            each.get_purpose_display(),
            each.given_at,
            str(each.given_by),
            each.withdrawn_at,
            each.wording,
        )
        for each in firm.consents.select_related("institution", "given_by")
    ]
    head = (_("机构"), _("用途"), _("授权时间"), _("授权人"), _("撤回时间"), _("授权书原文"))
    return Section(_("授权"), head, rows)


def _claims(user: User) -> Section:
    events = ClaimEvent.objects.filter(claim__claimant=user).select_related("claim__enterprise")
    rows = [(each.claim.enterprise.name, each.at, each.label, each.note) for each in events]
    return Section(_("企业认领"), (_("企业"), _("时间"), _("步骤"), _("说明")), rows)


def _notices(user: User) -> Section:
    rows = [(each.created_at, each.text, each.read_at) for each in user.notices.all()]
    return Section(_("通知"), (_("时间"), _("内容"), _("已读时间")), rows)


def _erasures(user: User) -> Section:
    found = ErasureRequest.objects.filter(user=user)
    rows = [(each.asked_at, each.due_at, each.undone_at, each.done_at) for each in found]
    return Section(_("删除申请"), (_("申请时间"), _("执行时间"), _("撤销时间"), _("完成时间")), rows)


def _looks(user: User) -> Section:
    rows = [
        (
            each.at,
            sentences.actor_name(each),
            each.actor_roles,
            sentences.verb_label(each.verb),
            "、".join(each.detail.get("fields", ())) or sentences.model_name(each),
            sentences.why(each),
        )
        for each in audit_queries.looks_at(user)[:LOOKS]
    ]
    head = (_("时间"), _("谁"), _("身份和单位"), _("做了什么"), _("看到的内容"), _("用途"))
    return Section(_("谁看过我的资料"), head, rows)
