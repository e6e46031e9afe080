"""How tests of the catalogue drive the CMS: two institutions, and a form as a browser would post it."""

from dataclasses import dataclass

from django.test import Client
from django.urls import reverse
from wagtail.models import TaskState

from accounts.actions import sync_groups as sync_entrance
from accounts.models import Institution, User
from accounts.roles import Role
from catalogue import actions, review_notices
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
    supervisor: User


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
        user_with(Role.SUPERVISOR),
    )


def waiting(product: Product) -> TaskState | None:
    """The post that the product waits in, as the database has it now."""
    return Product.objects.get(pk=product.pk).current_workflow_task_state


def submit_all(products: list[Product], by: User) -> list[str]:
    """Each to its review as an import does, with one notice to each reviewer; why one could not be, "" where it was."""
    found = []
    with review_notices.together():
        for product in products:
            try:
                actions.submit(product, by)
            except actions.ReviewRefused as error:
                found.append(str(error))
            else:
                found.append("")
    return found


def decide(user: User, product: Product, action: str, comment: str = "") -> int:
    """By the address of the CMS; the status."""
    url = address("workflow_action", product.pk, action, waiting(product).pk)
    return client_of(user).post(url, {"comment": comment}).status_code


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
        for name in ("rules", "tariffs", "policy_links")
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
