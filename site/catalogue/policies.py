"""What a product rests on, and what happens when that lapses: it is flagged in public and at the work place, and the
people of its institution are told. Whether a policy holds is read from the register at every answer, so a flag comes and
goes with the policy itself; nothing is copied."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions import notify
from accounts.models import Policy, RoleAssignment, User
from accounts.models.policies import lapsed
from accounts.navigation import Panel, Row
from accounts.policies import policy_lapsed

from . import queries
from .models import EligibilityRule, Product, ProductPolicy, Tariff

SOURCES: tuple[type[Model], ...] = (ProductPolicy, EligibilityRule, Tariff)  # each names a product and a policy
ROWS = 5


def _rests(condition: Q) -> Q:
    """Products with a row, in any of the three tables, whose policy meets `condition`."""
    found = Q()
    for model in SOURCES:
        found |= Q(Exists(model._default_manager.filter(condition, product=OuterRef("pk"), policy__isnull=False)))
    return found


def resting_on(policy: Policy) -> Q:
    """Products that name this policy: as a whole, in a rule or in a tariff."""
    return _rests(Q(policy=policy))


def resting_on_lapsed() -> Q:
    """Products that name a policy which no longer holds."""
    return _rests(lapsed(prefix="policy__"))


def of(product: Product) -> list[Policy]:
    """The policies that a product rests on, those that have lapsed first. One query."""
    named = Q(product_links__product=product.pk) | Q(rules__product=product.pk) | Q(tariffs__product=product.pk)
    return sorted(Policy.objects.filter(named).distinct(), key=lambda each: (not each.is_lapsed, each.title))


def products_on(user: Any, policy: Policy) -> list[Product]:
    """What this reader may see of the products that rest on it, by name."""
    found = queries.products_visible_to(user).filter(resting_on(policy))
    return list(found.order_by("name", "pk"))


def to_review(user: User) -> QuerySet[Product]:
    """Public products of the institutions that `user` works for (all for supervisors) that rest on a lapsed policy."""
    found = queries.editable_by(user, Product).filter(resting_on_lapsed(), live=True)
    return found.select_related("institution").order_by("name", "pk")


def lapsed_of(products: Iterable[Product]) -> dict[int, list[Policy]]:
    """Product → the lapsed policies that it rests on. Four queries for any number of products."""
    keys = [each.pk for each in products]
    found: dict[int, set[int]] = {}
    for model in SOURCES:
        rows = model._default_manager.filter(lapsed(prefix="policy__"), product__in=keys, policy__isnull=False)
        for product, key in rows.values_list("product", "policy"):
            found.setdefault(product, set()).add(key)
    held = Policy.objects.in_bulk({key for keys in found.values() for key in keys})
    return {key: sorted((held[each] for each in rests), key=lambda each: each.title) for key, rests in found.items()}


def panel(user: User) -> Panel | None:
    """At the work place; nothing to say while every policy holds."""
    found = to_review(user)
    total = found.count()
    if not total:
        return None
    shown = list(found[:ROWS])
    why = lapsed_of(shown)
    return Panel(
        title=_("所依据的政策已失效，请复核"),
        rows=[Row(each.name, edit_address(each), note=names(why.get(each.pk, []))) for each in shown],
        total=total,
        more_url=reverse("catalogue:policy_review"),
        empty="",
    )


def names(policies: list[Policy]) -> str:
    return "、".join(f"《{each.title}》{each.state_name}" for each in policies)


def edit_address(product: Product) -> str:
    return reverse("wagtailsnippets_catalogue_product:edit", args=[product.pk])


def on_product_page(request: HttpRequest, product: Product) -> str:
    """What stands on a product's page: the policies that it rests on, with a warning where one has lapsed."""
    found = of(product) if product.pk else []
    if not found:
        return ""
    context = {"policies": found, "lapsed": [each for each in found if each.is_lapsed]}
    return render_to_string("catalogue/_policies.html", context, request)


def on_policy_page(request: HttpRequest, policy: Policy) -> str:
    """What stands on a policy's page: the products that rest on it."""
    found = products_on(request.user, policy)
    return render_to_string("catalogue/_policy_products.html", {"products": found}, request) if found else ""


def tell_institutions(policy: Policy, **kwargs: Any) -> None:
    """Receiver: editors and reviewers of the public products that rest on a lapsed policy get one notice each."""
    products = list(Product.objects.filter(resting_on(policy), live=True).order_by("name"))
    by_house: dict[int, list[Product]] = {}
    for product in products:
        by_house.setdefault(product.institution_id, []).append(product)
    people = RoleAssignment.objects.filter(institution__in=by_house, role__in=queries.DRAFTING, user__is_active=True)
    told: dict[tuple[int, int], User] = {
        (row.user_id, row.institution_id): row.user
        for row in people.select_related("user").order_by("pk")
        if row.institution_id is not None
    }
    for (_user, house), user in told.items():
        own = by_house[house]
        text = ngettext(
            "《%(policy)s》%(state)s，产品“%(name)s”以它为依据，请复核",
            "《%(policy)s》%(state)s，“%(name)s”等 %(n)s 个产品以它为依据，请复核",
            len(own),
        ) % {"policy": policy.title[:60], "state": policy.state_name, "name": own[0].name, "n": len(own)}
        notify(user, text, edit_address(own[0]) if len(own) == 1 else reverse("catalogue:policy_review"))


def connect() -> None:
    policy_lapsed.connect(tell_institutions, dispatch_uid="catalogue-policy-lapsed")
