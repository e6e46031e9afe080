"""Forms of the calculators: GET, nothing is stored."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from ..needs.reading import WAN

NUMBER = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class CostForm(forms.Form):
    """What both calculators ask; amounts typed in 万元."""

    amount = forms.DecimalField(
        label=_("金额（万元）"),
        min_value=Decimal("0.01"),
        max_value=100_000,
        max_digits=10,
        decimal_places=4,
        widget=NUMBER,
    )
    days = forms.IntegerField(label=_("实际用款（天）"), min_value=1, max_value=3650, widget=NUMBER)

    def clean_amount(self) -> Decimal:
        return self.cleaned_data["amount"] * WAN


class GuaranteeForm(CostForm):
    rate = forms.DecimalField(
        label=_("担保费率（% / 年）"), min_value=0, max_value=10, max_digits=7, decimal_places=4, widget=NUMBER
    )


class BridgingForm(CostForm):
    rate = forms.DecimalField(
        label=_("服务费月利率（%）"),
        min_value=0,
        max_value=10,
        max_digits=7,
        decimal_places=4,
        widget=NUMBER,
        help_text=_("6‰ 就填 0.6"),
    )
    half = forms.BooleanField(label=_("民营企业或个体工商户（减半收取）"), required=False)
