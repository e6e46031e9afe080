"""Staff pass only with a second factor: without one, they are led to set it up, and hold no role until they have.

What they had typed is kept (`accounts.drafts`). Public pages and their own enterprise's place stay open to them.
"""

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from .. import drafts
from . import factors

PLACES = ("/desk/", "/cms/", "/admin/", "/door/")
OPEN = ("/desk/security/", "/cms/logout/", "/admin/logout/", "/cms/login/", "/admin/login/")


class StaffFactorMiddleware:
    """Stands after the middleware that knows the user, and after the one that hands out kept drafts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_STAFF_MFA and request.session.session_key and request.user.is_authenticated:
            user = request.user
            if user.roles and not factors.has_second_factor(user):
                user.roles = frozenset()  # in this request
                user.lacks_factor = True
                if request.path.startswith("/api/"):
                    return JsonResponse({"detail": "second factor required"}, status=403)
                if request.path.startswith(PLACES) and not request.path.startswith(OPEN):
                    return self.set_up_first(request)
        return self.get_response(request)

    def set_up_first(self, request: HttpRequest) -> HttpResponse:
        target = request.get_full_path()
        if request.method == "POST":
            drafts.keep(request)
            target = request.path
        return HttpResponseRedirect(f"{reverse('account_set_up_factor')}?next={quote(target)}")
