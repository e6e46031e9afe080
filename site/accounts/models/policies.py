"""政策文件 as a register that others rest on: what is published of each, and whether it holds. See `accounts.policies`."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PolicyState(models.TextChoices):
    CURRENT = "current", _("现行")
    NOT_YET = "not_yet", _("未生效")
    EXPIRED = "expired", _("已失效")
    WITHDRAWN = "withdrawn", _("已撤下")


def state_of(valid_from: date | None, valid_to: date | None, today: date | None = None) -> PolicyState:
    """Computed from the days that the document states; a document that states none holds."""
    today = today or timezone.localdate()
    if valid_to is not None and valid_to < today:
        return PolicyState.EXPIRED
    if valid_from is not None and valid_from > today:
        return PolicyState.NOT_YET
    return PolicyState.CURRENT


class PolicyQuerySet(models.QuerySet):
    def lapsed(self, today: date | None = None) -> "PolicyQuerySet":
        """Those that nothing should rest on any more: past their last day, or taken down."""
        return self.filter(lapsed(today))

    def in_force(self, today: date | None = None) -> "PolicyQuerySet":
        return self.exclude(lapsed(today))


def lapsed(today: date | None = None, prefix: str = "") -> Q:
    """The condition, on a policy or (with `prefix`, "policy__") on what refers to one."""
    return Q(**{f"{prefix}valid_to__lt": today or timezone.localdate()}) | Q(**{f"{prefix}is_published": False})


class Policy(models.Model):
    """One policy as its page last published it. The page is where it is written; this row is what products name."""

    page_key = models.PositiveIntegerField(_("页面"), unique=True, editable=False)
    title = models.CharField(_("名称"), max_length=255)
    url = models.CharField(_("网址"), max_length=255)
    number = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发布单位"), max_length=120, blank=True)
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("适用地区"))
    issued_on = models.DateField(_("发布日期"), null=True, blank=True)
    valid_from = models.DateField(_("施行日期"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    is_published = models.BooleanField(_("已发布"), default=True)
    lapse_told = models.BooleanField(_("失效已通知"), default=False, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("政策")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）" if self.number else self.title

    @property
    def state(self) -> PolicyState:
        return state_of(self.valid_from, self.valid_to) if self.is_published else PolicyState.WITHDRAWN

    @property
    def state_name(self) -> str:
        return str(self.state.label)

    @property
    def is_lapsed(self) -> bool:
        return self.state in {PolicyState.EXPIRED, PolicyState.WITHDRAWN}
