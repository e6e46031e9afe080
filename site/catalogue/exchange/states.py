"""How an import moves."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.transitions import StateMachine, transition

from ..models import Import

State = Import.State
PERSON, SYSTEM = "person", "system"
UNDO_WITHIN = timedelta(days=1)
RUNNING = frozenset({State.CHECKING, State.IMPORTING, State.SUBMITTING, State.UNDOING})
DRAFTS = frozenset({Import.Kind.PRODUCTS, Import.Kind.TARIFFS})


def _has_rows(job: Import) -> str:
    if not job.counts.get("new") and not job.counts.get("changed"):
        return _("文件里没有要新增或修改的内容，不用导入。")
    if job.mode == Import.Mode.ALL and job.counts.get("bad"):
        return _("还有 %(n)s 行有问题。请改好再上传，或者改为只导入没有问题的行。") % {"n": job.counts["bad"]}
    return ""


def _within_a_day(job: Import) -> str:
    if job.imported_at is not None and timezone.now() > job.imported_at + UNDO_WITHIN:
        return _("导入已超过一天，不能一键撤销了。请在内容管理里逐个修改。")
    return ""


def _has_drafts(job: Import) -> str:
    if job.kind not in DRAFTS:
        return _("这类内容导入后直接生效，不用提交审核。")
    return _("已经提交过了。") if job.submitted_at else ""


def _nothing_imported(job: Import) -> str:
    return _("已经导入了一部分，请继续导入，或者撤销。") if job.imported_at else ""


MACHINE = StateMachine(
    "导入",
    State,
    (
        transition("check", gettext_lazy("检查完"), State.CHECKING, State.READY, SYSTEM),
        transition("refuse", gettext_lazy("读不了"), State.CHECKING, State.UNREADABLE, SYSTEM),
        transition(
            "start", gettext_lazy("开始导入"), State.READY, State.IMPORTING, PERSON, guard=_has_rows, effect="排队分批写入"
        ),
        transition("finish", gettext_lazy("导入完"), State.IMPORTING, State.DONE, SYSTEM, effect="通知上传人"),
        transition("stop", gettext_lazy("停下"), {State.IMPORTING, State.UNDOING}, State.STOPPED, SYSTEM),
        transition("resume", gettext_lazy("继续导入"), State.STOPPED, State.IMPORTING, PERSON),
        transition(
            "cancel", gettext_lazy("放弃"), {State.READY, State.UNREADABLE, State.STOPPED}, State.CANCELLED, PERSON,
            guard=_nothing_imported,
        ),
        transition(
            "submit", gettext_lazy("提交审核"), State.DONE, State.SUBMITTING, PERSON, guard=_has_drafts,
            effect="每个草稿进入机构审核",
        ),
        transition("submitted", gettext_lazy("提交完"), State.SUBMITTING, State.DONE, SYSTEM, effect="通知审核人"),
        transition(
            "undo", gettext_lazy("撤销导入"), {State.DONE, State.STOPPED}, State.UNDOING, PERSON, guard=_within_a_day,
            effect="恢复修改前的内容，删除新增的；已被使用的保留并说明",
        ),
        transition("revert", gettext_lazy("退回"), State.IMPORTING, State.UNDOING, SYSTEM, effect="整份不导入"),
        transition("undone", gettext_lazy("撤销完"), State.UNDOING, State.UNDONE, SYSTEM, effect="通知上传人"),
    ),
)  # fmt: skip
