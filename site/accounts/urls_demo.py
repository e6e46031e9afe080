"""Addresses under /demo/, present in the demo only."""

from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [path("inbox/", views.demo_inbox, name="inbox")]
