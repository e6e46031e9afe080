"""What somebody typed is kept when their session had expired, or the form's token had.

The post is stored in the session of the visitor (server side, without token, passwords and files), the person signs in,
comes back by GET, and the view finds it as `request.kept_draft`. Nothing is sent again by itself.
"""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

KEY = "kept_draft"
MAX_CHARACTERS = 200_000
LEFT_OUT = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}
NEVER = ("/accounts/", "/admin/", "/cms/", "/api/")


def keep(request: HttpRequest) -> bool:
    """Stores the post for its own address; False when there is nothing to keep."""
    if request.method != "POST" or request.path.startswith(NEVER):
        return False
    data = request.POST.copy()
    for name in LEFT_OUT:
        data.pop(name, None)
    text = data.urlencode()
    if not text or len(text) > MAX_CHARACTERS:
        return False
    request.session[KEY] = {"path": request.path, "data": text, "had_files": bool(request.FILES)}
    return True


def take(request: HttpRequest) -> tuple[QueryDict, bool] | None:
    """The draft kept for this address, once, and whether files came with it that could not be kept."""
    kept = request.session.get(KEY) if hasattr(request, "session") else None
    if not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    return QueryDict(kept["data"]), kept.get("had_files", False)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back here, keeping what was posted."""
    target = request.get_full_path()
    if request.method == "POST":
        keep(request)
        target = request.path
    return HttpResponseRedirect(f"{resolve_url('account_login')}?next={quote(target)}")


class KeptDraftMiddleware:
    """Sets `request.kept_draft` on GETs of people who have signed in, and tells them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.kept_draft = None  # type: ignore[attr-defined]
        wanted = request.method == "GET" and request.session.session_key and request.user.is_authenticated
        if wanted and (found := take(request)) is not None:
            request.kept_draft, had_files = found  # type: ignore[attr-defined]
            text = _("您填写的内容已为您保留，还没有提交，请核对后再次提交。")
            messages.warning(request, f"{text}{_('文件没有保留，请重新选择。')}" if had_files else text)
        return self.get_response(request)
