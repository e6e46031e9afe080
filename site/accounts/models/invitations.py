"""Invitations: to act for an enterprise, to work at an institution, or to hold a role for the whole place."""

import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..roles import Role
from ..wording import masked_phone
from .enterprises import EnterpriseMember

LASTS = timedelta(days=7)


def nonce() -> str:
    return secrets.token_urlsafe(12)


def in_a_week() -> datetime:
    return timezone.now() + LASTS


class Invitation(models.Model):
    """One person invited by phone or e-mail. Its link is signed over `nonce`: sent again, the link before stops working.

    With an enterprise it carries `kind`, else `roles`: at `institution`, or for the whole place when there is none.
    """

    enterprise = models.ForeignKey(
        "accounts.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("企业"),
    )
    kind = models.CharField(_("身份"), max_length=8, choices=EnterpriseMember.Kind, blank=True)
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("机构"),
    )
    roles = models.JSONField(_("角色"), default=list, blank=True)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    phone = models.CharField(_("手机号"), max_length=16, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    nonce = models.CharField(max_length=32, default=nonce, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("邀请人"))
    sent_at = models.DateTimeField(_("发出时间"), default=timezone.now)
    expires_at = models.DateTimeField(_("有效期至"), default=in_a_week)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接受人")
    )
    accepted_at = models.DateTimeField(_("接受时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    client_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("邀请")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="invitation_by_phone_or_email",
                condition=(~models.Q(phone="") & models.Q(email="")) | (models.Q(phone="") & ~models.Q(email="")),
            ),
            models.CheckConstraint(
                name="invitation_of_one_party",
                condition=models.Q(enterprise__isnull=False, institution__isnull=True, kind__gt="")
                | models.Q(enterprise__isnull=True, kind=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to} → {self.party}"

    @property
    def to(self) -> str:
        """Whom it went to, as people without need of it see it."""
        return masked_phone(self.phone) if self.phone else self.email

    @property
    def party(self) -> str:
        return str(self.enterprise or self.institution or settings.SITE_NAME)

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(each).label) for each in self.roles]

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def is_expired(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at <= timezone.now()
