"""金融顾问 and 服务团: who visits enterprises, where, and what they are good at."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.fields import ChoiceListField
from catalogue.models import ProductKind, Purpose


def _slug_taken(record: models.Model, other: type[models.Model]) -> None:
    """Advisors and teams share the addresses /advisors/<slug>/."""
    if other.objects.filter(slug=record.slug).exists():  # type: ignore[attr-defined]
        raise ValidationError({"slug": gettext("这个网址名已经用于另一位顾问或服务团，请换一个。")})


class Advisor(models.Model):
    """One advisor. Without a user it is only shown; with one it has a week, a feed and logs."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="advisor",
        verbose_name=_("登录账号"),
    )
    name = models.CharField(_("姓名"), max_length=60)
    slug = models.SlugField(_("网址名"), max_length=80, unique=True)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="advisors",
        verbose_name=_("所在机构"),
    )
    kinds = ChoiceListField(_("擅长的产品"), item_choices=ProductKind)
    purposes = ChoiceListField(_("擅长的用途"), item_choices=Purpose)
    regions = models.ManyToManyField("accounts.Region", blank=True, related_name="advisors", verbose_name=_("服务地区"))
    introduction = models.TextField(_("介绍"), blank=True)
    languages = models.CharField(_("语言与方言"), max_length=80, blank=True, help_text=_("如：普通话、衢州话"))
    is_active = models.BooleanField(_("对外展示"), default=True)
    is_demo = models.BooleanField(_("虚构示例"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("金融顾问")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("advisors:detail", args=[self.slug])

    def clean(self) -> None:
        _slug_taken(self, AdvisorTeam)

    @property
    def speciality_names(self) -> list[str]:
        """What this advisor is good at, in words."""
        return [
            *self._meta.get_field("kinds").labels(self.kinds),  # type: ignore[union-attr]
            *self._meta.get_field("purposes").labels(self.purposes),  # type: ignore[union-attr]
        ]


class WorkingHours(models.Model):
    """When an advisor can be visited by booking, per weekday. An advisor without rows has the usual office hours."""

    advisor = models.ForeignKey(Advisor, models.CASCADE, related_name="working_hours", verbose_name=_("顾问"))
    weekday = models.PositiveSmallIntegerField(
        _("星期"),
        choices=[(number, _("周") + name) for number, name in enumerate("一二三四五六日")],
    )
    starts_at = models.TimeField(_("从"))
    ends_at = models.TimeField(_("到"))

    class Meta:
        verbose_name = verbose_name_plural = _("可约时间")
        ordering = ["weekday", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["advisor", "weekday", "starts_at"], name="working_hours_once"),
            models.CheckConstraint(name="working_hours_forward", condition=models.Q(starts_at__lt=models.F("ends_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class AdvisorTeam(models.Model):
    """服务团: one lead (首席专员) and members, the areas they serve, and the host institution (主办行) if there is one."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    slug = models.SlugField(_("网址名"), max_length=80, unique=True)
    host = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_teams",
        verbose_name=_("主办行"),
    )
    regions = models.ManyToManyField(
        "accounts.Region", blank=True, related_name="advisor_teams", verbose_name=_("服务地区")
    )
    advisors = models.ManyToManyField(Advisor, through="TeamMember", related_name="teams", verbose_name=_("成员"))
    summary = models.CharField(_("一句话介绍"), max_length=160, blank=True)
    introduction = models.TextField(_("介绍"), blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True)
    as_of = models.DateField(_("资料日期"), null=True, blank=True)
    is_active = models.BooleanField(_("对外展示"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("服务团")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("advisors:detail", args=[self.slug])

    def clean(self) -> None:
        _slug_taken(self, Advisor)


class TeamMember(models.Model):
    """An advisor's place in a team. Each team has at most one lead."""

    team = models.ForeignKey(AdvisorTeam, models.CASCADE, related_name="members", verbose_name=_("服务团"))
    advisor = models.ForeignKey(Advisor, models.CASCADE, related_name="memberships", verbose_name=_("顾问"))
    is_lead = models.BooleanField(_("首席专员"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("服务团成员")
        ordering = ["-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "advisor"], name="member_once_per_team"),
            models.UniqueConstraint(fields=["team"], condition=models.Q(is_lead=True), name="one_lead_per_team"),
        ]

    def __str__(self) -> str:
        return f"{self.team} · {self.advisor}"


def feed_token() -> str:
    return secrets.token_urlsafe(24)


class CalendarFeed(models.Model):
    """The secret address of an advisor's calendar. Who holds it can read the week; a new one ends the old one."""

    advisor = models.ForeignKey(Advisor, models.CASCADE, related_name="feeds", verbose_name=_("顾问"))
    token = models.CharField(_("令牌"), max_length=64, unique=True, default=feed_token)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("日历订阅")
        constraints = [
            models.UniqueConstraint(
                fields=["advisor"], condition=models.Q(revoked_at__isnull=True), name="one_open_feed_per_advisor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.advisor} {self.created_at:%Y-%m-%d}"
