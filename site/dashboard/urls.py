from django.urls import path

from . import views

app_name = "dashboard"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("desk/", views.desk, name="desk"),
]
