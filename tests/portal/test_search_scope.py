"""Search finds, counts and offers exactly what each visitor may open, of every kind, now and after every change of permission."""

import re
import uuid
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import EnterpriseMember, User
from accounts.people import members, merging
from accounts.privacy import erasure
from accounts.roles import Role
from advisors.models import ServiceRequest, TeamMember, VisitLog
from matching.models import Need
from search import maintenance, outbox, queries
from search.engines import engine, remote
from search.models import SearchedQuery
from search.registry import get, types, visibility_tokens
from tests.factories import enterprise_user, user_with
from tests.portal.search_scene import PRIVATE, SCOPES, WORD, make_scene

pytestmark = pytest.mark.django_db
HIT = re.compile(r'<h3><a href="([^"]+)"')


@pytest.fixture
def scene():
    made = make_scene()
    as_committed()
    return made


def as_committed() -> None:
    """The index has taken in what was written; what is open in this test's transaction is not applied with each answer again."""
    outbox.settle()
    transaction.get_connection().run_on_commit.clear()


def client_of(user) -> Client:
    client = Client()
    if user.is_authenticated:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def fresh(user):
    """As at the next request, without what this object remembers."""
    return User.objects.get(pk=user.pk) if user.is_authenticated else user


def found(user, kind: str, q: str = WORD) -> set[int]:
    return set(queries.find(kind, q, tokens=visibility_tokens(fresh(user)), limit=100).ids)


def test_every_kind_has_a_scope():
    assert {each.kind for each in types()} == set(SCOPES)


def test_scene_has_rows_that_are_seen_and_rows_that_are_not(scene):
    """Negative control: comparing empty sets would say nothing."""
    for kind in PRIVATE:
        seen = {name: len(scene.openable(kind, name)) for name in scene.visitors}
        assert seen["anonymous"] == seen["nobody"] == seen["other manager"] == 0
        assert 0 < seen["owner"] < seen["supervisor"]
    assert len(scene.openable("request", "manager")) == 1
    assert scene.openable("request", "keeper") == scene.openable("request", "was advisor") == set()


def test_api_and_page_give_what_may_be_opened(scene):
    maintenance.rebuild(engine_name="embedded")
    for name, user in scene.visitors.items():
        client = client_of(user)
        allowed = {kind: scene.openable(kind, name) for kind in SCOPES}
        counts = {kind: len(ids) for kind, ids in allowed.items() if ids}
        answer = client.get("/api/v1/search", {"q": WORD}).json()
        assert {each["kind"]: each["total"] for each in answer["groups"]} == counts, name
        assert (answer["total"], answer["also"]) == (sum(counts.values()), []), name
        page = client.get("/search/", {"q": WORD})
        assert {each.value: each.count for each in page.context["kinds"] if each.value} == counts, name
        for kind, ids in allowed.items():
            (group,) = client.get("/api/v1/search", {"q": WORD, "type": kind}).json()["groups"]
            assert ({each["id"] for each in group["hits"]}, group["total"]) == (ids, len(ids)), (name, kind)
            declared, rows = get(kind), list(get(kind).queryset().filter(pk__in=ids))
            counted = {
                facet: Counter(str(value) for row in rows for value in set(declared.facets[facet].values(row)) if value)
                for facet in declared.open_facets
            }
            shown = {
                facet: {each["value"]: each["count"] for each in values if each["count"]}
                for facet, values in group["facets"].items()
            }
            assert shown == counted, (name, kind)


def test_page_links_what_may_be_opened(scene):
    for name in ("anonymous", "owner", "advisor", "supervisor", "manager"):
        client = client_of(scene.visitors[name])
        for kind in PRIVATE:
            page = client.get("/search/", {"q": WORD, "type": kind}).content.decode()
            rows = get(kind).queryset().filter(pk__in=scene.openable(kind, name))
            links = {get(kind).url(row) for row in rows}
            assert set(HIT.findall(page)) == links, (name, kind)
            assert {client.get(link, follow=True).status_code for link in links} <= {200}, (name, kind)


def test_suggestions_offer_what_may_be_opened(scene):
    kinds = [each.kind for each in types() if each.suggest]
    assert set(PRIVATE) & set(kinds) == {"enterprise"}
    for name, user in scene.visitors.items():
        offered = queries.suggest(WORD, visibility_tokens(user), limit=200)
        allowed = {get(kind).url(row) for kind in kinds for row in get(kind).queryset().filter(pk__in=scene.openable(kind, name))}  # fmt: skip
        assert {each.url for each in offered} == allowed, name
    shown = client_of(scene.visitors["nobody"]).get("/api/v1/suggest", {"q": "云雾茶业"}).json()["suggestions"]
    assert shown == []


