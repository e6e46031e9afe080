"""Who can no longer send a form of the CMS gets the typed text back, to paste it in again or to hand it on.

The CMS would answer with the sign-in page or with nothing found, and what was typed since the last save would be gone.
"""

from collections.abc import Callable, Collection
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render


class KeptFormMiddleware:
    """Stands before the CMS; an app with forms there says which they are, and what of one a person typed."""

    names: ClassVar[Collection[str]]  # of the addresses that forms are posted to
    template: ClassVar[str]  # gets `typed` and `signed_out`

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def lost(self, request: HttpRequest, key: Any) -> bool:
        """Whether this person may not send the form; `key` of what it changes, None for something new."""
        return not request.user.is_authenticated

    def words(self) -> str:
        """What the form says when it saves by itself."""
        raise NotImplementedError

    def typed(self, post: QueryDict) -> list[tuple[str, str]]:
        """[(label, text)] in the form's order."""
        raise NotImplementedError

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method != "POST" or name not in self.names or not self.lost(request, kwargs.get("pk")):
            return None
        if not request.accepts("text/html"):
            # Of the codes that the CMS's script knows, the one whose words it shows and after which it saves no more.
            return JsonResponse({"success": False, "error_code": "locked", "error_message": self.words()}, status=403)
        context = {"typed": self.typed(request.POST), "signed_out": not request.user.is_authenticated}
        return render(request, self.template, context, status=403)
