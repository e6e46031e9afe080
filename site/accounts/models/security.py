"""Counters of guesses, and requests to have lost second factors removed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempts(models.Model):
    """How often something limited was tried in the window that ends at `until` (`accounts.security.limits`)."""

    key = models.CharField(max_length=64, unique=True)  # a digest: tells neither phone nor address
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("限次计数")

    def __str__(self) -> str:
        return f"{self.count} ({self.until:%H:%M:%S})"


class FactorRecovery(models.Model):
    """Somebody who passed password or code, but has neither device nor recovery codes, asks for a way back in.

    Nothing is removed before `effective_at`; every contact of the account is told at once, and any of them, or a
    sign-in with the old factor, stops it.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("等待中")
        CANCELLED = "cancelled", _("已取消")
        DONE = "done", _("已移除")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factor_recoveries")
    requested_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    effective_at = models.DateTimeField(_("生效时间"))
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("第二道验证的移除申请")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(outcome="waiting"), name="accounts_one_recovery_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_outcome_display()}"
