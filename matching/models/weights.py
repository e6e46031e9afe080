"""How much each term of the ranking counts: the versions that supervisors saved, what was previewed, and what is judged by."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly


class WeightSet(AppendOnly):
    """One version of the weights. The newest that has begun is in force; before the first, `ranking/weights.toml` is."""

    number = models.PositiveIntegerField(_("版本"), unique=True)
    terms = models.JSONField(_("比重"), help_text=_("{每一项: 0 到 10}；只有比例有意义"))
    before = models.JSONField(
        _("当时的比重"), default=dict, help_text=_("保存时正在使用的；软件自带的比重会随版本变，所以留下来")
    )
    why = models.CharField(_("为什么这样改"), max_length=300, help_text=_("会显示在公开的匹配说明里"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("保存人"))
    created_at = models.DateTimeField(_("保存时间"), auto_now_add=True)
    in_force_from = models.DateTimeField(_("从何时起用"), db_index=True)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("恢复自")
    )

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("匹配权重")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(name="weight_set_number_from_one", condition=models.Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def version(self) -> str:
        """As `MatchRun.weights_version` keeps it."""
        return f"v{self.number}"

    @property
    def has_begun(self) -> bool:
        return self.in_force_from <= timezone.now()


class WeightPreview(models.Model):
    """What other weights would change, worked out by the queue and kept, so that one may leave the page meanwhile.

    `results` is plain data, see `weights.preview`. `base_number` is the newest version when the preview was asked for: a
    newer one makes saving it refuse. `lease` names the worker at it and `leased_until` how long it may be silent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在计算")
        DONE = "done", _("已算好")
        FAILED = "failed", _("没有算成")

    terms = models.JSONField(_("比重"))
    why = models.CharField(_("为什么这样改"), max_length=300, blank=True)
    base_number = models.PositiveIntegerField(_("当时最新的版本"))
    base_version = models.CharField(_("与哪一版相比"), max_length=40)
    base_terms = models.JSONField(_("那一版的比重"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("预览人"))
    created_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    finished_at = models.DateTimeField(_("算好时间"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    results = models.JSONField(_("影响"), default=dict, blank=True)
    saved_as = models.ForeignKey(
        WeightSet, models.PROTECT, null=True, blank=True, related_name="previews", verbose_name=_("保存为")
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("权重预览")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "leased_until"], name="weight_preview_running")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("matching:weights_preview", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def base_name(self) -> str:
        """第 3 版, or the file's weights."""
        if self.base_version.startswith("v"):
            return gettext("第 %s 版") % self.base_version[1:]
        return gettext("软件自带的权重（%s）") % self.base_version

    @property
    def needs(self) -> dict[str, Any]:
        return self.results.get("needs", {})


class JudgedNeed(models.Model):
    """A sentence with the products that people who know them call best and acceptable, by name: what weights are judged by."""

    class Source(models.TextChoices):
        FILE = "file", _("从表格导入")
        CORRECTION = "correction", _("由企业的更正而来")

    text = models.CharField(_("原话"), max_length=500, db_index=True)
    best = models.CharField(_("最合适的产品"), max_length=120)
    acceptable = models.JSONField(_("也可以的产品"), default=list, blank=True, help_text=_("产品名称的列表"))
    source = models.CharField(_("来源"), max_length=10, choices=Source, default=Source.FILE)
    created_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("评判句")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def right(self) -> set[str]:
        """Names that count as acceptable: the best one too."""
        return {self.best, *self.acceptable}
