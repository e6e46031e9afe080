"""What everybody may see of teams and advisors, and how an enterprise books one."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.models import Region
from accounts.roles import member_required
from search.queries import find

from .. import actions, queries
from ..forms import BookForm, booking_initial
from ..models import Advisor, AdvisorTeam
from ..slots import free_slots
from .shared import typed

PER_PAGE = 24


def _page_number(text: str) -> int:
    return min(int(text), 10_000) if text.isdecimal() and int(text) > 0 else 1


def advisor_list(request: Request) -> HttpResponse:
    """Filtered by place (an area that holds the place, or lies in it) and by speciality."""
    place = next(iter(Region.objects.filter(pk=request.GET.get("region", "")[:6])), None)
    speciality = request.GET.get("speciality", "")[:40]
    number = _page_number(request.GET.get("page", ""))
    teams = list(queries.teams())
    places = queries.served_places()
    filters = {}
    if place is not None:
        near = [region for region in places if region.covers(place.pk) or place.covers(region.pk)]
        filters["region"] = [region.pk for region in near] or ["-"]
        teams = [team for team in teams if {region.pk for region in team.regions.all()} & set(filters["region"])]
    if speciality:
        filters["speciality"] = [speciality]
        teams = [team for team in teams if queries.is_good_at(team, speciality)]
    results = find("advisor", filters=filters, facets=["speciality"], offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    pages = Paginator(range(results.total), PER_PAGE)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "teams": teams if number == 1 else [],
        "advisors": queries.advisors_in_order(results.ids),
        "total": results.total,
        "specialities": results.facet("speciality").values,
        "places": places,
        "place": place,
        "speciality": speciality,
        "filtered": place is not None or bool(speciality),
        "page": pages.get_page(number),
        "page_query": f"{kept.urlencode()}&" if kept else "",
    }
    return render(request, "advisors/list.html", context)


def _find(slug: str) -> tuple[Advisor | None, AdvisorTeam | None]:
    team = queries.teams().filter(slug=slug).first()
    advisor = None if team else queries.advisors().filter(slug=slug).first()
    if team is None and advisor is None:
        raise Http404
    return advisor, team


def detail(request: Request, slug: str) -> HttpResponse:
    advisor, team = _find(slug)
    if advisor is not None:
        teams = list(queries.teams().filter(advisors=advisor))
        return render(request, "advisors/advisor.html", {"advisor": advisor, "teams": teams})
    return render(request, "advisors/team.html", {"team": team})


@member_required
def book(request: Request, slug: str) -> HttpResponse:
    """Free times of the next two weeks; for a team, those of anybody in it."""
    advisor, team = _find(slug)
    bookable = [advisor] if advisor else [each.advisor for each in team.members.all()] if team else []
    slots = free_slots(bookable)
    form = BookForm(typed(request), slots=slots, initial=booking_initial(request.user))
    if request.method == "POST" and form.is_valid():
        asked = {name: value for name, value in form.cleaned_data.items() if name != "consent"}
        try:
            visit = actions.book_visit(
                by=request.user, advisors=bookable, enterprise=request.user.enterprise, team=team, **asked
            )
        except actions.AdvisorsError as error:
            form.add_error("starts_at", str(error))
        else:
            messages.success(request, _("已约好，等%s确认；确认后会通知您。") % visit.advisor)
            return redirect(visit.me_url)
    context = {
        "form": form,
        "days": by_day(form),
        "advisor": advisor,
        "team": team,
        "who": advisor or team,
    }
    return render(request, "advisors/book.html", context)


def by_day(form) -> list[tuple]:
    """The radio buttons of a slot form under their days."""
    options = list(form["starts_at"])
    starts = [timezone.datetime.fromisoformat(option.data["value"]) for option in options]  # type: ignore[attr-defined]
    pairs = zip(starts, options, strict=True)
    return [(day, [option for _start, option in found]) for day, found in groupby(pairs, lambda pair: pair[0].date())]
