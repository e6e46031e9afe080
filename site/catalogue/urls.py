from django.urls import include, path

from . import views
from .browsing import views as browsing
from .places import views as places
from .workplace import many
from .workplace import views as workplace

app_name = "catalogue"
urlpatterns = [
    path("", include("catalogue.exchange.urls")),
    path("products/", browsing.product_list, name="products"),
    path("products/compare/", browsing.compare, name="compare"),
    path("products/feed.atom", browsing.ProductFeed(), name="product_feed"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("products/<slug:slug>/history/", views.product_history, name="product_history"),
    path("products/<slug:slug>/qr.svg", browsing.qr, name="product_qr"),
    path("products/<slug:slug>/favourite/", browsing.favourite, name="favourite"),
    path("me/favourites/", browsing.favourites, {"area": "me"}, name="favourites"),
    path("desk/favourites/", browsing.favourites, {"area": "desk"}, name="desk_favourites"),
    path("institutions/", browsing.institution_list, name="institutions"),
    path("institutions/<slug:slug>/", browsing.institution, name="institution"),
    path("outlets/", places.outlet_list, name="outlets"),
    path("outlets/points/", places.outlet_points, name="outlet_points"),
    path("outlets/<int:pk>/", places.outlet, name="outlet"),
    path("desk/products/policies/", views.policy_review, name="policy_review"),
    path("services/", places.service_list, name="services"),
    path("desk/products/", workplace.products, name="desk_products"),
    path("desk/products/review/", workplace.reviews, name="desk_reviews"),
    path("desk/products/review/<int:pk>/", workplace.reviews, name="desk_review"),
    path("desk/products/review/all/", many.confirm, name="desk_review_all"),
    path("desk/products/review/runs/<int:pk>/", many.run, name="desk_review_run"),
    path("desk/products/review/runs/<int:pk>/progress/", many.progress, name="desk_review_progress"),
    path("desk/products/<int:pk>/publish/", workplace.publish_at_once, name="desk_publish"),
]
