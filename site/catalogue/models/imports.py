"""Uploaded tables on their way into the catalogue: the file, what each of its rows would do, and what it did."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One uploaded table. Progress is `done` of `total` rows of the running step.

    `lease` names the worker at it and `leased_until` how long it may be silent; `cursor` is the last row it finished, so
    that another goes on from there. The file and the rows' contents go after 30 days; the counts stay."""

    class Kind(models.TextChoices):
        PRODUCTS = "products", _("金融产品")
        TARIFFS = "tariffs", _("资费")
        SERVICES = "services", _("服务事项")
        OUTLETS = "outlets", _("网点")
        INSTITUTIONS = "institutions", _("金融机构")
        ENTERPRISES = "enterprises", _("企业")

    class State(models.TextChoices):
        CHECKING = "checking", _("正在检查")
        UNREADABLE = "unreadable", _("读不了")
        READY = "ready", _("等您确认")
        IMPORTING = "importing", _("正在导入")
        DONE = "done", _("已导入")
        STOPPED = "stopped", _("中途停下")
        SUBMITTING = "submitting", _("正在提交审核")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        CANCELLED = "cancelled", _("已放弃")

    class Mode(models.TextChoices):
        ALL = "all", _("整份文件都没有问题才导入")
        GOOD = "good", _("只导入没有问题的行")

    kind = models.CharField(_("内容"), max_length=12, choices=Kind)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.CHECKING)
    mode = models.CharField(_("有问题时"), max_length=4, choices=Mode, default=Mode.ALL)
    institution = models.ForeignKey(
        "accounts.Institution",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("机构"),
        help_text=_("只涉及这一家；空着表示不限"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports", verbose_name=_("上传人")
    )
    run_by = models.ForeignKey(  # who asked for the running step, and as whom it writes
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人")
    )
    client_key = models.UUIDField(unique=True, editable=False)
    file = models.FileField(_("文件"), upload_to="imports/%Y/%m/", blank=True)
    file_name = models.CharField(_("文件名"), max_length=120)
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)  # of the running step
    imported_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交审核时间"), null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    headers = models.JSONField(default=list)
    extra_headers = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # outcome → rows; kept when the rows go
    told = models.JSONField(default=dict)  # who is to be told of how many reviews, when all are submitted
    cursor = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "leased_until"], name="import_running")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"


class ImportRow(models.Model):
    """One row of the file (of tariffs: all rows of one product). `values` are plain, as `catalogue.tabular` reads them."""

    class Outcome(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("修改")
        UNCHANGED = "unchanged", _("没有变化")
        BAD = "bad", _("有问题")

    class Fate(models.TextChoices):
        WAITING = "", _("还没有导入")
        APPLIED = "applied", _("已导入")
        REFUSED = "refused", _("没有导入")
        UNDONE = "undone", _("已撤销")
        KEPT = "kept", _("保留")

    job = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as the spreadsheet counts
    outcome = models.CharField(max_length=9, choices=Outcome)
    fate = models.CharField(max_length=8, choices=Fate, default=Fate.WAITING, blank=True)
    label = models.CharField(max_length=160)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    cells = models.JSONField(default=list)  # of a bad row: what was typed, to be given back
    problems = models.JSONField(default=list)  # [{row, column, value, reason, advice}]
    changes = models.JSONField(default=list)  # [[header, old, new]] as cells say them
    notes = models.JSONField(default=list)  # what the person should know though nothing is wrong
    target_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)  # what an undo puts back
    reason = models.CharField(max_length=300, blank=True)  # why refused or kept

    class Meta:
        verbose_name = verbose_name_plural = _("导入的行")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["job", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
