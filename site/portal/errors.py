"""Error pages: what happened, and what to do next, in the site's own words."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from accounts import drafts


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def too_large(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/413.html", status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form left open over a sign-in: what was typed is kept and shown again; otherwise a page that says what to do."""
    if drafts.keep(request):
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{resolve_url('account_login')}?next={quote(request.path)}")
        return HttpResponseRedirect(request.path)
    return render(request, "errors/csrf.html", status=403)
