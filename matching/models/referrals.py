"""对接单: a need on its way to one institution's product, its clock, its history, and how the enterprise judged it."""

import uuid
from typing import cast

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.append_only import AppendOnly
from catalogue.fields import ChoiceListField


class Promise(models.Model):
    """One public promise of how fast a step is taken. Rows of `data/promises.toml` until somebody edits them here."""

    class Step(models.TextChoices):
        ACCEPT = "accept", _("受理")
        CONTACT = "contact", _("对接")
        OUTCOME = "outcome", _("办结")

    step = models.CharField(_("环节"), max_length=8, choices=Step, unique=True)
    workdays = models.PositiveSmallIntegerField(_("工作日"), validators=[MinValueValidator(1)])
    counted_from = models.CharField(
        _("从何时算起"),
        max_length=12,
        choices=[("submitted", _("提交")), ("accepted", _("受理")), ("contacted", _("对接"))],
    )
    text = models.CharField(_("对外说法"), max_length=120)
    source = models.CharField(_("来源"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("服务承诺")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class DeclineReason(models.TextChoices):
    """Why an institution does not take a need up."""

    REGION = "region", _("不在服务地区")
    INDUSTRY = "industry", _("行业不在支持范围")
    AMOUNT = "amount", _("金额不合适")
    GUARANTEE = "guarantee", _("担保方式不符")
    CONDITIONS = "conditions", _("准入条件不符")
    PURPOSE = "purpose", _("用途不符")
    CAPACITY = "capacity", _("近期额度已满")
    DUPLICATE = "duplicate", _("已在本机构办理")
    CONSENT = "consent", _("企业已撤回授权")
    OTHER = "other", _("其他")


class FailureReason(models.TextChoices):
    """Why a need that was taken up came to nothing."""

    NOT_APPROVED = "not_approved", _("审批未通过")
    TERMS = "terms", _("额度、利率或期限没有谈拢")
    MATERIALS = "materials", _("材料不齐")
    ELSEWHERE = "elsewhere", _("企业选择了其他机构")
    NO_LONGER = "no_longer", _("企业不再需要")
    UNREACHABLE = "unreachable", _("多次联系不上")
    OTHER = "other", _("其他")


class Referral(models.Model):
    """One need at one product. The state moves only by `referrals.states.MACHINE`."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("待受理")
        ACCEPTED = "accepted", _("已受理")
        CONTACTED = "contacted", _("已对接")
        GRANTED = "granted", _("已办成")
        FAILED = "failed", _("未办成")
        DECLINED = "declined", _("已婉拒")
        WITHDRAWN = "withdrawn", _("企业已撤回")

    OPEN_STATES = ("submitted", "accepted", "contacted")

    need = models.ForeignKey("matching.Need", models.PROTECT, related_name="referrals", verbose_name=_("需求"))
    product = models.ForeignKey("catalogue.Product", models.PROTECT, related_name="referrals", verbose_name=_("产品"))
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="referrals", verbose_name=_("机构")
    )
    consent = models.ForeignKey("accounts.Consent", models.PROTECT, related_name="+", verbose_name=_("据以发起的授权"))
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals_managed",
        verbose_name=_("客户经理"),
    )
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.SUBMITTED)
    match = models.JSONField(_("选定时看到的理由"), default=dict, blank=True)
    clock = models.CharField(_("正在计时的环节"), max_length=8, choices=Promise.Step, blank=True)
    due_at = models.DateTimeField(_("应办时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("对接时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    decline_reason = models.CharField(_("婉拒原因"), max_length=12, choices=DeclineReason, blank=True)
    failure_reason = models.CharField(_("未办成原因"), max_length=12, choices=FailureReason, blank=True)
    granted_amount = models.DecimalField(_("办成金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    granted_rate = models.DecimalField(_("年利率（%）"), max_digits=7, decimal_places=4, null=True, blank=True)
    granted_on = models.DateField(_("放款（生效）日期"), null=True, blank=True)
    client_key = models.UUIDField(_("防重复标记"), default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("对接单")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["institution", "state", "due_at"]),
            models.Index(fields=["due_at"], name="referral_clock", condition=models.Q(due_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "product"],
                condition=models.Q(state__in=["submitted", "accepted", "contacted"]),
                name="one_open_referral_per_product",
            ),
            models.UniqueConstraint(fields=["client_key", "product"], name="referral_posted_once"),
            models.CheckConstraint(
                name="referral_clock_runs_while_open",
                condition=models.Q(state__in=["submitted", "accepted", "contacted"], closed_at__isnull=True)
                | models.Q(
                    state__in=["granted", "failed", "declined", "withdrawn"],
                    closed_at__isnull=False,
                    due_at__isnull=True,
                    clock="",
                ),
            ),
            models.CheckConstraint(
                name="referral_granted_has_amount",
                condition=~models.Q(state="granted") | models.Q(granted_amount__gt=0, granted_on__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_refusal_has_reason",
                condition=(~models.Q(state="declined") | ~models.Q(decline_reason=""))
                & (~models.Q(state="failed") | ~models.Q(failure_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("matching:referral", args=[self.pk])

    def get_desk_url(self) -> str:
        return reverse("matching:desk_referral", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def is_judged(self) -> bool:
        """Over for a reason that the institution answers for: the enterprise may rate it."""
        return self.state in {"granted", "failed", "declined"}


class ReferralEvent(AppendOnly):
    """One line of a referral's history. Rows are added, never changed and never deleted."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("申请对接")
        ACCEPT = "accept", _("受理")
        HAND_OVER = "hand_over", _("更换客户经理")
        DECLINE = "decline", _("婉拒")
        CONTACT = "contact", _("联系企业")
        GRANT = "grant", _("办成")
        FAIL = "fail", _("未办成")
        WITHDRAW = "withdraw", _("企业撤回")
        RATED = "rated", _("企业评价")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("企业撤回授权")
        CONSENT_GIVEN = "consent_given", _("企业重新授权")

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="events", verbose_name=_("对接单"))
    kind = models.CharField(_("事项"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁")
    )
    party = models.CharField(_("一方"), max_length=120, help_text=_("当时代表的企业或机构"))
    at = models.DateTimeField(_("时间"))
    note = models.CharField(_("说明"), max_length=500, blank=True)
    due_at = models.DateTimeField(_("当时应办时间"), null=True)
    workdays = models.PositiveSmallIntegerField(_("用时（工作日）"), null=True)

    class Meta(AppendOnly.Meta):
        verbose_name = verbose_name_plural = _("对接记录")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def was_late(self) -> bool:
        return self.due_at is not None and self.at > self.due_at


class Rating(models.Model):
    """好差评: what the enterprise thinks of how one referral went. Given once."""

    class Level(models.IntegerChoices):
        VERY_GOOD = 5, _("非常满意")
        GOOD = 4, _("满意")
        FAIR = 3, _("基本满意")
        BAD = 2, _("不满意")
        VERY_BAD = 1, _("非常不满意")

    class Reason(models.TextChoices):
        FAST = "fast", _("响应快")
        CLEAR = "clear", _("讲得明白")
        COST = "cost", _("成本合适")
        EASY = "easy", _("手续简便")
        SLOW = "slow", _("响应慢")
        UNCLEAR = "unclear", _("没讲明白")
        DEAR = "dear", _("成本偏高")
        COMPLEX = "complex", _("手续繁琐")
        ATTITUDE = "attitude", _("态度不好")

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="rating", verbose_name=_("对接单"))
    level = models.PositiveSmallIntegerField(_("评价"), choices=Level)
    reasons = ChoiceListField(_("原因"), item_choices=Reason)
    text = models.CharField(_("想说的话"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("评价人"))
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("好差评")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="referral_rating_has_five_levels", condition=models.Q(level__gte=1, level__lte=5)
            )
        ]

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def reason_names(self) -> list[str]:
        return cast(ChoiceListField, self._meta.get_field("reasons")).labels(self.reasons)

    @property
    def is_bad(self) -> bool:
        return self.level <= self.Level.BAD
