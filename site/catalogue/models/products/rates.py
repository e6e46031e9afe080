"""What a floating rate is based on: the LPR as published, and how a product's rate follows from it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.wording import percent

POINT = Decimal("0.01")  # one basis point, in %


class RateBasis(models.TextChoices):
    LPR_1Y = "lpr_1y", _("LPR（1 年期）")
    LPR_5Y = "lpr_5y", _("LPR（5 年期以上）")


class LendingRate(models.Model):
    """贷款市场报价利率 of one term from one day on, as published. The supervisor enters it; none comes with the program."""

    basis = models.CharField(_("品种"), max_length=8, choices=RateBasis)
    rate = models.DecimalField(
        _("报价（%）"), max_digits=6, decimal_places=3, validators=[MinValueValidator(Decimal("0.001"))]
    )
    valid_from = models.DateField(_("公布日"), help_text=_("从这天起按这个报价计算"))
    source = models.CharField(
        _("来源"), max_length=200, help_text=_("公布它的机构和公告，如“全国银行间同业拆借中心公告”")
    )
    source_url = models.URLField(_("来源网址"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("LPR 报价")
        ordering = ["-valid_from", "basis"]
        constraints = [
            models.UniqueConstraint(
                fields=["basis", "valid_from"],
                name="one_lending_rate_a_day",
                violation_error_message=_("这一天的这个品种已经有报价了。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {percent(self.rate)}（{self.valid_from:%Y-%m-%d}）"

    @classmethod
    def in_force(cls, on: date | None = None) -> dict[str, "LendingRate"]:
        """The latest of each basis published by that day (today when none is given). One query."""
        found = cls.objects.filter(valid_from__lte=on or timezone.localdate()).order_by("valid_from", "pk")
        return {each.basis: each for each in found}


@dataclass(frozen=True)
class Based:
    """LPR and spread of one product, with the published rate where one is known. Spreads are basis points."""

    basis: RateBasis
    spread_min: int | None
    spread_max: int | None
    published: LendingRate | None

    @property
    def spread_text(self) -> str:
        """ "+50 基点", "+20 至 +80 基点", "平价"."""
        known = [each for each in (self.spread_min, self.spread_max) if each is not None]
        if not known:
            return ""
        if set(known) == {0}:
            return gettext("，不加点")
        return gettext("%s 基点") % gettext(" 至 ").join(dict.fromkeys(f"{each:+d}" for each in known))

    @property
    def rates(self) -> tuple[Decimal | None, Decimal | None]:
        """(lowest, highest) in % a year; None where the LPR or the spread is not known."""
        if self.published is None:
            return None, None
        low, high = (
            None if spread is None else self.published.rate + spread * POINT
            for spread in (self.spread_min, self.spread_max)
        )
        return low, high

    @property
    def text(self) -> str:
        """LPR（1 年期，2025-10-20 公布 3.00%）+50 基点 = 3.50%; without a known LPR it says so."""
        words = f"{self.basis.label}{self.spread_text}"
        if self.published is None:
            return gettext("%s；平台没有这个品种的 LPR 报价，折合年利率以机构为准") % words
        dated = gettext("%(basis)s%(spread)s，按 %(day)s 公布的 %(rate)s") % {
            "basis": self.basis.label,
            "spread": self.spread_text,
            "day": f"{self.published.valid_from:%Y-%m-%d}",
            "rate": percent(self.published.rate),
        }
        known = [percent(each) for each in self.rates if each is not None]
        return f"{dated} = {' – '.join(dict.fromkeys(known))}" if known else dated
