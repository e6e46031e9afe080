"""Places on a policy's page that apps beside and above fill: the products that rest on it come from the catalogue, which
`portal` registers, as neither app may import the other."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.models import Policy

_panels: list[Callable[[HttpRequest, Policy], str]] = []


def register(build: Callable[[HttpRequest, Policy], str]) -> None:
    """`build(request, policy)` gives HTML that is safe to show, or "" when it has nothing to say."""
    if build not in _panels:
        _panels.append(build)


def render(request: HttpRequest, policy: Policy | None) -> list[str]:
    if policy is None:
        return []
    return [html for html in (build(request, policy) for build in _panels) if html]
