"""更正: what people changed of what the parser had read from their sentence, for staff to review as cases for its tests."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ParseCorrection(models.Model):
    """One sentence, what was read from it, and what the person made of it. The same again counts here once more.

    The sentence is masked before it is kept, and it leads to no one: which needs it came from is kept apart
    (`CorrectionSource`), so that the erasure of an enterprise takes its sentences along.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("待审")
        ADOPTED = "adopted", _("采纳")
        REJECTED = "rejected", _("不采纳")

    text = models.CharField(_("原话"), max_length=500, help_text=_("已隐去姓名、电话、证件号和企业名称"))
    parsed = models.JSONField(_("读成"), default=dict, help_text=_("{字段: 值}，只列说到的"))
    corrected = models.JSONField(_("改成"), default=dict, help_text=_("{字段: 值}，只列填了的"))
    key = models.CharField(max_length=64, unique=True, editable=False)
    count = models.PositiveIntegerField(_("次数"), default=0)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("第一次"), auto_now_add=True)
    last_at = models.DateTimeField(_("最近一次"))

    class Meta:
        verbose_name = verbose_name_plural = _("更正")
        ordering = ["-count", "-last_at", "pk"]
        indexes = [models.Index(fields=["state", "-count"], name="correction_by_state")]
        constraints = [
            models.CheckConstraint(
                name="correction_decided_has_time",
                condition=models.Q(state="pending", decided_at__isnull=True)
                | models.Q(state__in=["adopted", "rejected"], decided_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('matching:corrections')}?show={self.state}#c{self.pk}"


class CorrectionSource(models.Model):
    """Which need a correction came from: one each, the newest."""

    correction = models.ForeignKey(ParseCorrection, models.CASCADE, related_name="sources")
    need = models.OneToOneField("matching.Need", models.CASCADE, related_name="correction_source")
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("更正的来源")

    def __str__(self) -> str:
        return f"{self.correction_id} · {self.need_id}"
