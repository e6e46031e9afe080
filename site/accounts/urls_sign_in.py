"""Addresses under /accounts/ that allauth does not have."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("start/", views.start, name="account_start"),
    path("", include("accounts.security.urls_sign_in")),
]
