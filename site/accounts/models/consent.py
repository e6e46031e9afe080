"""授权: what an enterprise lets one institution see, for one purpose."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """One given consent. Withdrawing stamps `withdrawn_at`; giving again is a new row; rows are never deleted."""

    class Purpose(models.TextChoices):
        REFERRAL = "referral", _("对接融资需求")
        VISIT = "visit", _("顾问走访")
        EVENT = "event", _("参加活动")

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="consents", verbose_name=_("企业")
    )
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="consents", verbose_name=_("机构")
    )
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose)
    wording = models.TextField(_("授权书原文"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("授权人"))
    given_at = models.DateTimeField(_("授权时间"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("授权")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "institution", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_open_consent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} → {self.institution}"
