"""How products are matched and ranked, for everybody to read: from the rules and weights in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import explained
from .matcher import catalogue_for, weights
from .referrals.promises import promises
from .weights import queries


def how(request: HttpRequest) -> HttpResponse:
    in_force, catalogue = weights(), catalogue_for(request.user)
    history, counts = queries.history(), explained.counts(catalogue)
    context = {
        "weights": in_force,
        "current": next((each for each in history if each.is_in_force), None),
        "terms": explained.terms(in_force.terms, queries.since(history), counts.terms),
        "rules": explained.rules(counts.rules),
        "considered": len(catalogue),
        "promises": promises().values(),
    }
    return render(request, "matching/how.html", context)
