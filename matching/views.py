"""How products are matched and ranked, for everybody to read: from the rules and weights in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from .matcher import catalogue_for, weights
from .ranking.rules import RULES
from .ranking.scoring import TERMS
from .referrals.promises import promises

RULE_LABELS = {
    "open": _("产品在办：已发布、在有效期内"),
    "kind": _("服务类别：您要贷款、转贷、保险还是股权"),
    "purpose": _("用途：产品支持您说的用途"),
    "region": _("地区：企业在产品的适用地区内"),
    "industry": _("行业：企业属于产品支持的行业"),
    "size_class": _("规模：企业划型符合产品要求"),
    "traits": _("特征：产品要求的特征（如首贷户、高新技术企业）企业具备"),
    "guarantee": _("担保：您能提供产品接受的担保方式"),
    "amount": _("金额：在产品额度之内"),
    "term": _("期限：在产品期限之内"),
    "rate": _("利率：不高于您能接受的上限"),
    "years": _("成立年数：达到产品要求"),
    "revenue": _("营业收入：达到产品要求"),
    "renewal": _("转贷：原贷款银行同意续贷"),
}


def how(request: HttpRequest) -> HttpResponse:
    in_force = weights()
    total = sum(in_force.terms.values()) or 1
    terms = [
        {"name": name, "label": TERMS[name], "weight": weight, "share": round(100 * weight / total)}
        for name, weight in sorted(in_force.terms.items(), key=lambda each: -each[1])
    ]
    context = {
        "weights": in_force,
        "terms": terms,
        "rules": [{"name": rule.name, "label": RULE_LABELS[rule.name], "nearly": rule.repairable} for rule in RULES],
        "considered": len(catalogue_for(request.user)),
        "promises": promises().values(),
    }
    return render(request, "matching/how.html", context)
