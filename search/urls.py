from django.urls import path

from . import api, views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("api/v1/search", api.search, name="search_api"),
    path("api/v1/search/seen", api.seen, name="seen_api"),
    path("api/v1/suggest", api.suggest, name="suggest_api"),
]
