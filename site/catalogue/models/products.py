"""金融产品 with its eligibility rules and tariffs. A number that its source does not state is null: 以机构为准."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from accounts.models import Industry, Region, SizeClass, Trait
from accounts.wording import money, percent, plain

from ..fields import ChoiceListField, WordListField
from .choices import GuaranteeKind, ProductKind, Purpose, RepaymentKind


def named_places(text: str) -> list[Region]:
    """Current places of this code or name (full, or its own); several when the name is not enough."""
    return list(Region.objects.filter(Q(pk=text) | Q(full_name=text) | Q(name=text), is_current=True)[:6])


def named_industries(text: str) -> list[Industry]:
    """Industries of this code or name. A group and its only class may share a name: the wider one is meant."""
    found = list(Industry.objects.filter(Q(pk=text) | Q(name=text)).order_by("level")[:6])
    return found[:1] if len({each.name for each in found}) == 1 else found


def known(value: Any, write: Callable[[Any], str]) -> str:
    return "" if value is None else write(value)


NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class Product(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """One product of one institution. Amounts are 元, rates % a year, terms months."""

    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="products", verbose_name=_("发布机构")
    )
    partners = ParentalManyToManyField(
        "accounts.Institution", blank=True, related_name="partner_products", verbose_name=_("合作机构")
    )
    name = models.CharField(_("名称"), max_length=80)
    slug = models.SlugField(_("网址名"), max_length=80, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=ProductKind)
    purposes = ChoiceListField(_("用途"), item_choices=Purpose)
    summary = models.CharField(_("一句话介绍"), max_length=160)
    audience = models.CharField(_("适合谁"), max_length=200, blank=True)
    not_for = models.CharField(_("不适合谁"), max_length=200, blank=True)
    description = models.TextField(_("说明"), blank=True)
    regions = ParentalManyToManyField(
        "accounts.Region", blank=True, related_name="products", verbose_name=_("适用地区"), help_text=_("不选表示不限")
    )
    industry_codes = models.JSONField(
        _("适用行业"), default=list, blank=True, help_text=_("GB/T 4754 名称或代码，如 A、151；不填表示不限")
    )
    size_classes = ChoiceListField(_("适用规模"), item_choices=SizeClass)
    amount_min = models.DecimalField(
        _("最低额度（元）"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    amount_max = models.DecimalField(
        _("最高额度（元）"), max_digits=14, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    rate_min = models.DecimalField(
        _("最低年利率（%）"), max_digits=7, decimal_places=4, null=True, blank=True, validators=NOT_NEGATIVE
    )
    rate_max = models.DecimalField(
        _("最高年利率（%）"), max_digits=7, decimal_places=4, null=True, blank=True, validators=NOT_NEGATIVE
    )
    rate_note = models.CharField(_("利率说明"), max_length=200, blank=True)
    term_min = models.PositiveSmallIntegerField(_("最短期限（月）"), null=True, blank=True)
    term_max = models.PositiveSmallIntegerField(_("最长期限（月）"), null=True, blank=True)
    guarantee_kinds = ChoiceListField(_("担保方式"), item_choices=GuaranteeKind)
    repayment_kinds = ChoiceListField(_("还款方式"), item_choices=RepaymentKind)
    promised_days = models.PositiveSmallIntegerField(_("承诺办结（工作日）"), null=True, blank=True)
    materials = models.TextField(_("所需材料"), blank=True, help_text=_("每行一项；页面上是可以打印的清单"))
    steps = models.TextField(_("办理步骤"), blank=True, help_text=_("每行一步，如“银行：审批授信”"))
    contact = models.CharField(_("咨询方式"), max_length=120, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    source_url = models.URLField(_("来源网址"), blank=True)
    as_of = models.DateField(_("资料日期"), help_text=_("资料所载情况截至哪天；只知道年份时填该年 12 月 31 日"))
    valid_from = models.DateField(_("生效日"), null=True, blank=True)
    valid_to = models.DateField(_("截止日"), null=True, blank=True)
    login_required = models.BooleanField(_("登录后可见"), default=False, help_text=_("私募基金等不得公开宣传的产品"))
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("金融产品")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="product_amount_range",
                condition=Q(amount_min__isnull=True)
                | Q(amount_max__isnull=True)
                | Q(amount_min__lte=models.F("amount_max")),
            ),
            models.CheckConstraint(
                name="product_rate_range",
                condition=Q(rate_min__isnull=True) | Q(rate_max__isnull=True) | Q(rate_min__lte=models.F("rate_max")),
            ),
            models.CheckConstraint(
                name="product_term_range",
                condition=Q(term_min__isnull=True) | Q(term_max__isnull=True) | Q(term_min__lte=models.F("term_max")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalogue:product", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        for low, high, what in (
            ("amount_min", "amount_max", _("最高额度不能低于最低额度。")),
            ("rate_min", "rate_max", _("最高利率不能低于最低利率。")),
            ("term_min", "term_max", _("最长期限不能短于最短期限。")),
            ("valid_from", "valid_to", _("截止日不能早于生效日。")),
        ):
            first, last = getattr(self, low), getattr(self, high)
            if first is not None and last is not None and last < first:
                raise ValidationError({high: what})

    @property
    def approved_schedule(self) -> bool:
        """Wagtail's question of every row of a list; `queries.with_schedule` has asked it for all of them."""
        known = getattr(self, "is_scheduled", None)
        return super().approved_schedule if known is None else known

    def get_preview_template(self, request, mode_name) -> str:
        return "catalogue/product.html"

    def get_preview_context(self, request, mode_name) -> dict:
        return super().get_preview_context(request, mode_name) | {"product": self, "is_preview": True}

    def labels(self, field: str) -> list[str]:
        """Names of the codes of a list field, in the order of its choices."""
        return self._meta.get_field(field).labels(getattr(self, field))

    @property
    def guarantee_names(self) -> str:
        return "、".join(self.labels("guarantee_kinds"))

    @property
    def repayment_names(self) -> str:
        return "、".join(self.labels("repayment_kinds"))

    @property
    def term_text(self) -> str:
        """ "12–36 个月", or that the source does not say."""
        known = [str(months) for months in (self.term_min, self.term_max) if months is not None]
        if not known:
            return gettext("以机构为准")
        return gettext("%s 个月") % "–".join(dict.fromkeys(known))

    AMOUNT_LABELS: ClassVar = {
        ProductKind.INSURANCE: _("最高保额"),
        ProductKind.EQUITY: _("投资额度"),
        ProductKind.GRANT: _("支持额度"),
        ProductKind.SUBSIDY: _("补贴上限"),
    }
    PRICE_LABELS: ClassVar = {
        ProductKind.GUARANTEE: _("担保费率"),
        ProductKind.INSURANCE: _("保险费率"),
        ProductKind.EQUITY: _("费用"),
        ProductKind.GRANT: _("费用"),
        ProductKind.SUBSIDY: _("费用"),
    }

    @property
    def price(self) -> tuple[str, str]:
        """(what it is, how much) in a few characters: the rate, else the first fee or subsidy; "" when not known."""
        if self.rate_min is not None:
            words = percent(self.rate_min)
            return gettext("年利率"), words if self.rate_max == self.rate_min else gettext("%s 起") % words
        tariffs = list(self.tariffs.all())
        if tariffs:
            return tariffs[0].get_kind_display(), tariffs[0].short
        return str(self.PRICE_LABELS.get(ProductKind(self.kind), _("年利率"))), ""

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The four figures that people compare: [(label, value)], "" where nobody stated one."""
        return [
            (str(self.AMOUNT_LABELS.get(ProductKind(self.kind), _("最高额度"))), known(self.amount_max, money)),
            self.price,
            (gettext("期限"), self.term_text if self.term_min is not None or self.term_max is not None else ""),
            (gettext("办结"), known(self.promised_days, lambda days: gettext("%s 个工作日") % days)),
        ]

    @property
    def is_credit(self) -> bool:
        """Whether money is lent, so that cost, term, guarantee and repayment are questions at all."""
        return self.kind in {ProductKind.LOAN, ProductKind.BRIDGING, ProductKind.GUARANTEE}

    @property
    def terms(self) -> list[tuple[str, str]]:
        """Term, guarantee, repayment: [(label, value)], "" where nobody stated one."""
        return [
            (gettext("期限"), dict(self.figures)[gettext("期限")]),
            (gettext("担保"), self.guarantee_names),
            (gettext("还款"), self.repayment_names),
        ]

    @property
    def unstated_terms(self) -> str:
        return "、".join(label for label, value in self.terms if not value)

    @property
    def unknown_figures(self) -> str:
        """Labels of the figures that nobody stated: 额度、期限."""
        return "、".join(label for label, value in self.figures if not value)

    @property
    def amount_text(self) -> str:
        if self.amount_min is None:
            return gettext("最高 %s") % money(self.amount_max) if self.amount_max is not None else ""
        if self.amount_max is None:
            return gettext("%s 起") % money(self.amount_min)
        return f"{money(self.amount_min)} – {money(self.amount_max)}"

    @property
    def rate_text(self) -> str:
        """The rates as stated, without their note."""
        rates = [percent(rate) for rate in (self.rate_min, self.rate_max) if rate is not None]
        return " – ".join(dict.fromkeys(rates))

    @property
    def conditions(self) -> list[dict[str, str]]:
        """Who may have it, in sentences: [{text, source}]. One query for names of industries."""
        found = []
        if places := "、".join(region.full_name for region in self.regions.all()):
            found.append({"text": gettext("所在地：%s") % places, "source": ""})
        if sizes := "、".join(self.labels("size_classes")):
            found.append({"text": gettext("规模：%s企业") % sizes, "source": ""})
        if self.industry_codes:
            rows = Industry.objects.in_bulk(self.industry_codes)
            names = "、".join(rows[code].name if code in rows else code for code in self.industry_codes)
            found.append({"text": gettext("行业：%s") % names, "source": ""})
        return found + [{"text": rule.text, "source": rule.source} for rule in self.rules.all()]

    @property
    def as_of_text(self) -> str:
        """The day, or the year alone where the source names no day (31 December stands for that)."""
        if (self.as_of.month, self.as_of.day) == (12, 31):
            return gettext("%s 年") % self.as_of.year
        return f"{self.as_of:%Y-%m-%d}"

    @property
    def description_lines(self) -> list[str]:
        return [line.strip() for line in self.description.splitlines() if line.strip()]

    @property
    def material_list(self) -> list[str]:
        return [line.strip() for line in self.materials.splitlines() if line.strip()]

    @property
    def step_list(self) -> list[str]:
        return [line.strip() for line in self.steps.splitlines() if line.strip()]


class EligibilityRule(models.Model):
    """One condition of a product, as data that matching reads and as the sentence that people read."""

    class Kind(models.TextChoices):
        REGION = "region", _("地区（代码）")
        INDUSTRY = "industry", _("行业（代码）")
        SIZE_CLASS = "size_class", _("规模")
        TRAITS_ALL = "traits_all", _("须同时具备的特征")
        TRAITS_ANY = "traits_any", _("须具备其一的特征")
        YEARS = "years", _("成立年数")
        REVENUE = "revenue", _("年营业收入（元）")
        AMOUNT = "amount", _("申请金额（元）")
        OTHER = "other", _("其他（只用文字说明）")

    OF_WORDS = frozenset({Kind.REGION, Kind.INDUSTRY, Kind.SIZE_CLASS, Kind.TRAITS_ALL, Kind.TRAITS_ANY})
    OF_NUMBERS = frozenset({Kind.YEARS, Kind.REVENUE, Kind.AMOUNT})

    product = ParentalKey(Product, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(_("条件"), max_length=12, choices=Kind)
    values = WordListField(
        _("限定为"),
        item_choices=[*Trait.choices, *SizeClass.choices],
        default=list,
        blank=True,
        help_text=_("名称或代码，用顿号隔开，如“首贷户、个体工商户”“衢江区”“A、151”"),
    )
    minimum = models.DecimalField(_("不低于"), max_digits=16, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(_("不高于"), max_digits=16, decimal_places=2, null=True, blank=True)
    text = models.CharField(_("原文"), max_length=200)
    source = models.CharField(_("来源"), max_length=200, blank=True, help_text=_("不填则同产品来源"))
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("准入条件")
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Names of places and industries become codes; what matching could not read is refused."""
        super().clean()
        errors: dict[str, list[str]] = {}
        if self.kind in self.OF_WORDS:
            self.values, unknown = self._codes()
            if unknown:
                errors["values"] = [gettext("不认识“%s”，请写名称或代码。") % "、".join(unknown)]
            elif not self.values:
                errors["values"] = [gettext("请写明限定为哪些。只想用文字说明时，条件请选“其他”。")]
        elif self.kind in self.OF_NUMBERS and self.minimum is None and self.maximum is None:
            errors["minimum"] = [gettext("请填“不低于”或“不高于”。")]
        if self.minimum is not None and self.maximum is not None and self.maximum < self.minimum:
            errors["maximum"] = [gettext("“不高于”不能小于“不低于”。")]
        if errors:
            raise ValidationError(errors)

    def _codes(self) -> tuple[list[str], list[str]]:
        """(codes, words that are none) of what was typed."""
        if self.kind in {self.Kind.TRAITS_ALL, self.Kind.TRAITS_ANY, self.Kind.SIZE_CLASS}:
            known = SizeClass.values if self.kind == self.Kind.SIZE_CLASS else Trait.values
            return [word for word in self.values if word in known], [word for word in self.values if word not in known]
        codes, unknown = [], []
        for word in self.values:
            found = named_places(word) if self.kind == self.Kind.REGION else named_industries(word)
            if len(found) == 1:
                codes.append(found[0].pk)
            else:
                unknown.append(word)
        return codes, unknown


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
        PER_MONTH = "per_month", _("% / 月")
        ONE_OFF = "one_off", _("% 一次性")
        SHARE = "share", _("% ，按所补贴的费用")

    product = ParentalKey(Product, on_delete=models.CASCADE, related_name="tariffs")
    kind = models.CharField(_("项目"), max_length=20, choices=Kind)
    basis = models.CharField(_("计算方式"), max_length=14, choices=Basis)
    rate = models.DecimalField(_("数值（%）"), max_digits=9, decimal_places=5, validators=NOT_NEGATIVE)
    trait = models.CharField(_("仅限特征"), max_length=16, choices=Trait, blank=True)
    cap_amount = models.DecimalField(_("适用金额上限（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    text = models.CharField(_("原文"), max_length=200)
    regions = WordListField(_("适用地区代码"), default=list, blank=True, help_text=_("如 330803；不填表示全部适用地区"))
    valid_from = models.DateField(_("生效日"), null=True, blank=True)
    valid_to = models.DateField(_("截止日"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200, blank=True, help_text=_("不填则同产品来源"))
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
            self.Basis.ONE_OFF: gettext("一次性 %s"),
            self.Basis.SHARE: gettext("最高补 %s"),
        }
        return words[self.Basis(self.basis)] % percent(self.rate)

    def clean(self) -> None:
        super().clean()
        if self.basis == self.Basis.SHARE and self.rate is not None and self.rate > 100:
            raise ValidationError({"rate": gettext("补贴不能超过所补贴费用的 100%。")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": gettext("截止日不能早于生效日。")})
