"""需求空白: what was found over all open needs at one time."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class GapReport(models.Model):
    """What open needs fit no product, and what bent rules would bring. `figures` is plain data, see
    `matching.ranking.gaps`: nothing in it stands for fewer than five enterprises.

    `lease` names the worker at it and `leased_until` how long it may be silent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("正在计算")
        DONE = "done", _("已算好")
        FAILED = "failed", _("没有算成")

    is_the_one = models.BooleanField(null=True, default=True, unique=True, editable=False)  # until it is done
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁要的")
    )
    created_at = models.DateTimeField(_("开始时间"), auto_now_add=True)
    as_of = models.DateTimeField(_("数据截至"), null=True, blank=True)
    finished_at = models.DateTimeField(_("算好时间"), null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    figures = models.JSONField(_("结果"), default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("需求空白")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} · {self.get_state_display()}"


class UnmetNeed(models.Model):
    """A need behind one figure of the newest report, for those who may see the need itself."""

    report = models.ForeignKey(GapReport, models.CASCADE, related_name="unmet", verbose_name=_("报告"))
    figure = models.CharField(_("数字"), max_length=80)
    need = models.ForeignKey("matching.Need", models.CASCADE, related_name="+", verbose_name=_("需求"))
    region = models.CharField(_("地区"), max_length=6, blank=True)
    industry = models.CharField(_("行业门类"), max_length=1, blank=True)
    kind = models.CharField(_("想要的服务"), max_length=12, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("没有合适产品的需求")
        ordering = ["pk"]
        indexes = [models.Index(fields=["report", "figure", "need"], name="unmet_need_by_figure")]

    def __str__(self) -> str:
        return f"{self.figure} · {self.need_id}"
