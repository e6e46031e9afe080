"""诉求: a problem of an enterprise, followed by a clock of working days until the enterprise says that it is solved."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly


class RequestState(models.TextChoices):
    RAISED = "raised", _("待受理")
    DISPATCHED = "dispatched", _("办理中")
    ANSWERED = "answered", _("已答复")
    CONFIRMED = "confirmed", _("已解决")
    REOPENED = "reopened", _("重新办理")
    CLOSED = "closed", _("已办结")


class RequestCategory(models.TextChoices):
    FINANCING = "financing", _("贷款与续贷")
    GUARANTEE = "guarantee", _("担保与保险")
    EQUITY = "equity", _("股权与上市")
    SUBSIDY = "subsidy", _("补贴与政策")
    TAX = "tax", _("税务与财会")
    LEGAL = "legal", _("法律与纠纷")
    OTHER = "other", _("其他")


class ServiceRequest(models.Model):
    """One request. Somebody (`owner`, or the staff of `unit`) has it from the moment it is taken up."""

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="service_requests", verbose_name=_("企业")
    )
    visit = models.ForeignKey(
        "advisors.Visit", models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("来自走访")
    )
    team = models.ForeignKey(
        "advisors.AdvisorTeam",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("服务团"),
    )
    category = models.CharField(_("类别"), max_length=12, choices=RequestCategory)
    text = models.TextField(_("诉求"), max_length=2000)
    attachment = models.FileField(_("附件"), upload_to="requests/%Y/%m/", blank=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=RequestState, default=RequestState.RAISED, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    unit = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_requests",
        verbose_name=_("承办单位"),
    )
    due_at = models.DateTimeField(
        _("期限"), null=True, blank=True, help_text=_("轮到承办方时的期限；等企业确认时没有期限")
    )
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("诉求")
        ordering = [models.F("due_at").asc(nulls_last=True), "pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="request_by_clock"),
            models.Index(fields=["enterprise", "created_at"], name="request_by_enterprise"),
            models.Index(fields=["team", "state", "due_at"], name="request_by_team"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 30 else f"{self.text[:29]}…"

    def get_absolute_url(self) -> str:
        """On the desk; an enterprise reads it at `me_url`."""
        return reverse("advisors:request", args=[self.pk])

    @property
    def me_url(self) -> str:
        return reverse("advisors:my_request", args=[self.pk])

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()


class RequestEvent(AppendOnly):
    """One step of a request, in order; the enterprise reads all of them."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="events", verbose_name=_("诉求"))
    step = models.CharField(_("步骤"), max_length=12)
    label = models.CharField(_("做了什么"), max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("由谁")
    )
    note = models.TextField(_("说明"), max_length=2000, blank=True)
    due_at = models.DateTimeField(_("当时的期限"), null=True, blank=True)  # of the step that this one ended
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("诉求经过")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.label}"
