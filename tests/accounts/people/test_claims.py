"""A claim by proof: reviewed by staff, never by oneself; owners before are told and stay as members."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.audit.queries import looks_at
from accounts.models import AuditEntry, Claim, EnterpriseMember
from accounts.people import claims, members
from accounts.people.errors import ActsForAnother, AlreadyMember, PeopleError
from accounts.roles import Role
from accounts.transitions import TransitionRefused
from tests.factories import EnterpriseFactory, UserFactory, enterprise_user, user_with

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def picture(content: bytes = PNG, name: str = "licence.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def make_claim(user, enterprise, **fields) -> Claim:
    fields = {"statement": "原负责人已离职", "licence": picture(), "client_key": uuid.uuid4()} | fields
    return claims.submit(by=user, uscc=enterprise.uscc, **fields)


def sign_in(client, user):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def owner():
    return enterprise_user()


@pytest.fixture
def claimant():
    return UserFactory(name="赵法人")


@pytest.fixture
def reviewer():
    return user_with(Role.SUPERVISOR)


def kinds(enterprise) -> dict[int, str]:
    return dict(enterprise.members.filter(is_active=True).values_list("user", "kind"))


def test_claim_from_form_to_approval(client, owner, claimant, reviewer):
    form = {"uscc": owner.enterprise.uscc, "statement": "原负责人已离职", "client_key": uuid.uuid4()}
    sign_in(client, claimant).post("/me/enterprise/claim/", form | {"licence": picture()})
    claim = Claim.objects.get()
    assert reviewer.notices.get().url == claim.desk_url
    sign_in(client, reviewer)
    assert "赵**" in client.get("/desk/").content.decode()
    assert "原负责人已离职" in client.get(claim.desk_url).content.decode()
    client.post(claim.desk_url, {"step": "approve"})
    assert kinds(claim.enterprise) == {owner.pk: "member", claimant.pk: "owner"}
    assert "您改为经办人" in owner.notices.get().text
    assert sign_in(client, claimant).get("/me/members/").status_code == 200


@pytest.mark.parametrize("step", ["refuse", "ask"])
def test_refusing_and_asking_need_words(client, owner, claimant, reviewer, step):
    claim = make_claim(claimant, owner.enterprise)
    page = sign_in(client, reviewer).post(claim.desk_url, {"step": step, "note": " "}).content.decode()
    assert "申请人会看到。" in page
    claim.refresh_from_db()
    assert claim.state == "submitted"


def test_claimant_supplies_what_is_asked_for(client, owner, claimant, reviewer):
    claim = claims.ask(make_claim(claimant, owner.enterprise), by=reviewer, note="请补授权书")
    sign_in(client, claimant)
    assert "请补授权书" in client.get(claim.get_absolute_url()).content.decode()
    client.post(claim.get_absolute_url(), {"note": "补上了", "letter": picture(name="letter.png")})
    claim.refresh_from_db()
    assert (claim.state, bool(claim.letter), bool(claim.licence)) == ("submitted", True, True)
    assert list(claim.events.values_list("step", flat=True)) == ["submit", "ask", "supply"]


def test_nobody_reviews_their_own(owner):
    reviewer = user_with(Role.SUPERVISOR)
    claim = make_claim(reviewer, owner.enterprise)
    with pytest.raises(TransitionRefused):
        claims.approve(claim, by=reviewer)


def test_nobody_reviews_what_concerns_their_own_enterprise(client, owner, claimant):
    reviewer = user_with(Role.SUPERVISOR)
    EnterpriseMember.objects.create(enterprise=owner.enterprise, user=reviewer)
    claim = make_claim(claimant, owner.enterprise)
    with pytest.raises(PermissionDenied):
        claims.approve(claim, by=reviewer)
    assert "请由其他审核人员处理" in sign_in(client, reviewer).get(claim.desk_url).content.decode()


def test_claim_decided_already(owner, claimant, reviewer):
    claim = make_claim(claimant, owner.enterprise)
    claims.refuse(claim, by=reviewer, note="代码不符")
    with pytest.raises(TransitionRefused, match="未通过"):
        claims.approve(claim, by=reviewer)


def test_withdrawn_claim_is_approved_by_nobody(client, owner, claimant, reviewer):
    claim = make_claim(claimant, owner.enterprise)
    sign_in(client, claimant).post(f"/me/enterprise/claims/{claim.pk}/withdraw/")
    with pytest.raises(TransitionRefused):
        claims.approve(claim, by=reviewer)


def test_claiming_twice_is_one_claim(owner, claimant):
    assert make_claim(claimant, owner.enterprise) == make_claim(claimant, owner.enterprise)
    assert Claim.objects.count() == 1


def test_who_may_not_claim(owner):
    with pytest.raises(AlreadyMember):
        make_claim(owner, owner.enterprise)
    with pytest.raises(ActsForAnother):
        make_claim(enterprise_user(), owner.enterprise)
    with pytest.raises(PeopleError, match="还没有登记"):
        claims.submit(by=UserFactory(), uscc="x", statement="", licence=picture(), client_key=uuid.uuid4())


def test_member_claims_and_becomes_owner(owner, claimant, reviewer):
    EnterpriseMember.objects.create(enterprise=owner.enterprise, user=claimant)
    claims.approve(make_claim(claimant, owner.enterprise), by=reviewer)
    assert kinds(owner.enterprise) == {owner.pk: "member", claimant.pk: "owner"}


def test_claim_of_an_enterprise_without_people(claimant, reviewer):
    enterprise = EnterpriseFactory()
    claims.approve(make_claim(claimant, enterprise), by=reviewer)
    assert kinds(enterprise) == {claimant.pk: "owner"}


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ\x90\x00" + b"0" * 64, "不是 JPG、PNG 或 PDF"), (PNG + b"0" * 10_500_000, "超过 10 MB")]
)
def test_proof_that_is_none(client, owner, claimant, content, words):
    form = {"uscc": owner.enterprise.uscc, "statement": "说明保留", "client_key": uuid.uuid4()}
    page = (
        sign_in(client, claimant).post("/me/enterprise/claim/", form | {"licence": picture(content)}).content.decode()
    )
    assert words in page
    assert "说明保留" in page
    assert Claim.objects.count() == 0


def test_proof_is_shown_to_claimant_and_reviewer_alone(client, owner, claimant, reviewer):
    claim = make_claim(claimant, owner.enterprise)
    url = f"/me/enterprise/claims/{claim.pk}/licence/"
    answers = {}
    for name, user in {"claimant": claimant, "reviewer": reviewer, "owner": owner, "stranger": UserFactory()}.items():
        answers[name] = sign_in(client, user).get(url).status_code
    assert answers == {"claimant": 200, "reviewer": 200, "owner": 404, "stranger": 404}
    assert client.get(f"/media/{claim.licence.name}").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_list(client, reviewer, n, django_assert_num_queries):
    for _number in range(n):
        make_claim(UserFactory(), EnterpriseFactory())
    sign_in(client, reviewer)
    client.get("/desk/claims/")
    with django_assert_num_queries(LIST):
        client.get("/desk/claims/")


LIST = 12


def test_whole_names_are_for_who_opens_the_claim(client, owner, claimant, reviewer):
    make_claim(claimant, owner.enterprise)
    sign_in(client, reviewer)
    for url in ("/desk/", "/desk/claims/"):
        page = client.get(url).content.decode()
        assert ("赵**" in page, "赵法人" in page) == (True, False)
    assert list(AuditEntry.objects.filter(verb="viewed")) == []


def test_opened_claim_and_its_proof_are_recorded(client, owner, claimant, reviewer):
    claim = make_claim(claimant, owner.enterprise)
    sign_in(client, reviewer)
    client.get(claim.desk_url)
    client.post(claim.desk_url, {"step": "refuse", "note": ""})  # refused for want of words: shown again
    client.get(f"/me/enterprise/claims/{claim.pk}/licence/")
    shown = ["申请人", "情况说明", "现有成员"]
    told = AuditEntry.objects.filter(verb="viewed", actor=reviewer, enterprise=claim.enterprise, person=claimant)
    assert [each.detail for each in told.order_by("pk")] == [
        {"fields": shown, "purpose": "claim"},
        {"fields": shown, "purpose": "claim"},
        {"fields": ["营业执照"], "purpose": "claim"},
    ]
    assert set(looks_at(claimant)) == set(looks_at(owner)) == set(told)


def test_own_claim_is_looked_at_by_nobody_else(client, owner, reviewer):
    claim = make_claim(reviewer, owner.enterprise)
    sign_in(client, reviewer).get(claim.desk_url)
    assert list(AuditEntry.objects.filter(verb="viewed")) == []


def test_who_waits_for_a_word_is_told_where_others_are_asked_to_register(client, owner, claimant):
    claim = make_claim(claimant, owner.enterprise)
    page = sign_in(client, claimant).get("/me/enterprise/new/").content.decode()
    assert f'href="{claim.get_absolute_url()}"' in page
    assert "您已申请加入" not in page
    asker = UserFactory()
    members.ask_to_join(user=asker, uscc=owner.enterprise.uscc, message="我", client_key=uuid.uuid4())
    page = sign_in(client, asker).get("/me/enterprise/new/").content.decode()
    assert f"您已申请加入 {owner.enterprise.uscc}" in page
    assert "您已认领" not in page
