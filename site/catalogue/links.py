"""Addresses that products and institutions carry, for the weekly look at links; `portal` registers them there."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse

from accounts.models import Institution

from .models import Product, ServiceItem
from .policies import edit_address


class Carried(NamedTuple):
    url: str
    title: str
    edit_url: str


def carried() -> Iterator[Carried]:
    for product in Product.objects.filter(live=True).exclude(source_url="").only("name", "source_url").iterator():
        yield Carried(product.source_url, f"{Product._meta.verbose_name}：{product.name}", edit_address(product))
    for house in Institution.objects.filter(is_active=True).exclude(website="").only("name", "website").iterator():
        edit = reverse("wagtailsnippets_accounts_institution:edit", args=[house.pk])
        yield Carried(house.website, f"{Institution._meta.verbose_name}：{house.name}", edit)
    items = ServiceItem.objects.filter(institution__is_active=True).exclude(apply_url="")
    for item in items.only("name", "apply_url").iterator():
        edit = reverse("wagtailsnippets_catalogue_serviceitem:edit", args=[item.pk])
        yield Carried(item.apply_url, f"{ServiceItem._meta.verbose_name}：{item.name}", edit)
