"""A need is found by exactly those who may open it."""

import pytest

from accounts.roles import Role
from matching.needs import actions
from matching.needs.queries import needs_visible_to
from search import registry
from search.registry import visibility_tokens
from tests.factories import enterprise_user, user_with

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wants_advisor", [False, True])
def test_found_by_those_who_may_open_it(scene, wants_advisor):
    if wants_advisor:
        actions.ask_advisor(scene.need)
    need = registry.get("need").queryset().get(pk=scene.need.pk)
    readers = set(registry.get("need").visibility(need))
    people = [scene.owner, enterprise_user(), scene.manager, *(user_with(role) for role in Role)]
    finds = [bool(readers & visibility_tokens(person)) for person in people]
    opens = [needs_visible_to(person).filter(pk=need.pk).exists() for person in people]
    assert finds == opens
    assert not readers & visibility_tokens(None)
