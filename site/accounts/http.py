"""The request as our views get it: with our user, and with what was kept of an earlier post."""

from django.http import HttpRequest, QueryDict

from .models import User


class Request(HttpRequest):
    """For annotations. `user` is a `User` behind the decorators of `accounts.roles`; elsewhere check `is_authenticated`."""

    user: User
    kept_draft: QueryDict | None
