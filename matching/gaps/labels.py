"""Rules, bends and parts in words."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Industry, Region, Trait
from accounts.wording import money, percent
from catalogue.models import GuaranteeKind, ProductKind

RULES = {
    "kind": gettext_lazy("没有这类服务"),
    "purpose": gettext_lazy("用途"),
    "region": gettext_lazy("地区"),
    "industry": gettext_lazy("行业"),
    "size_class": gettext_lazy("企业规模"),
    "traits": gettext_lazy("企业特征"),
    "guarantee": gettext_lazy("担保方式"),
    "amount": gettext_lazy("金额"),
    "term": gettext_lazy("期限"),
    "rate": gettext_lazy("利率"),
    "years": gettext_lazy("成立年数"),
    "revenue": gettext_lazy("营业收入"),
    "renewal": gettext_lazy("原贷款银行未同意续贷"),
    "": gettext_lazy("几项同时不符"),
}
VIEWS = {"region": gettext_lazy("地区"), "industry": gettext_lazy("行业"), "kind": gettext_lazy("想要的服务")}
UNSAID = gettext_lazy("没有说明")


class Names:
    """Names of places and industries, read once for a page."""

    def __init__(self, figures: dict[str, Any]) -> None:
        views = figures.get("views", {})
        regions = {bend["code"] for bend in figures.get("bends", ()) if bend["rule"] == "region"}
        regions |= set(views.get("region", ()))
        self.regions = dict(Region.objects.filter(pk__in=regions).values_list("pk", "full_name")) if regions else {}
        sections = set(views.get("industry", ()))
        self.industries = dict(Industry.objects.filter(pk__in=sections).values_list("pk", "name")) if sections else {}

    def part(self, view: str, value: str) -> str:
        if view == "region":
            return self.regions.get(value, value) or str(UNSAID)
        if view == "industry":
            return self.industries.get(value, value) or str(UNSAID)
        return str(dict(ProductKind.choices).get(value, _("不限或几类都可以")))

    def bend(self, bend: dict[str, Any]) -> str:
        rule, code, limit = bend["rule"], bend["code"], bend["limit"]
        if rule == "guarantee":
            kind = dict(GuaranteeKind.choices).get(code, code)
            if limit is None:
                return _("接受%(kind)s") % {"kind": kind}
            return _("接受%(kind)s，额度到 %(amount)s") % {"kind": kind, "amount": money(Decimal(str(limit)))}
        if rule == "region":
            return _("服务地区扩大到%s") % self.regions.get(code, code)
        if rule == "traits":
            return _("不再要求是%s") % dict(Trait.choices).get(code, code)
        if limit is None:
            return _("放宽%s") % RULES[rule]
        if rule == "amount":
            return _("最高额度提到 %s") % money(Decimal(str(limit)))
        if rule == "term":
            return _("最长期限放到 %d 个月") % limit
        return _("年利率降到 %s 以内") % percent(Decimal(str(limit)))


def rule(name: str) -> str:
    return str(RULES[name])
