"""How tests of the catalogue drive the CMS: two institutions, and a form as a browser would post it."""

from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from accounts.actions import sync_groups as sync_entrance
from accounts.models import Institution, User
from accounts.roles import Role
from catalogue.actions import sync_groups
from catalogue.models import Product
from tests.factories import InstitutionFactory, RegionFactory, user_with


@dataclass
class House:
    """One institution with an editor, a reviewer and a product with a history."""

    institution: Institution
    editor: User
    reviewer: User
    product: Product


def house(name: str, **fields) -> House:
    sync_entrance()
    sync_groups()
    institution = InstitutionFactory(name=name)
    product = Product(
        institution=institution, name=f"{name}贷", slug=f"{institution.slug}-dai", kind="loan", summary="周转",
        rate_note="以机构为准", source="测试", as_of="2026-01-01", live=False, **fields,
    )  # fmt: skip
    product.save()
    product.save_revision().publish()
    product.save_revision()
    return House(
        institution,
        user_with(Role.PRODUCT_EDITOR, institution),
        user_with(Role.PRODUCT_REVIEWER, institution),
        product,
    )


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(name: str, *args) -> str:
    return reverse(f"wagtailsnippets_catalogue_product:{name}", args=args)


def form(institution: Institution, **fields) -> dict:
    """What the editing form sends for a plain product."""
    RegionFactory()
    inline = {
        f"{name}-{part}": value
        for name in ("rules", "tariffs")
        for part, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 1000))
    }
    return {
        "institution": institution.pk,
        "name": "潮汐贷",
        "slug": "chaoxidai",
        "kind": "loan",
        "summary": "随潮汐周转",
        "rate_note": "以机构为准",
        "source": "测试",
        "as_of": "2026-01-01",
        "regions": "",
        "industry_codes": "",
        **inline,
        **fields,
    }
