"""Institutions as parties, and who works for whom. Their products and outlets are in `catalogue`."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..roles import INSTITUTION_ROLES, Role


class InstitutionKind(models.TextChoices):
    BANK = "bank", _("银行")
    GUARANTOR = "guarantor", _("融资担保")
    INSURER = "insurer", _("保险")
    FUND = "fund", _("基金")
    BRIDGING = "bridging", _("转贷服务")
    GOVERNMENT = "government", _("政府部门")
    SERVICE = "service", _("专业服务")


class Institution(models.Model):
    """金融机构: a bank, guarantor, insurer, fund or the office behind a public programme."""

    name = models.CharField(_("名称"), max_length=120, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    slug = models.SlugField(_("网址名"), max_length=80, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=InstitutionKind)
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="institutions", verbose_name=_("所在地"))
    summary = models.CharField(_("一句话介绍"), max_length=200, blank=True)
    description = models.TextField(_("介绍"), blank=True)
    phone = models.CharField(_("公开电话"), max_length=40, blank=True)
    website = models.URLField(_("网站"), blank=True)
    is_active = models.BooleanField(_("对外展示"), default=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("金融机构")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name or self.name


class RoleAssignment(models.Model):
    """A role held by a person: for one institution, or for the whole place."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_assignments", verbose_name=_("用户")
    )
    role = models.CharField(_("角色"), max_length=32, choices=Role)
    institution = models.ForeignKey(
        Institution, models.CASCADE, null=True, blank=True, related_name="staff", verbose_name=_("机构")
    )
    created_at = models.DateTimeField(_("授予时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("角色")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "institution"], name="role_once_per_institution"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(institution__isnull=True), name="role_once_for_the_place"
            ),
            models.CheckConstraint(
                name="institution_role_names_institution",
                condition=models.Q(role__in=sorted(INSTITUTION_ROLES), institution__isnull=False)
                | (~models.Q(role__in=sorted(INSTITUTION_ROLES)) & models.Q(institution__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
