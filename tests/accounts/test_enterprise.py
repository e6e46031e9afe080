"""An enterprise registers, changes its facts, gives and withdraws consent; others can do none of it."""

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import actions, queries
from accounts.models import Consent, Enterprise, Industry, User
from accounts.roles import Role
from accounts.security import views as security
from tests.factories import (
    EnterpriseFactory,
    IndustryFactory,
    InstitutionFactory,
    RegionFactory,
    UserFactory,
    enterprise_user,
    uscc,
    user_with,
)

pytestmark = pytest.mark.django_db
NEW = "/me/enterprise/new/"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def form():
    RegionFactory()
    IndustryFactory()
    return {
        "uscc": uscc(7),
        "name": "云雾茶坊有限公司",
        "industry": "精制茶加工",
        "employees": "20",
        "revenue": "300",
    }


@pytest.fixture
def newcomer(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_register(client, newcomer, form):
    answer = client.post(NEW, form | {"trait_first_loan": "yes", "trait_exporter": "no"})
    assert answer.url == "/me/"
    made = Enterprise.objects.get()
    assert (made.region_id, made.industry_id, made.size_class) == ("330902", "1530", "small")
    assert made.traits == {"first_loan": True, "exporter": False}
    assert made.members.get().user == newcomer


def test_register_twice(client, newcomer, form):
    client.post(NEW, form)
    client.post(NEW, form)
    assert Enterprise.objects.count() == 1


def test_register_what_others_registered(client, newcomer, form):
    EnterpriseFactory(uscc=form["uscc"], name="别人的公司")
    page = client.post(NEW, form).content.decode()
    assert "已经登记" in page
    assert "别人的公司" not in page
    assert 'value="云雾茶坊有限公司"' in page


def test_register_another_enterprise_with_the_same_account(client, newcomer, form):
    client.post(NEW, form)
    page = client.post(NEW, form | {"uscc": uscc(8), "name": "第二家"}).content.decode()
    assert "您的账号已在办理“云雾茶坊有限公司”" in page
    assert 'value="第二家"' in page
    assert Enterprise.objects.count() == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda code: code[:-1], "少 1 位"),
        (lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), "校验不通过"),
        (lambda code: "Z" + code[1:], "没有字母 Z"),
        (lambda code: "97" + code[2:], "不是登记机关的代码"),
        (lambda code: code[:2] + "999999" + code[8:], "不是行政区划代码"),
    ],
    ids=["short", "check", "letter", "authority", "region"],
)
def test_register_with_a_wrong_code_keeps_what_was_typed(client, newcomer, form, spoil, words):
    wrong = spoil(form["uscc"])
    page = client.post(NEW, form | {"uscc": wrong, "trait_first_loan": "yes"}).content.decode()
    assert words in page
    assert f'value="{wrong}"' in page
    assert 'value="云雾茶坊有限公司"' in page
    assert '<option value="yes" selected>' in page
    assert Enterprise.objects.count() == 0


def test_register_with_nothing_says_what_to_do(client, newcomer, form):
    assert "请填写这一项。" in client.post(NEW, {"uscc": ""}).content.decode()


def test_founded_in_the_future(client, newcomer, form):
    assert "成立日期还没有到" in client.post(NEW, form | {"founded_on": "2999-01-01"}).content.decode()
    assert Enterprise.objects.count() == 0


def test_money_is_typed_in_wan_and_kept_in_yuan(client, newcomer, form):
    client.post(NEW, form | {"revenue": "300.5", "assets": "0.0001"})
    made = Enterprise.objects.get()
    assert (made.revenue, made.assets) == (3_005_000, 1)
    assert 'name="revenue" value="300.5"' in client.get("/me/enterprise/").content.decode()


