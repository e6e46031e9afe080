from django.urls import path

from . import views

app_name = "catalogue"
urlpatterns = [
    path("products/", views.product_list, name="products"),
    path("products/compare/", views.compare, name="compare"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("institutions/", views.institution_list, name="institutions"),
    path("institutions/<slug:slug>/", views.institution, name="institution"),
    path("outlets/", views.outlet_list, name="outlets"),
]
