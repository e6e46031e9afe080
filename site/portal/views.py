"""Pages that belong to no app."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /me/", "Disallow: /desk/", "Disallow: /accounts/", "Disallow: /tickets/"]
    return HttpResponse(
        "\n".join([*lines, f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""]), content_type="text/plain"
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/styleguide.html")
