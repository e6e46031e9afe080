"""What tests of needs and referrals share: a bank with a product, an enterprise with a need, and their people."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest

from accounts.models import Enterprise, Institution, User
from accounts.roles import Role
from catalogue.models import Product
from matching.models import Need, Referral
from matching.needs import actions as needs
from matching.referrals import actions
from tests.factories import EnterpriseFactory, InstitutionFactory, ProductFactory, enterprise_user, user_with

TEXT = "想借 50 万元周转收鲜叶，没有抵押物"


@dataclass
class Scene:
    """One enterprise and one bank."""

    enterprise: Enterprise
    owner: User
    bank: Institution
    manager: User
    product: Product
    need: Need

    def start(self, *products: Product, key: uuid.UUID | None = None) -> list[Referral]:
        chosen = products or (self.product,)
        return actions.start(
            need=self.need,
            product_ids=[each.pk for each in chosen],
            consented={each.institution_id for each in chosen},
            by=self.owner,
            client_key=key or uuid.uuid4(),
        )


def make_need(owner: User, **fields) -> Need:
    fields = {"text": TEXT, "amount_low": Decimal(500_000), "amount_high": Decimal(500_000),
              "purposes": ["working_capital"]} | fields  # fmt: skip
    return needs.submit(enterprise=owner.enterprise, by=owner, client_key=uuid.uuid4(), **fields)


def make_scene() -> Scene:
    enterprise = EnterpriseFactory()
    owner = enterprise_user(enterprise)
    bank = InstitutionFactory()
    manager = user_with(Role.RELATIONSHIP_MANAGER, bank)
    product = ProductFactory(institution=bank, purposes=["working_capital"], amount_max=Decimal(1_000_000))
    return Scene(enterprise, owner, bank, manager, product, make_need(owner))


@pytest.fixture
def scene(db) -> Scene:
    return make_scene()


@pytest.fixture
def referral(scene) -> Referral:
    return scene.start()[0]


@pytest.fixture
def sign_in(client):
    def inner(user):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return inner
