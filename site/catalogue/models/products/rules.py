"""准入条件 of a product."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from accounts.models import Industry, Region, SizeClass, Trait

from ...fields import WordListField
from .product import Product


def named_places(text: str) -> list[Region]:
    """Current places of this code or name (full, or its own); several when the name is not enough."""
    return list(Region.objects.filter(Q(pk=text) | Q(full_name=text) | Q(name=text), is_current=True)[:6])


def named_industries(text: str) -> list[Industry]:
    """Industries of this code or name. A group and its only class may share a name: the wider one is meant."""
    found = list(Industry.objects.filter(Q(pk=text) | Q(name=text)).order_by("level")[:6])
    return found[:1] if len({each.name for each in found}) == 1 else found


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
    policy = models.ForeignKey(
        "accounts.Policy",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("依据的政策"),
        help_text=_("它失效时，产品会标为待复核"),
    )
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