def test_names_of_enterprises_do_not_mend_what_others_type(scene):
    for q in ("云雾茶叶", "云务茶业", "yunwuchaye"):
        answer = client_of(scene.visitors["nobody"]).get("/api/v1/search", {"q": q}).json()
        assert "茶业" not in str(answer["repairs"]) + str(answer["near"])


def test_private_kinds_are_labelled(scene):
    page = client_of(scene.visitors["supervisor"]).get("/search/", {"q": WORD})
    labels = {each.value: str(each.label) for each in page.context["kinds"] if each.value in PRIVATE}
    assert labels == {"enterprise": "企业", "need": "需求", "visit": "走访", "request": "诉求"}


def test_verify_is_clean_before_and_after_rebuild(scene):
    assert list(maintenance.differences(engine_name="embedded")) == []
    maintenance.rebuild(engine_name="embedded")
    assert list(maintenance.differences(engine_name="embedded")) == []
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):  # no words that age
        assert list(maintenance.differences(PRIVATE, engine_name="embedded")) == []


def test_contacts_and_numbers_are_not_found(scene):
    owner = scene.visitors["owner"]
    raised = ServiceRequest.objects.filter(raised_by=owner).first()
    raised.text = f"请打 13798765432 找{owner.name}"
    raised.save()
    Need.objects.filter(author=owner).first().delete()
    said = Need.objects.create(enterprise=scene.enterprise, author=owner, text=f"请打 13798765432 找{owner.name}")
    log = VisitLog.objects.create(visit=scene.visit, author=scene.visitors["advisor"], notes="谈了苔藓，打 13798765432")
    supervisor = scene.visitors["supervisor"]
    for q in ("13712345678", "13798765432", "示例路", "王小燕"):
        answer = client_of(supervisor).get("/api/v1/search", {"q": q}).json()
        assert "13798765432" not in str([each["hits"] for each in answer["groups"]])
        assert not {each["kind"] for each in answer["groups"]} & {"visit"} or answer["relaxed"], q
    for kind, row in (("request", raised), ("need", said), ("visit", log.visit)):
        held = str(engine().stored(kind, [row.pk]))
        assert "13798765432" not in held
        assert owner.name not in held
    # What was said is found, and not shown beside the result.
    (group,) = client_of(supervisor).get("/api/v1/search", {"q": "苔藓", "type": "visit"}).json()["groups"]
    assert [each["id"] for each in group["hits"]] == [scene.visit.pk]
    assert "苔藓" not in client_of(supervisor).get("/search/", {"q": "苔藓", "type": "visit"}).content.decode().split("search-hits")[1]  # fmt: skip


def assert_equal_scopes(scene) -> None:
    as_committed()
    for name, user in scene.visitors.items():
        for kind in (*PRIVATE, "product"):
            may = set(SCOPES[kind](fresh(user)).values_list("pk", flat=True))
            assert found(user, kind) == may, (name, kind)
    assert list(maintenance.differences(engine_name="embedded")) == []


def _leave_team(scene):
    TeamMember.objects.get(advisor__user=scene.visitors["mate"]).delete()
    return "mate", "visit"


def _lose_role(scene):
    scene.visitors["advisor"].role_assignments.all().delete()
    return "advisor", "enterprise"


def _end_membership(scene):
    other = enterprise_user(scene.enterprise)
    scene.visitors["second"] = other
    owner = EnterpriseMember.objects.get(user=scene.visitors["owner"])
    members.remove(EnterpriseMember.objects.get(user=other), by=owner.user)
    return "second", "enterprise"


def _take_request_away(scene):
    row = ServiceRequest.objects.get(unit=scene.bank)
    row.unit = None
    row.save()
    return "manager", "request"


def _pass_visit_on(scene):
    scene.visit.advisor = scene.visitors["stranger"].advisor
    scene.visit.team = None
    scene.visit.save()
    return "advisor", "visit"


def _close_bank(scene):
    scene.bank.is_active = False
    scene.bank.save()
    return "nobody", "product"


