"""金融产品. A number that its source does not state is null: 以机构为准."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from accounts.models import Industry, SizeClass
from accounts.wording import listed, money, percent

from ...fields import ChoiceListField
from ..choices import GuaranteeKind, ProductKind, Purpose, RepaymentKind
from .rates import Based, LendingRate, RateBasis


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
    rate_basis = models.CharField(_("利率依据"), max_length=8, choices=RateBasis, blank=True)
    spread_min = models.SmallIntegerField(_("最低加点（基点）"), null=True, blank=True)
    spread_max = models.SmallIntegerField(_("最高加点（基点）"), null=True, blank=True)
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
    confirmed_on = models.DateField(_("复核日"), null=True, blank=True, editable=False)
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
        return self.name or gettext("（还没有名称）")  # a draft may lack it

    def get_absolute_url(self) -> str:
        return reverse("catalogue:product", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        wrong: dict[str, Any] = self.upside_down()
        if self.rate_basis and self.spread_min is None and self.spread_max is None:
            wrong["spread_min"] = _("选了利率依据，请写明加多少基点；按 LPR 平价就写 0。")
        if not self.rate_basis and (self.spread_min is not None or self.spread_max is not None):
            wrong["rate_basis"] = _("写了加点，请选它加在哪个 LPR 上。")
        if wrong:  # all at once: the constraints of the table would tell of the rest, in no words of ours
            raise ValidationError(wrong)

    def upside_down(self) -> dict[str, Any]:
        """Ranges whose upper end lies below the lower: {the upper field: what to say}."""
        ranges = (
            ("amount_min", "amount_max", _("最高额度不能低于最低额度。")),
            ("rate_min", "rate_max", _("最高利率不能低于最低利率。")),
            ("spread_min", "spread_max", _("最高加点不能低于最低加点。")),
            ("term_min", "term_max", _("最长期限不能短于最短期限。")),
            ("valid_from", "valid_to", _("截止日不能早于生效日。")),
        )
        ends = ((getattr(self, low), getattr(self, high), high, text) for low, high, text in ranges)
        return {high: text for first, last, high, text in ends if None not in (first, last) and last < first}

    def with_content_json(self, content):
        """A version holds what is said of the product; when it was last confirmed is no part of any version."""
        found = super().with_content_json(content)
        found.confirmed_on = self.confirmed_on
        return found

    @property
    def confirmed_day(self) -> date:
        """The day on which somebody last stood for what is public: confirmed, else published, else entered it."""
        moment = self.last_published_at or self.created_at
        return self.confirmed_on or (timezone.localdate(moment) if moment else timezone.localdate())

    @property
    def confirm_by(self) -> date:
        return self.confirmed_day + timedelta(days=settings.PRODUCT_CONFIRM_DAYS)

    @property
    def is_stale(self) -> bool:
        """待复核: nobody has confirmed it for longer than the place allows."""
        return self.confirm_by < timezone.localdate()

    def based(self, published: dict[str, LendingRate] | None = None) -> Based | None:
        """LPR and spread with the rate published by today; None without a basis. `published`: `LendingRate.in_force()`,
        asked for here when it is not given."""
        if not self.rate_basis:
            return None
        known = LendingRate.in_force() if published is None else published
        return Based(RateBasis(self.rate_basis), self.spread_min, self.spread_max, known.get(self.rate_basis))

    def rates(self, published: dict[str, LendingRate] | None = None) -> tuple[Decimal | None, Decimal | None]:
        """(lowest, highest) % a year: as stated, else as they follow from the LPR."""
        if self.rate_min is not None or self.rate_max is not None:
            return self.rate_min, self.rate_max
        based = self.based(published)
        return based.rates if based else (None, None)

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
        return listed(self.labels("guarantee_kinds"))

    @property
    def repayment_names(self) -> str:
        return listed(self.labels("repayment_kinds"))

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
        if self.rate_max is not None:
            return gettext("年利率"), gettext("最高 %s") % percent(self.rate_max)
        if self.rate_basis:
            return gettext("利率"), self.basis_text
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
        return listed(label for label, value in self.terms if not value)

    @property
    def amount_text(self) -> str:
        if self.amount_min is None:
            return gettext("最高 %s") % money(self.amount_max) if self.amount_max is not None else ""
        if self.amount_max is None:
            return gettext("%s 起") % money(self.amount_min)
        return f"{money(self.amount_min)} – {money(self.amount_max)}"

    @property
    def basis_text(self) -> str:
        """LPR（1 年期）+50 基点, without what that comes to today; "" where the rate does not float."""
        based = self.based({})
        return f"{based.basis.label}{based.spread_text}" if based else ""

    @property
    def rate_text(self) -> str:
        """The rates as stated, without their note."""
        rates = [percent(rate) for rate in (self.rate_min, self.rate_max) if rate is not None]
        return " – ".join(dict.fromkeys(rates))

    @property
    def conditions(self) -> list[dict[str, str]]:
        """Who may have it, in sentences: [{text, source}]. One query for names of industries."""
        found = []
        if places := listed(region.full_name for region in self.regions.all()):
            found.append({"text": gettext("所在地：%s") % places, "source": ""})
        if sizes := listed(self.labels("size_classes")):
            found.append({"text": gettext("规模：%s企业") % sizes, "source": ""})
        if self.industry_codes:
            rows = Industry.objects.in_bulk(self.industry_codes)
            names = listed(rows[code].name if code in rows else code for code in self.industry_codes)
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
