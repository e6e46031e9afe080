"""The demo's people: loaded once, however often, with something that waits for each who decides."""

import uuid

import pytest

from accounts import demo, uscc
from accounts.demo import demo_user
from accounts.models import Claim, Enterprise, JoinRequest, User
from accounts.people import claims, members, merging, queries
from accounts.queries import enterprise_by_uscc
from accounts.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> dict[str, int]:
    return demo.load()


def counts() -> list[int]:
    return [each.count() for each in (User.objects, Enterprise.every, JoinRequest.objects, Claim.objects)]


def test_demo_doubles_nothing(loaded):
    before = counts()
    assert demo.load() == loaded
    assert counts() == before == [loaded[name] for name in ("accounts", "enterprises", "join_requests", "claims")]


def test_somebody_waits_for_the_owners_word(loaded):
    (request,) = queries.waiting_requests(demo_user("enterprise"))
    assert request.user == demo_user("newcomer")


def test_claim_with_its_proof_waits_for_both_supervisors(loaded):
    for key in ("supervisor", "supervisor-second"):
        (claim,) = queries.claims_to_review(demo_user(key))
        assert claim.claimant == demo_user("claimant")
    assert claim.licence.read(8) == b"\x89PNG\r\n\x1a\n"


def test_one_firm_is_there_twice(loaded):
    (pair,) = merging.possible_duplicates()
    assert [each.name for each in pair] == ["遂昌乡创良品商行（虚构）"] * 2
    assert [side.name for side in merging.side_by_side(*pair) if side.differs] == [
        "uscc", "address", "employees", "revenue", "traits",
    ]  # fmt: skip


def test_everything_made_up_says_so_and_has_a_valid_code(loaded):
    for each in Enterprise.every.all():
        assert (uscc.clean(each.uscc), each.is_demo, "（虚构）" in each.name) == (each.uscc, True, True)
    assert User.objects.filter(is_demo=False).count() == 0


def test_demo_leaves_what_was_decided(loaded):
    supervisor, owner = demo_user("supervisor"), demo_user("enterprise")
    members.accept(JoinRequest.objects.get(), by=owner)
    claims.approve(Claim.objects.get(), by=supervisor)
    target, source = merging.possible_duplicates()[0]
    merging.merge(target=target, source=source, by=supervisor, reason="", take=frozenset(), client_key=uuid.uuid4())
    before = counts()
    demo.load()
    assert counts() == before
    assert enterprise_by_uscc(source.uscc) == target
    assert [JoinRequest.objects.get().state, Claim.objects.get().state] == ["accepted", "approved"]


def test_two_supervisors_so_that_nobody_approves_their_own(loaded):
    held = [each for each in User.objects.order_by("pk") if Role.SUPERVISOR in each.roles]
    assert held == [demo_user("supervisor"), demo_user("supervisor-second")]
