"""Who acts, from where: known to everything below a request, a command or a task without being passed along."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:  # the models import this package
    from ..models.users import User

SECRET_PARTS = ("token", "key", "code", "uidb36")  # arguments of addresses that let their holder in


@dataclass
class Acting:
    """`user` None is 系统: a command, a task, or a visitor who has not signed in (then `request` is set)."""

    user: "User | None" = None
    request: HttpRequest | None = None
    note: str = ""  # a command's or task's name

    @property
    def actor(self) -> "User | None":
        if self.request is None:
            return self.user
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def address(self) -> str | None:
        if self.request is None:
            return None
        from allauth.account.adapter import get_adapter

        try:
            return get_adapter(self.request).get_client_ip(self.request)
        except PermissionDenied:  # behind a proxy that tells no address
            return None

    @property
    def path(self) -> str:
        """The address without its query, and without what in it is a secret."""
        if self.request is None:
            return self.note
        path = self.request.path
        match = self.request.resolver_match
        for name, value in (match.kwargs if match else {}).items():
            if any(part in name for part in SECRET_PARTS) and value:
                path = path.replace(str(value), "****")
        return path[:200]


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting:
    return _acting.get() or Acting(note=_command())


def _command() -> str:
    """manage.py prepare — where no request and no task is under way."""
    program = Path(sys.argv[0]).name
    return " ".join([program, *sys.argv[1:2]])[:200] if program == "manage.py" else ""


@contextmanager
def acting(user: "User | None" = None, *, request: HttpRequest | None = None, note: str = "") -> Iterator[None]:
    """Inside, what is recorded is this person's doing (in commands, tasks and tests; requests have the middleware)."""
    token = _acting.set(Acting(user, request, note))
    try:
        yield
    finally:
        _acting.reset(token)


class AuditMiddleware:
    """Makes the request known to the audit trail. Stands after the middleware that knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(request=request):
            return self.get_response(request)