def test_good_licence_beside_a_mistake_is_asked_for_again(client, newcomer, form, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for wrong in ({"uscc": "9133"}, {"uscc": EnterpriseFactory().uscc}):
        file = SimpleUploadedFile("licence.png", PNG, "image/png")
        assert "这个文件请重新选择" in client.post(NEW, form | wrong | {"licence": file}).content.decode()
    assert Enterprise.objects.count() == 1
    assert list(tmp_path.iterdir()) == []


def test_licence_stays_when_none_is_chosen_anew(client, newcomer, form):
    client.post(NEW, form | {"licence": SimpleUploadedFile("licence.png", PNG, "image/png")})
    made = Enterprise.objects.get()
    page = client.get("/me/enterprise/").content.decode()
    assert reverse("accounts:licence", args=[made.pk]) in page
    assert made.licence.url not in page
    client.post("/me/enterprise/", form | {"name": "新名称"})
    changed = Enterprise.objects.get()
    assert (changed.name, changed.licence.name) == ("新名称", made.licence.name)


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ" + b"0" * 64, "不是 JPG"), (PNG + b"0" * 2000, "超过 10 MB")], ids=["type", "size"]
)
def test_licence_that_is_refused(client, newcomer, form, settings, content, words):
    settings.UPLOAD_MAX_BYTES = 1000
    file = SimpleUploadedFile("licence.png", content, "image/png")
    page = client.post(NEW, form | {"licence": file}).content.decode()
    assert words in page
    assert 'value="云雾茶坊有限公司"' in page
    assert Enterprise.objects.count() == 0


def test_licence_is_for_those_who_may_see_the_enterprise(client, newcomer, form):
    client.post(NEW, form | {"licence": SimpleUploadedFile("张三身份证.png", PNG, "image/png")})
    made = Enterprise.objects.get()
    address = reverse("accounts:licence", args=[made.pk])
    assert client.get(address).status_code == 200
    assert "张三" not in made.licence.name
    client.force_login(enterprise_user())
    assert client.get(address).status_code == 404
    assert client.get(f"/media/{made.licence.name}").status_code == 404


def test_region_by_name_that_is_not_clear(client, newcomer, form):
    RegionFactory(code="330903", name="普陀区", full_name="浙江省舟山市普陀区")
    page = client.post(NEW, form | {"region": "舟山市"}).content.decode()
    assert "有几个相近的" in page
    assert client.post(NEW, form | {"region": "普陀区"}).status_code == 302
    assert Enterprise.objects.get().region_id == "330903"


def test_region_named_as_a_city_is_the_city_and_not_its_counties(client, newcomer, form):
    RegionFactory(code="330900", name="舟山市", full_name="浙江省舟山市", level=2)
    client.post(NEW, form | {"region": "舟山"})
    assert Enterprise.objects.get().region_id == "330900"


def test_region_that_is_abolished_cannot_be_chosen(client, newcomer, form):
    RegionFactory(code="330204", name="江东区", full_name="浙江省宁波市江东区", is_current=False)
    assert "没有找到“江东区”" in client.post(NEW, form | {"region": "江东区"}).content.decode()
    assert "没有找到“330204”" in client.post(NEW, form | {"region": "330204"}).content.decode()


def test_industry_that_a_group_and_its_class_share(client, newcomer, form):
    group = IndustryFactory(code="153", name="精制茶加工", level=3)
    Industry.objects.filter(pk="1530").update(parent=group)
    client.post(NEW, form)
    assert Enterprise.objects.get().industry_id == "1530"


def test_way_back_after_registering_keeps_the_whole_address(client, newcomer, form):
    wanted = "/needs/7/refer/?p=1&p=2"
    answer = client.get(wanted)
    page = client.get(answer.url)
    assert page.context["next"] == wanted
    assert client.post(NEW, form | {"next": wanted}).url == wanted


def test_change_facts(client, form):
    user = enterprise_user()
    client.force_login(user)
    client.post("/me/enterprise/", form | {"employees": "19", "uscc": "ignored"})
    changed = Enterprise.objects.get()
    assert (changed.size_class, changed.name) == ("micro", "云雾茶坊有限公司")
    assert changed.uscc == user.enterprise.uscc


