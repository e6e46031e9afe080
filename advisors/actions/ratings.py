"""Five levels, once for a visit and once for a request. A bad mark is told to the lead at once."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import notify
from accounts.models import User

from .. import queries
from ..models import Rating, RequestState, ServiceRequest, Visit, VisitState
from .errors import AdvisorsError


@transaction.atomic
def rate_visit(visit: Visit, *, by: User, mark: int, comment: str = "") -> Rating:
    """Raises PermissionDenied (not of the enterprise), AdvisorsError (not visited yet). Twice keeps the first."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if "enterprise" not in queries.visit_actors(by, visit):
        raise PermissionDenied
    if visit.state != VisitState.DONE:
        raise AdvisorsError(_("走访完成后才能评价。"))
    rating, made = Rating.objects.get_or_create(visit=visit, defaults={"mark": mark, "comment": comment, "by": by})
    if made and rating.is_bad:
        for lead in queries.leads_of(visit.team):
            notify(lead, _("%s 对走访不满意，请回访。") % visit.enterprise, visit.get_absolute_url())
    return rating


@transaction.atomic
def rate_request(request: ServiceRequest, *, by: User, mark: int, comment: str = "") -> Rating:
    """Raises PermissionDenied, AdvisorsError (not confirmed yet). Twice keeps the first."""
    request = ServiceRequest.objects.select_for_update().get(pk=request.pk)
    if "enterprise" not in queries.request_actors(by, request):
        raise PermissionDenied
    if request.state not in {RequestState.CONFIRMED, RequestState.CLOSED}:
        raise AdvisorsError(_("确认已解决后才能评价。"))
    rating, made = Rating.objects.get_or_create(request=request, defaults={"mark": mark, "comment": comment, "by": by})
    if made and rating.is_bad:
        for lead in queries.leads_of(request.team):
            notify(lead, _("%s 对诉求办理不满意，请回访。") % request.enterprise, request.get_absolute_url())
    return rating
