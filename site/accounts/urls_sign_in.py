"""Addresses under /accounts/ that allauth does not have."""

from django.urls import path

from . import views

urlpatterns = [path("start/", views.start, name="account_start")]
