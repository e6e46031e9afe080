"""How products are matched and ranked, for everybody to read: from the rules and weights in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalogue.models import EligibilityRule

from .matcher import catalogue_for, weights
from .referrals.promises import promises


def how(request: HttpRequest) -> HttpResponse:
    in_force = weights()
    total = sum(in_force.terms.values()) or 1
    terms = [
        {"name": name, "weight": weight, "share": round(100 * weight / total)}
        for name, weight in sorted(in_force.terms.items(), key=lambda each: -each[1])
    ]
    context = {
        "weights": in_force,
        "terms": terms,
        "rule_kinds": [label for _code, label in EligibilityRule.Kind.choices],
        "considered": len(catalogue_for(request.user)),
        "promises": promises().values(),
    }
    return render(request, "matching/how.html", context)
