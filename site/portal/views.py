"""Pages that belong to no app."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.static import serve

from . import styleguide as example

YEAR = 365 * 24 * 3600


def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /me/", "Disallow: /desk/", "Disallow: /accounts/", "Disallow: /tickets/"]
    return HttpResponse(
        "\n".join([*lines, f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""]), content_type="text/plain"
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/styleguide.html", example.context())


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page in `next`, if it is one of ours."""
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


@never_cache
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Keeps the reader's language in a cookie. A plain link: a form's token would keep every page out of the cache."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    answer = _back(request)
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer


@never_cache
def display(request: HttpRequest, size: str) -> HttpResponse:
    """适老化: larger, simpler pages, kept in the cookie `large`."""
    if size not in {"large", "normal"}:
        raise Http404
    answer = _back(request)
    if size == "large":
        answer.set_cookie("large", "1", max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie("large")
    return answer


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Pictures of public pages. Whatever else people upload is served by the app that knows who may see it."""
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))
