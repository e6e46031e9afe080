"""Enterprises and their people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SizeClass(models.TextChoices):
    """企业规模, 工信部联企业〔2011〕300号."""

    MICRO = "micro", _("微型")
    SMALL = "small", _("小型")
    MEDIUM = "medium", _("中型")
    LARGE = "large", _("大型")


class Trait(models.TextChoices):
    """Facts about a firm that products ask for. Whether a firm has one is yes, no or not known."""

    FIRST_LOAN = "first_loan", _("首贷户")
    HIGH_TECH = "high_tech", _("高新技术企业")
    TECH_SME = "tech_sme", _("科技型中小企业")
    SPECIALISED = "specialised", _("专精特新")
    TALENT = "talent", _("人才企业")
    AGRICULTURE = "agriculture", _("农业经营主体")
    SOLE_TRADER = "sole_trader", _("个体工商户")
    PRIVATE = "private", _("民营企业")
    STARTUP = "startup", _("初创期")
    GROWTH = "growth", _("成长期")
    PER_MU_A = "per_mu_a", _("亩均效益 A 类")
    WATER_PERMIT = "water_permit", _("持有取水许可证")
    EXPORTER = "exporter", _("外贸企业")


class StandingEnterprises(models.Manager):
    """Without those that were merged into another: a forwarding row is found by `every` alone."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(merged_into__isnull=True)


class Enterprise(models.Model):
    """One firm, known by its 统一社会信用代码. Facts that nobody has stated are null, never a default.

    One that was merged into another stays as a forwarding row: its code and its old addresses lead to the other, and
    what is never rewritten (the audit trail) goes on naming it.
    """

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    region = models.ForeignKey("accounts.Region", models.PROTECT, verbose_name=_("所在地"), related_name="enterprises")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    industry = models.ForeignKey(
        "accounts.Industry", models.PROTECT, null=True, blank=True, verbose_name=_("行业"), related_name="enterprises"
    )
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    revenue = models.DecimalField(_("年营业收入（元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    assets = models.DecimalField(_("资产总额（元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    size_class = models.CharField(_("规模"), max_length=8, choices=SizeClass, null=True, blank=True)
    traits = models.JSONField(
        _("特征"), default=dict, blank=True, help_text=_("{特征代码: true 或 false}；没有的键表示未知")
    )
    licence = models.FileField(_("营业执照"), upload_to="licences/%Y/", blank=True)
    is_demo = models.BooleanField(_("虚构示例"), default=False)
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", verbose_name=_("已并入")
    )

    every = models.Manager()
    objects = StandingEnterprises()

    class Meta:
        verbose_name = verbose_name_plural = _("企业")
        ordering = ["name"]
        default_manager_name = "objects"
        base_manager_name = "every"

    def __str__(self) -> str:
        return self.name


class EnterpriseMember(models.Model):
    """A person acting for an enterprise."""

    class Kind(models.TextChoices):
        OWNER = "owner", _("负责人")
        MEMBER = "member", _("经办人")

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="members", verbose_name=_("企业"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="enterprise_memberships", verbose_name=_("用户")
    )
    kind = models.CharField(_("身份"), max_length=8, choices=Kind, default=Kind.MEMBER)
    is_active = models.BooleanField(_("有效"), default=True)
    created_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("企业成员")
        constraints = [models.UniqueConstraint(fields=["enterprise", "user"], name="member_once_per_enterprise")]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.user}"
