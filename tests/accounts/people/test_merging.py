"""Two records become one: every row that named the old one is counted before and after, in every table there is."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.actions import EnterpriseTaken, give_consent, register_enterprise
from accounts.models import AuditEntry, Consent, Enterprise, EnterpriseMember, EnterpriseMerge, JoinRequest
from accounts.people import merging
from accounts.people.errors import MergeRefused
from accounts.queries import enterprise_by_uscc, identities
from accounts.roles import Role
from advisors.models import ServiceRequest, Visit
from catalogue.models import Product
from matching.models import Need
from tests.advisors.factories import AdvisorFactory
from tests.factories import EnterpriseFactory, InstitutionFactory, UserFactory, enterprise_user, user_with
from tests.matching.conftest import make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return user_with(Role.SUPERVISOR)


def total(*enterprises: Enterprise) -> dict[str, int]:
    """How many rows name one of them, by column."""
    return {each.key: sum(each.rows(one).count() for one in enterprises) for each in merging.relations()}


def join(target, source, by, **fields) -> EnterpriseMerge:
    fields = {"reason": "换了代码", "take": set(), "client_key": uuid.uuid4()} | fields
    return merging.merge(target=target, source=source, by=by, **fields)


@pytest.fixture
def full():
    """An enterprise with a need, a referral, consents, a visit, a request, members and somebody who waits."""
    scene = make_scene()
    scene.start()
    advisor = AdvisorFactory()
    now = timezone.now()
    visit = Visit.objects.create(
        advisor=advisor, enterprise=scene.enterprise, starts_at=now, ends_at=now + timedelta(hours=1),
        purpose="看看", created_by=scene.owner,
    )  # fmt: skip
    ServiceRequest.objects.create(
        enterprise=scene.enterprise, visit=visit, category="other", text="路灯", raised_by=scene.owner
    )
    EnterpriseMember.objects.create(enterprise=scene.enterprise, user=UserFactory())
    JoinRequest.objects.create(enterprise=scene.enterprise, user=UserFactory(), message="我")
    return scene


def test_every_row_is_there_afterwards(full, staff):
    target = EnterpriseFactory()
    before = total(target, full.enterprise)
    assert {key for key, n in before.items() if n} >= {
        "matching.need.enterprise", "accounts.consent.enterprise", "advisors.visit.enterprise",
        "advisors.servicerequest.enterprise", "accounts.enterprisemember.enterprise",
        "accounts.joinrequest.enterprise", "accounts.auditentry.enterprise",
    }  # fmt: skip
    join(target, full.enterprise, staff)
    after = total(target, full.enterprise)
    history = {"accounts.auditentry.enterprise"}  # grows: the merge is recorded
    # The merge itself: its own row names both, and the old record now leads to the new one.
    for key, more in {
        "accounts.enterprisemerge.source": 1,
        "accounts.enterprisemerge.target": 1,
        "accounts.enterprise.merged_into": 1,
    }.items():
        before[key] = before.get(key, 0) + more
    assert {key: n for key, n in after.items() if key not in history} == {
        key: n for key, n in before.items() if key not in history
    }
    assert after["accounts.auditentry.enterprise"] >= before["accounts.auditentry.enterprise"]
    left = {key for key, n in total(full.enterprise).items() if n}
    assert left == {"accounts.auditentry.enterprise", "accounts.enterprisemerge.source"}


def test_merge_undone_within_a_day_restores_all(full, staff):
    target = enterprise_user().enterprise
    before = (total(target), total(full.enterprise), facts(target), facts(full.enterprise))
    done = join(target, full.enterprise, staff, take={"name", "uscc", "region"})
    merging.undo(done, by=staff)
    target, source = (Enterprise.every.get(pk=each.pk) for each in (target, full.enterprise))
    after = (total(target), total(source), facts(target), facts(source))
    for counts in (*before[:2], *after[:2]):
        for key in (
            "accounts.auditentry.enterprise",
            "accounts.enterprisemerge.source",
            "accounts.enterprisemerge.target",
        ):
            counts.pop(key, None)
    assert after == before
    assert source.merged_into is None


def facts(enterprise: Enterprise) -> dict:
    fresh = Enterprise.every.get(pk=enterprise.pk)
    return {name: str(getattr(fresh, name)) for name in merging.FIELDS}


def test_a_model_with_a_reference_to_enterprises_is_found_by_itself():
    found = {each.key for each in merging.relations()}
    assert found >= {"matching.need.enterprise", "accounts.claim.enterprise", "accounts.invitation.enterprise"}
    assert {each.key for each in merging.relations() if each.is_history} >= {
        "accounts.auditentry.enterprise", "accounts.enterprisemerge.source", "accounts.enterprisemerge.target",
    }  # fmt: skip


def test_old_code_and_old_link_lead_to_the_new_record(client, staff):
    target, source = EnterpriseFactory(), EnterpriseFactory()
    target.licence.save("x.png", ContentFile(b"\x89PNG"))
    join(target, source, staff)
    assert enterprise_by_uscc(source.uscc) == target
    assert sorted(identities(target)) == sorted([target.pk, source.pk])
    assert list(Enterprise.objects.filter(pk=source.pk)) == []
    with pytest.raises(EnterpriseTaken):
        register_enterprise(user=UserFactory(), uscc=source.uscc, name="又一次", region=target.region)
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/me/enterprise/{source.pk}/licence/")
    assert (answer.status_code, answer.url) == (302, f"/me/enterprise/{target.pk}/licence/")


def test_chain_of_merges_leads_to_the_last(staff):
    first, second, third = EnterpriseFactory(), EnterpriseFactory(), EnterpriseFactory()
    join(second, first, staff)
    join(third, second, staff)
    assert enterprise_by_uscc(first.uscc) == third
    assert sorted(identities(third)) == sorted([first.pk, second.pk, third.pk])


def test_codes_change_places(staff):
    target, source = EnterpriseFactory(), EnterpriseFactory()
    codes = target.uscc, source.uscc
    join(target, source, staff, take={"uscc"})
    target.refresh_from_db()
    assert (target.uscc, enterprise_by_uscc(codes[0])) == (codes[1], target)


def test_known_facts_beat_unknown_ones(staff):
    target, source = (
        EnterpriseFactory(employees=None, traits={"private": True}),
        EnterpriseFactory(employees=8, traits={"private": False, "exporter": True}),
    )
    sides = {each.name: each.takes_merged for each in merging.side_by_side(target, source)}
    assert (sides["employees"], sides["name"]) == (True, False)
    join(target, source, staff, take={"employees"})
    target.refresh_from_db()
    assert (target.employees, target.traits) == (8, {"private": True, "exporter": True})


def test_consent_given_by_both_stays_beside_and_is_named_in_the_preview(staff):
    one, other, bank = enterprise_user(), enterprise_user(), InstitutionFactory()
    for user in (one, other):
        give_consent(enterprise=user.enterprise, institution=bank, by=user)
    give_consent(enterprise=other.enterprise, institution=InstitutionFactory(), by=other)
    (moving,) = [each for each in merging.preview(one.enterprise, other.enterprise) if each.label == "授权"]
    assert (moving.moves, moving.stays) == (1, 1)
    join(one.enterprise, other.enterprise, staff)
    assert (one.enterprise.consents.count(), Consent.objects.count()) == (2, 3)


def test_person_of_both_keeps_the_stronger_place(staff):
    one, other = enterprise_user(), enterprise_user()
    EnterpriseMember.objects.create(enterprise=one.enterprise, user=other, kind="member", is_active=False)
    done = join(one.enterprise, other.enterprise, staff)
    held = EnterpriseMember.objects.filter(user=other).order_by("pk").values_list("enterprise", "kind", "is_active")
    assert list(held) == [(other.enterprise.pk, "owner", False), (one.enterprise.pk, "owner", True)]
    merging.undo(done, by=staff)
    held = EnterpriseMember.objects.filter(user=other).order_by("pk").values_list("enterprise", "kind", "is_active")
    assert list(held) == [(other.enterprise.pk, "owner", True), (one.enterprise.pk, "member", False)]


def test_what_was_written_meanwhile_is_brought_over(full, staff):
    target = EnterpriseFactory()
    join(target, full.enterprise, staff)
    late = Need.objects.create(enterprise=full.enterprise, author=full.owner, text="晚到的")
    assert merging.settle_recent() == 1
    late.refresh_from_db()
    assert (late.enterprise_id, merging.settle_recent()) == (target.pk, 0)


def test_form_opened_before_the_merge_is_asked_about_again(client, staff):
    owner = enterprise_user()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    target = EnterpriseFactory(name="合并后的名字")
    form = {"opened_on": owner.enterprise.pk, "name": "我填的名字", "region": owner.enterprise.region_id}
    join(target, owner.enterprise, staff)
    page = client.post("/me/enterprise/", form).content.decode()
    assert "合并成了一条" in page
    assert 'value="我填的名字"' in page
    target.refresh_from_db()
    assert target.name == "合并后的名字"
    assert client.post("/me/enterprise/", form | {"opened_on": target.pk}).status_code == 302
    target.refresh_from_db()
    assert target.name == "我填的名字"


def test_merging_what_was_merged_and_undoing_too_late(staff):
    target, source = EnterpriseFactory(), EnterpriseFactory()
    done = join(target, source, staff)
    assert join(target, source, staff, client_key=done.client_key) == done
    with pytest.raises(MergeRefused, match="已经并入"):
        join(EnterpriseFactory(), source, staff)
    with pytest.raises(MergeRefused, match="两家不同"):
        join(target, target, staff)
    EnterpriseMerge.objects.filter(pk=done.pk).update(at=timezone.now() - timedelta(hours=25))
    done.refresh_from_db()
    with pytest.raises(MergeRefused, match="超过一天"):
        merging.undo(done, by=staff)


def test_undo_keeps_what_was_said_since(staff):
    target, source = EnterpriseFactory(name="甲"), EnterpriseFactory(name="乙", employees=3)
    done = join(target, source, staff, take={"name", "employees"})
    target.refresh_from_db()
    target.name = "甲新"
    target.save()
    merging.undo(done, by=staff)
    target.refresh_from_db()
    assert (target.name, target.employees) == ("甲新", None)


def test_merge_page_from_codes_to_undo(client, staff):
    target, source = enterprise_user().enterprise, enterprise_user().enterprise
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/desk/enterprises/merge/?keep={target.uscc}&merge={source.uscc}").content.decode()
    assert f'value="{target.pk}"' in page
    assert "企业成员" in page
    post = {
        "target": target.pk,
        "source": source.pk,
        "client_key": uuid.uuid4(),
        "reason": "重复登记",
        "take_name": "merged",
    }
    client.post("/desk/enterprises/merge/", post)
    target.refresh_from_db()
    assert target.name == source.name
    page = client.get("/desk/enterprises/merge/").content.decode()
    assert "重复登记" in page
    client.post(f"/desk/enterprises/merge/{EnterpriseMerge.objects.get().pk}/undo/")
    assert Enterprise.objects.filter(pk=source.pk).count() == 1
    assert Product.objects.count() == 0


def test_planner_finds_the_new_record_by_the_old_code(staff):
    from advisors.queries import find_enterprises

    target, source = EnterpriseFactory(), EnterpriseFactory()
    join(target, source, staff)
    assert find_enterprises(user_with(Role.ADVISOR), source.uscc) == [target]


def test_both_records_laid_side_by_side_are_recorded_as_viewed(client, staff):
    one, other = EnterpriseFactory(), EnterpriseFactory()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/desk/enterprises/merge/")
    assert list(AuditEntry.objects.filter(verb="viewed")) == []
    client.get("/desk/enterprises/merge/", {"keep": one.uscc, "merge": other.uscc})
    told = AuditEntry.objects.filter(verb="viewed", actor=staff).order_by("pk")
    assert [(each.enterprise_id, each.detail) for each in told] == [
        (each.pk, {"fields": ["企业信息"], "purpose": "claim"}) for each in (one, other)
    ]
