"""How people come to act for an enterprise: asking its owner, proving that it is theirs; and two records becoming one."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..append_only import AppendOnly


class JoinRequest(models.Model):
    """A newcomer asks to act for an enterprise that others registered, and waits for its owner's word."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待同意")
        ACCEPTED = "accepted", _("已加入")
        REFUSED = "refused", _("未获同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.PROTECT, related_name="join_requests", verbose_name=_("企业")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests", verbose_name=_("申请人")
    )
    message = models.CharField(_("想对负责人说的话"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING, editable=False)
    reason = models.CharField(_("不同意的原因"), max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("由谁决定")
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("申请时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("加入申请")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user"], condition=models.Q(state="waiting"), name="one_waiting_join_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.enterprise}"


class Claim(models.Model):
    """Somebody proves that an enterprise is theirs to speak for: its owner left, or never was one of its people."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待审核")
        MORE_WANTED = "more_wanted", _("待补充")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")
        WITHDRAWN = "withdrawn", _("已撤回")

    OPEN_STATES = ("submitted", "more_wanted")

    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="claims", verbose_name=_("企业"))
    claimant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", verbose_name=_("申请人")
    )
    statement = models.CharField(_("情况说明"), max_length=500)
    licence = models.FileField(_("营业执照"), upload_to="claims/%Y/")
    letter = models.FileField(_("授权书或介绍信"), upload_to="claims/%Y/", blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.SUBMITTED, editable=False)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("企业认领")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "created_at"], name="claim_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "claimant"],
                condition=models.Q(state__in=["submitted", "more_wanted"]),
                name="one_open_claim",
            )
        ]

    def __str__(self) -> str:
        return f"{self.claimant} → {self.enterprise}"

    def get_absolute_url(self) -> str:
        """The claimant's page; staff read it at `desk_url`."""
        return reverse("accounts:my_claim", args=[self.pk])

    @property
    def desk_url(self) -> str:
        return reverse("accounts:claim", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class ClaimEvent(AppendOnly):
    """One step of a claim; the claimant reads all of them."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events", verbose_name=_("认领"))
    step = models.CharField(_("步骤"), max_length=12)
    label = models.CharField(_("做了什么"), max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("由谁"))
    note = models.CharField(_("说明"), max_length=500, blank=True)
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("认领经过")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.label} {self.at:%Y-%m-%d %H:%M}"


class EnterpriseMerge(models.Model):
    """Two records of one firm became one: what moved, what was changed, so that it can be undone."""

    source = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+", verbose_name=_("被并入的企业"))
    target = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+", verbose_name=_("保留的企业"))
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("由谁"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    moved = models.JSONField(_("移过去的记录"), default=dict, help_text=_("{表.字段: [编号]}"))
    kept = models.JSONField(_("留在原处的记录"), default=dict, help_text=_("{表.字段: [编号]}"))
    changed = models.JSONField(_("改动"), default=dict, help_text=_("{企业或成员: {字段: [原值, 新值]}}"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("由谁撤销")
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("企业合并")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(undone_at__isnull=True), name="merged_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
