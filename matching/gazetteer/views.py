"""In the CMS: names of places that needs used and that the table lacks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from . import unheard


def unheard_places(request: HttpRequest) -> HttpResponse:
    """POST `name`: it is no place."""
    if not request.user.has_perm("matching.add_place"):
        raise PermissionDenied
    if request.method == "POST":
        if unheard.dismiss(request.POST.get("name", "")):
            messages.success(request, _("已略过，以后不再列出。"))
        return redirect("unheard_places")
    page = Paginator(unheard.waiting(), 50).get_page(request.GET.get("page"))
    return render(
        request,
        "matching/cms_unheard.html",
        {"page_title": _("没收录的地名"), "header_icon": "globe", "page": page},
    )