@pytest.mark.parametrize(
    "change", [_leave_team, _lose_role, _end_membership, _take_request_away, _pass_visit_on, _close_bank]
)
def test_change_of_permission_counts_at_once(scene, change):
    before = {
        (name, kind): found(user, kind) for name, user in scene.visitors.items() for kind in (*PRIVATE, "product")
    }
    name, kind = change(scene)
    assert found(scene.visitors[name], kind) < before.get((name, kind), {0})
    assert_equal_scopes(scene)


def test_advisor_asked_for_and_withdrawn_counts_at_once(scene):
    need = Need.objects.filter(wants_advisor_at=None).first()
    assert need.pk not in found(scene.visitors["stranger"], "need")
    need.wants_advisor_at = timezone.now()
    need.save()
    assert need.pk in found(scene.visitors["stranger"], "need")
    need.wants_advisor_at = None
    need.save()
    assert need.pk not in found(scene.visitors["stranger"], "need")


def test_merge_and_its_undoing_count_at_once(scene):
    firm, other = scene.enterprise, scene.other
    done = merging.merge(
        target=firm, source=other, by=scene.visitors["supervisor"], reason="同一家", take=frozenset(),
        client_key=uuid.uuid4(),
    )  # fmt: skip
    assert_equal_scopes(scene)
    assert found(scene.visitors["other owner"], "enterprise") == {firm.pk}
    assert found(scene.visitors["supervisor"], "enterprise", other.uscc) == {firm.pk}  # the old code leads here
    assert found(scene.visitors["supervisor"], "visit", "渔业") == set()
    merging.undo(done, by=scene.visitors["supervisor"])
    assert_equal_scopes(scene)
    assert found(scene.visitors["supervisor"], "enterprise", other.uscc) == {other.pk}


def test_renamed_enterprise_is_found_by_its_new_name_everywhere(scene):
    accounts.update_enterprise(scene.enterprise, name="苔原茶业")
    supervisor = scene.visitors["supervisor"]
    for kind in PRIVATE:
        assert found(supervisor, kind, "苔原") == set(SCOPES[kind](supervisor).filter(**{"pk" if kind == "enterprise" else "enterprise": scene.enterprise.pk}).values_list("pk", flat=True))  # fmt: skip
    assert list(maintenance.differences(engine_name="embedded")) == []


def test_erased_enterprise_and_person_leave_nothing_in_the_index(scene):
    owner = scene.visitors["owner"]
    owner.name = "钟离小燕"
    owner.save()
    foreign = ServiceRequest.objects.filter(enterprise=scene.other).first()
    foreign.text = "与云雾茶业的钟离小燕联系过"
    foreign.save()
    SearchedQuery.objects.create(day=timezone.localdate(), text="云雾茶业 转贷", times=3)
    SearchedQuery.objects.create(day=timezone.localdate(), text="转贷", times=3)
    for request in (erasure.ask(owner, scene.enterprise), erasure.ask(owner)):
        assert erasure.erase(request.pk)
    as_committed()
    names = ("云雾茶业", "钟离小燕", scene.enterprise.uscc)
    held = {kind: str(engine().stored(kind, [each.id for each in engine().held(kind)]).values()) for kind in SCOPES}
    assert [(kind, name) for kind, text in held.items() for name in names if name in text] == []
    assert list(SearchedQuery.objects.values_list("text", flat=True)) == ["转贷"]
    assert list(maintenance.differences(engine_name="embedded")) == []


@pytest.mark.parametrize(
    ("role", "queries_"), [(Role.SUPERVISOR, 6), (Role.ADVISOR, 8), (Role.RELATIONSHIP_MANAGER, 7)]
)
@pytest.mark.parametrize("rows", [1, 3])
def test_staff_search_takes_the_same_queries_for_any_number(role, queries_, rows, django_assert_num_queries, settings):
    user = user_with(role)
    for number in range(rows):
        enterprise_user(name=f"人{number}")
    client = client_of(user)
    client.get("/search/", {"q": WORD})
    # Session, person, words, roles, memberships; an advisor's teams and place; what waits in an inbox of the desk.
    settings.SEARCH_SEES_OPEN_TRANSACTIONS = False
    with django_assert_num_queries(queries_ + (0 if engine().inline else 1) + (0 if remote() is None else 1)):
        client.get("/search/", {"q": WORD})


def test_staff_without_their_second_factor_find_no_more_than_anybody(scene, settings):
    settings.REQUIRE_STAFF_MFA = True
    for name in ("supervisor", "advisor", "manager", "administrator"):
        page = client_of(scene.visitors[name]).get("/search/", {"q": WORD})
        assert not {each.value for each in page.context["kinds"]} & set(PRIVATE), name
