from django.urls import path

from . import views
from .places import views as places

app_name = "catalogue"
urlpatterns = [
    path("products/", views.product_list, name="products"),
    path("products/compare/", views.compare, name="compare"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("products/<slug:slug>/history/", views.product_history, name="product_history"),
    path("institutions/", views.institution_list, name="institutions"),
    path("institutions/<slug:slug>/", views.institution, name="institution"),
    path("outlets/", places.outlet_list, name="outlets"),
    path("outlets/points/", places.outlet_points, name="outlet_points"),
    path("outlets/<int:pk>/", places.outlet, name="outlet"),
    path("services/", places.service_list, name="services"),
]
