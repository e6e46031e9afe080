"""Makes valid rows for tests: only what a test states is told, the rest is filled in."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Enterprise, EnterpriseMember, Industry, Institution, Region, RoleAssignment, User
from accounts.roles import INSTITUTION_ROLES, Role
from catalogue.models import Outlet, Product
from events.models import Event, Registration

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number: int, region: str = "330902") -> str:
    """A valid 统一社会信用代码 of registration authority 9, category 1, for the `number`-th organisation."""
    organisation = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(int(digit) * weight for digit, weight in zip(organisation, weights, strict=True)) % 11
    body = f"91{region}{organisation}{'0' if check == 11 else 'X' if check == 10 else check}"
    total = sum(USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + USCC_ALPHABET[(31 - total % 31) % 31]


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["code"]

    code = "330902"
    name = "定海区"
    full_name = "浙江省舟山市定海区"
    level = 3


class IndustryFactory(DjangoModelFactory):
    class Meta:
        model = Industry
        django_get_or_create = ["code"]

    code = "1530"
    name = "精制茶加工"
    section = "C"
    level = 4


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"张三{n}")
    phone = factory.Sequence(lambda n: f"+861390000{n:04d}")
    phone_verified = True
    password = factory.django.Password("correct horse")


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"海岛银行{n}")
    slug = factory.Sequence(lambda n: f"bank-{n}")
    kind = "bank"
    region = factory.SubFactory(RegionFactory)


class EnterpriseFactory(DjangoModelFactory):
    class Meta:
        model = Enterprise

    uscc = factory.Sequence(uscc)
    name = factory.Sequence(lambda n: f"云雾茶坊{n}有限公司")
    region = factory.SubFactory(RegionFactory)
    industry = factory.SubFactory(IndustryFactory)


class OutletFactory(DjangoModelFactory):
    class Meta:
        model = Outlet

    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"网点{n}")
    region = factory.SubFactory(RegionFactory)


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"测试贷{n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    kind = "loan"
    summary = "给小微企业的周转贷款"
    source = "测试"
    as_of = "2026-01-01"
    live = True


def user_with(role: Role, institution: Institution | None = None, **fields) -> User:
    """A user who holds `role`; institution roles get an institution of their own unless one is given."""
    user = UserFactory(**fields)
    if role in INSTITUTION_ROLES and institution is None:
        institution = InstitutionFactory()
    RoleAssignment.objects.create(user=user, role=role, institution=institution if role in INSTITUTION_ROLES else None)
    return user


def enterprise_user(enterprise: Enterprise | None = None, **fields) -> User:
    """The owner of an enterprise."""
    user = UserFactory(**fields)
    EnterpriseMember.objects.create(user=user, enterprise=enterprise or EnterpriseFactory(), kind="owner")
    return user


class EventFactory(DjangoModelFactory):
    """A published event in a week, three hours long."""

    class Meta:
        model = Event

    title = factory.Sequence(lambda n: f"对接会{n}")
    slug = factory.Sequence(lambda n: f"event-{n}")
    summary = "银企见面"
    region = factory.SubFactory(RegionFactory)
    venue = "会议中心"
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=3))
    state = "published"


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = Registration

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"参会人{n}")
    phone = factory.Sequence(lambda n: f"+861380000{n:04d}")
    consented_at = factory.LazyFunction(timezone.now)
    state = "confirmed"
    code = factory.Sequence(lambda n: f"{n:06d}")
