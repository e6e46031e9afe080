"""What search may show to whom, in tokens that documents of all apps use."""

from collections.abc import Iterator

from search.registry import register_visibility

from .models import User


@register_visibility
def tokens(user: User) -> Iterator[str]:
    """`role:supervisor` per role, `institution:3` per institution worked for, `enterprise:8` per enterprise acted for."""
    yield from (f"role:{role}" for role in user.roles)
    yield from (f"institution:{institution.pk}" for institution in user.institutions_as())
    yield from (f"enterprise:{membership.enterprise_id}" for membership in user.memberships)