def test_consent_given_once_withdrawn_and_restored(client):
    user, institution = enterprise_user(), InstitutionFactory()
    first = actions.give_consent(enterprise=user.enterprise, institution=institution, by=user)
    assert actions.give_consent(enterprise=user.enterprise, institution=institution, by=user) == first
    assert institution.name in first.wording
    client.force_login(user)
    client.post(reverse("accounts:consent_withdraw", args=[first.pk]))
    assert queries.has_consent(user.enterprise.pk, institution.pk) is False
    client.post(reverse("accounts:consent_restore", args=[first.pk]))
    assert queries.has_consent(user.enterprise.pk, institution.pk) is True
    assert Consent.objects.count() == 2


def test_consent_of_somebody_else(client):
    owner, institution = enterprise_user(), InstitutionFactory()
    consent = actions.give_consent(enterprise=owner.enterprise, institution=institution, by=owner)
    client.force_login(enterprise_user())
    assert client.post(reverse("accounts:consent_withdraw", args=[consent.pk])).status_code == 404
    assert queries.has_consent(owner.enterprise.pk, institution.pk) is True


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.SUPERVISOR, 2), (Role.ADVISOR, 2), (Role.RELATIONSHIP_MANAGER, 0), (Role.ORGANISER, 0)]
)
def test_enterprises_visible(role, sees):
    EnterpriseFactory.create_batch(2)
    assert queries.enterprises_visible_to(user_with(role)).count() == sees


def test_notices(client):
    user = enterprise_user()
    actions.notify(user, "客户经理已受理。", "/me/")
    client.force_login(user)
    assert queries.unread_count(user) == 1
    assert "客户经理已受理" in client.get("/me/notices/").content.decode()
    assert queries.unread_count(user) == 0


def test_options_of_the_code_tables(client):
    RegionFactory()
    IndustryFactory()
    assert client.get("/accounts/options/regions/?q=定海").json() == {"options": ["浙江省舟山市定海区"]}
    assert client.get("/accounts/options/industries/?q=1530").json() == {"options": ["精制茶加工（1530）"]}
    assert client.get("/accounts/options/users/?q=1").status_code == 404


def test_roles_drive_groups_and_flags():
    user = user_with(Role.ADMINISTRATOR)
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (True, True)
    user.role_assignments.all().delete()
    for assignment in user.role_assignments.all():
        assignment.delete()
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)


# What was read a moment ago is not written back


def test_update_writes_what_is_told_alone():
    read = EnterpriseFactory(address="旧街 1 号")
    Enterprise.objects.filter(pk=read.pk).update(address="新街 2 号", licence="licences/2026/x.png")
    actions.update_enterprise(read, name="云雾茶坊", employees=5)
    stored = Enterprise.objects.get(pk=read.pk)
    assert (stored.name, stored.employees, stored.address, stored.licence.name) == (
        "云雾茶坊", 5, "新街 2 号", "licences/2026/x.png",
    )  # fmt: skip


def test_update_of_a_record_that_was_merged_meanwhile_is_refused():
    read, target = EnterpriseFactory(), EnterpriseFactory()
    Enterprise.objects.filter(pk=read.pk).update(merged_into=target)
    with pytest.raises(actions.MergedMeanwhile, match="合并成了一条"):
        actions.update_enterprise(read, name="云雾茶坊")
    assert Enterprise.every.get(pk=read.pk).merged_into_id == target.pk


def test_new_name_revives_no_session_that_was_ended(rf):
    """Read before all sessions were ended, written after."""
    user = UserFactory(name="旧名")
    request = rf.post("/me/security/name/", {"name": "新名"})
    request.user = User.objects.get(pk=user.pk)
    request.session, request._messages = {}, CookieStorage(request)
    User.objects.filter(pk=user.pk).update(sign_outs=3)
    security.name(request)
    user.refresh_from_db()
    assert (user.name, user.sign_outs) == ("新名", 3)
