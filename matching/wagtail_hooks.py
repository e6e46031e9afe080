"""The address at which the product form of the CMS asks what its product would cost."""

from django.urls import path
from wagtail import hooks

from .costs import editing


@hooks.register("register_admin_urls")
def register_figures() -> list:
    return [
        path("catalogue/figures/", editing.figures, name="product_figures_new"),
        path("catalogue/figures/<int:pk>/", editing.figures, name="product_figures"),
    ]
