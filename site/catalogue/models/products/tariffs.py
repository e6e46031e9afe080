"""资费 of a product."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from accounts.models import Region, Trait
from accounts.wording import percent, plain

from ...fields import StepsField, WordListField
from .product import NOT_NEGATIVE, Product
from .rules import named_places


class Tariff(models.Model):
    """资费: one item of what a product costs, or of what is paid towards it, where and while it holds.

    Items of the same kind for different traits do not add up: a firm that has both gets the one that helps it more
    ("民营企业及个体工商户减半收取" is one half, not two)."""

    class Kind(models.TextChoices):
        INTEREST = "interest", _("利息")
        GUARANTEE_FEE = "guarantee_fee", _("担保费")
        SERVICE_FEE = "service_fee", _("服务费")
        PREMIUM = "premium", _("保险费")
        INTEREST_SUBSIDY = "interest_subsidy", _("利息补贴")
        FEE_SUBSIDY = "fee_subsidy", _("费用补贴")

    class Basis(models.TextChoices):
        PER_YEAR = "per_year", _("% / 年，按借款金额")
        PER_DAY_USED = "per_day_used", _("% / 年，按实际用款天数")
        PER_DAY = "per_day", _("% / 天，可以分段")
        PER_MONTH = "per_month", _("% / 月")
        ONE_OFF = "one_off", _("% 一次性")
        SHARE = "share", _("% ，按所补贴的费用")

    product = ParentalKey(Product, on_delete=models.CASCADE, related_name="tariffs")
    kind = models.CharField(_("项目"), max_length=20, choices=Kind)
    basis = models.CharField(_("计算方式"), max_length=14, choices=Basis)
    rate = models.DecimalField(_("数值（%）"), max_digits=9, decimal_places=5, validators=NOT_NEGATIVE)
    steps = StepsField(
        _("分段"), default=list, blank=True, help_text=_("按天计费、用久了费率变的，写“第 6 天起 0.05”；几段用顿号隔开")
    )
    trait = models.CharField(_("仅限特征"), max_length=16, choices=Trait, blank=True)
    cap_amount = models.DecimalField(
        _("适用金额上限（元）"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    cap_total = models.DecimalField(
        _("最多收（补）多少（元）"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    text = models.CharField(_("原文"), max_length=200)
    regions = WordListField(_("适用地区代码"), default=list, blank=True, help_text=_("如 330803；不填表示全部适用地区"))
    valid_from = models.DateField(_("生效日"), null=True, blank=True)
    valid_to = models.DateField(_("截止日"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True, help_text=_("不填则同产品来源"))
    policy = models.ForeignKey(
        "accounts.Policy",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tariffs",
        verbose_name=_("依据的政策"),
        help_text=_("它失效时，产品会标为待复核"),
    )
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("资费")
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def short(self) -> str:
        """The figure and its base in a few characters: 6‰/月, 0.5%/年（按天）, 补 90%."""
        if self.basis == self.Basis.PER_MONTH:
            return gettext("%s‰/月") % plain(self.rate * 10)
        words = {
            self.Basis.PER_YEAR: gettext("%s/年"),
            self.Basis.PER_DAY_USED: gettext("%s/年（按用款天数）"),
            self.Basis.PER_DAY: gettext("%s/天起") if self.steps else gettext("%s/天"),
            self.Basis.ONE_OFF: gettext("一次性 %s"),
            self.Basis.SHARE: gettext("最高补 %s"),
        }
        return words[self.Basis(self.basis)] % percent(self.rate)

    @property
    def steps_text(self) -> str:
        """ "第 1–5 天每天 0.02%，第 6 天起每天 0.05%"; "" where the rate is the same all days."""
        if not self.steps:
            return ""
        starts = [1, *(step["from_day"] for step in self.steps)]
        rates = [percent(self.rate), *(percent(Decimal(step["rate"])) for step in self.steps)]
        parts = []
        for place, (start, rate) in enumerate(zip(starts, rates, strict=True)):
            if place + 1 == len(starts):
                parts.append(gettext("第 %(day)s 天起每天 %(rate)s") % {"day": start, "rate": rate})
            else:
                days = "–".join(dict.fromkeys([str(start), str(starts[place + 1] - 1)]))
                parts.append(gettext("第 %(day)s 天每天 %(rate)s") % {"day": days, "rate": rate})
        return "，".join(parts)

    def clean(self) -> None:
        """Names of places become codes; a place that is none would leave the item out of every sum."""
        super().clean()
        self.regions = self._codes()
        if self.steps and self.basis != self.Basis.PER_DAY:
            raise ValidationError({"steps": gettext("只有按天计费的才能分段。")})
        if self.basis == self.Basis.SHARE and self.rate is not None and self.rate > 100:
            raise ValidationError({"rate": gettext("补贴不能超过所补贴费用的 100%。")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": gettext("截止日不能早于生效日。")})

    def _codes(self) -> list[str]:
        known = set(Region.objects.filter(pk__in=self.regions).values_list("pk", flat=True)) if self.regions else set()
        codes, unknown = [], []
        for word in self.regions:
            found = [word] if word in known else [each.pk for each in named_places(word)]
            codes += found
            if len(found) != 1:
                unknown.append(word)
        if unknown:
            raise ValidationError({"regions": gettext("不认识“%s”，请写名称或代码。") % "、".join(unknown)})
        return list(dict.fromkeys(codes))
