import pytest

from accounts.management.commands.load_reference import industries, regions
from accounts.models import Industry, Institution, Region
from accounts.roles import Role
from catalogue.actions import sync_groups
from tests.factories import InstitutionFactory, user_with


@pytest.fixture
def places(db):
    """One province and the industries about tea: the whole tables take a second each time."""
    Region.objects.bulk_create(each for each in regions() if each.code.startswith("33"))
    Industry.objects.bulk_create(each for each in industries() if each.code in {"A", "C"} or each.code.startswith("15"))
    sync_groups()


@pytest.fixture
def bank(places) -> Institution:
    return InstitutionFactory(name="海岛农商银行", slug="haidao", region=Region.objects.get(pk="330902"))


@pytest.fixture
def editor(bank):
    return user_with(Role.PRODUCT_EDITOR, bank)


@pytest.fixture
def supervisor(places):
    return user_with(Role.SUPERVISOR, phone="+8613711112222")
