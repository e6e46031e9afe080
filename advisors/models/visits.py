"""走访: one advisor, one enterprise, one time; what was said is a log that only grows.

Two visits of one advisor never overlap while they stand (`ACTIVE_STATES`). The action checks it under a lock; the
database refuses it as well (`advisors.database`), whoever writes.
"""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly


class VisitState(models.TextChoices):
    PLANNED = "planned", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    DONE = "done", _("已走访")
    CANCELLED = "cancelled", _("已取消")
    NO_SHOW = "no_show", _("未见到人")


ACTIVE_STATES = (VisitState.PLANNED, VisitState.CONFIRMED, VisitState.DONE)  # these take up the advisor's time


class Side(models.TextChoices):
    TEAM = "team", _("服务团")
    ENTERPRISE = "enterprise", _("企业")


class Visit(models.Model):
    advisor = models.ForeignKey(
        "advisors.Advisor", models.PROTECT, related_name="visits", verbose_name=_("顾问"), db_index=False
    )
    team = models.ForeignKey(
        "advisors.AdvisorTeam", models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("服务团")
    )
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="visits", verbose_name=_("企业"))
    need = models.ForeignKey(
        "matching.Need",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("为哪个需求"),
    )
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    purpose = models.CharField(_("事由"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=VisitState, default=VisitState.PLANNED, editable=False)
    proposed_by = models.CharField(_("由谁提出"), max_length=10, choices=Side, default=Side.TEAM)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of the calendar entry: grows with each change
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("走访")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["advisor", "starts_at"], name="visit_by_advisor"),
            models.Index(fields=["team", "starts_at"], name="visit_by_team"),
            models.Index(fields=["enterprise", "starts_at"], name="visit_by_enterprise"),
        ]
        constraints = [
            models.CheckConstraint(name="visit_forward", condition=models.Q(starts_at__lt=models.F("ends_at")))
        ]

    def __str__(self) -> str:
        return f"{self.advisor} → {self.enterprise}"

    def get_absolute_url(self) -> str:
        """On the desk; an enterprise reads it at `me_url`."""
        return reverse("advisors:visit", args=[self.pk])

    @property
    def me_url(self) -> str:
        return reverse("advisors:my_visit", args=[self.pk])


class VisitEvent(AppendOnly):
    """What happened to a visit, in order: planned, confirmed, moved, cancelled …"""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="events", verbose_name=_("走访"))
    step = models.CharField(_("步骤"), max_length=12)
    label = models.CharField(_("做了什么"), max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("由谁")
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("走访经过")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.label}"


class VisitLog(AppendOnly):
    """What was said. The first log of a visit ends it; later ones are amendments."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="logs", verbose_name=_("走访"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    notes = models.TextField(_("谈了什么"), max_length=5000)
    attendees = models.CharField(_("在场的人"), max_length=200, blank=True)
    next_step = models.CharField(_("下一步"), max_length=200, blank=True)
    next_step_on = models.DateField(_("下一步日期"), null=True, blank=True)
    is_amendment = models.BooleanField(_("补记"), default=False)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    written_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    products = models.ManyToManyField(
        "catalogue.Product", through="VisitProduct", related_name="+", verbose_name=_("谈到的产品")
    )

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("走访记录")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(is_amendment=False), name="one_first_log_per_visit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.written_at:%Y-%m-%d %H:%M}"


class VisitProduct(AppendOnly):
    """A product that was discussed."""

    log = models.ForeignKey(VisitLog, models.PROTECT, related_name="+", verbose_name=_("走访记录"))
    product = models.ForeignKey(
        "catalogue.Product", models.PROTECT, related_name="visit_products", verbose_name=_("产品")
    )

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("谈到的产品")
        constraints = [models.UniqueConstraint(fields=["log", "product"], name="product_once_per_log")]

    def __str__(self) -> str:
        return f"{self.log_id} · {self.product_id}"
