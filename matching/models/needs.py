"""融资需求: what an enterprise says it needs, and what it was shown for it."""

import uuid
from decimal import Decimal
from typing import cast

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.wording import money
from catalogue.fields import ChoiceListField
from catalogue.models import GuaranteeKind, ProductKind, Purpose


def money_range(low: Decimal | None, high: Decimal | None) -> str:
    """50 万元, 30 万元 – 50 万元, or "" when nobody said."""
    known = [money(each) for each in (low, high) if each is not None]
    return " – ".join(dict.fromkeys(known))


class Need(models.Model):
    """One need of one enterprise, in its own words and in the codes that products use. What nobody said is null or empty."""

    class Status(models.TextChoices):
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结束")

    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="needs", verbose_name=_("企业"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("填写人"), help_text=_("也是联系人")
    )
    text = models.CharField(_("原话"), max_length=500, blank=True)
    marks = models.JSONField(
        _("听懂的依据"),
        default=list,
        blank=True,
        help_text=_("[{field, start, end, code?, holds?}]：哪个字段（列表时还有哪一项）出自原话的哪几个字"),
    )
    kinds = ChoiceListField(_("想要的服务"), item_choices=ProductKind)
    purposes = ChoiceListField(_("用途"), item_choices=Purpose)
    guarantee_kinds = ChoiceListField(_("能提供的担保"), item_choices=GuaranteeKind)
    amount_low = models.DecimalField(_("至少（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    amount_high = models.DecimalField(_("至多（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    term_months = models.PositiveSmallIntegerField(_("期限（月）"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("用款天数"), null=True, blank=True)
    revolving = models.BooleanField(_("随借随还"), null=True, blank=True)
    rate_ceiling = models.DecimalField(
        _("可接受的最高年利率（%）"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    region = models.ForeignKey(
        "accounts.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("经营所在地"),
        help_text=_("不填则按企业登记的所在地"),
    )
    traits = models.JSONField(
        _("特征"), default=dict, blank=True, help_text=_("{特征代码: true 或 false}；优先于企业登记的特征")
    )
    needed_by = models.DateField(_("最晚何时要用"), null=True, blank=True)
    matures_on = models.DateField(_("现有贷款到期日"), null=True, blank=True)
    renewal_agreed = models.BooleanField(_("银行已同意续贷"), null=True, blank=True)
    details = models.JSONField(
        _("其他说到的"), default=dict, blank=True, help_text=_("原话里说到、表单上没有的：如不要哪类产品、年营业收入")
    )
    product = models.ForeignKey(
        "catalogue.Product",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("从哪个产品来"),
    )
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN)
    tells_new = models.BooleanField(
        _("有新的合适产品时告诉我"),
        default=False,
        db_default=False,  # what still runs from before an upgrade writes needs without it
        help_text=_("产品发布或修改后合适时，在站内通知填写人，每款一次"),
    )
    wants_advisor_at = models.DateTimeField(_("请顾问联系的时间"), null=True, blank=True)
    advisor_taken_at = models.DateTimeField(_("顾问接手的时间"), null=True, blank=True)
    advisor_taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接手的顾问")
    )
    client_key = models.UUIDField(_("防重复标记"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("融资需求")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["enterprise", "status"]),
            models.Index(fields=["created_at"], name="need_created"),
            models.Index(
                fields=["wants_advisor_at"],
                name="need_waits_for_advisor",
                condition=models.Q(wants_advisor_at__isnull=False, advisor_taken_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="need_amount_range",
                condition=models.Q(amount_low__isnull=True)
                | models.Q(amount_high__isnull=True)
                | models.Q(amount_low__lte=models.F("amount_high")),
            ),
            models.CheckConstraint(
                name="need_amount_positive",
                condition=(models.Q(amount_low__isnull=True) | models.Q(amount_low__gt=0))
                & (models.Q(amount_high__isnull=True) | models.Q(amount_high__gt=0)),
            ),
            models.CheckConstraint(
                name="need_closed_has_time",
                condition=models.Q(status="open", closed_at__isnull=True)
                | models.Q(status="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    def get_absolute_url(self) -> str:
        return reverse("matching:need", args=[self.pk])

    @property
    def summary(self) -> str:
        """Its own words, or what was chosen on the form."""
        parts = [money_range(self.amount_low, self.amount_high), *self.labels("purposes"), *self.labels("kinds")]
        return self.text or "、".join(part for part in parts if part) or gettext("融资需求")

    def labels(self, field: str) -> list[str]:
        """Names of the codes of a list field."""
        return cast(ChoiceListField, self._meta.get_field(field)).labels(getattr(self, field))

    @property
    def amount_text(self) -> str:
        return money_range(self.amount_low, self.amount_high)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class MatchRun(models.Model):
    """What was found for a need at one moment, kept as it was shown: at submission, after each correction, at each choice."""

    class Occasion(models.TextChoices):
        SUBMITTED = "submitted", _("提交时")
        CORRECTED = "corrected", _("修改后")
        CHOSEN = "chosen", _("选定产品时")
        NIGHTLY = "nightly", _("夜间重新匹配，结果有变")

    need = models.ForeignKey(Need, models.CASCADE, related_name="runs", verbose_name=_("需求"))
    occasion = models.CharField(_("何时"), max_length=12, choices=Occasion)
    weights_version = models.CharField(_("权重版本"), max_length=40)
    results = models.JSONField(
        _("结果"), default=list, help_text=_("按名次：产品、机构、得分、理由、不符合、未知"), blank=True
    )
    nearly = models.JSONField(_("差一点就符合"), default=list, blank=True)
    created_at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配记录")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.need_id} · {self.get_occasion_display()}"


class CatalogueVersion(models.Model):
    """One row: a value that is new after every change of what matching reads of the catalogue.

    It is written in the transaction of the change, so that every web process sees a publish at its next request.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.CharField(_("版本"), max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = _("目录版本")

    def __str__(self) -> str:
        return self.value


class CatalogueChange(models.Model):
    """One line for each value that `CatalogueVersion` had: which products changed. Old lines are pruned.

    The version's row is written first and stays locked until the end of the transaction, so that lines appear in their order.
    """

    value = models.CharField(_("版本"), max_length=32, unique=True)
    products = models.JSONField(_("产品"), null=True, blank=True, help_text=_("变动的产品；空：全部"))

    class Meta:
        verbose_name = verbose_name_plural = _("目录变动")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.value
