from django.urls import path

from . import views

urlpatterns = [
    path("desk/reveal/<str:kind>/<int:pk>/", views.reveal, name="reveal"),
    path("me/data/", views.data, name="data"),
    path("me/data/download/<str:kind>/", views.download, name="data_download"),
    path("me/data/erase/<str:what>/", views.erase, name="data_erase"),
    path("me/data/undo/<int:pk>/", views.undo, name="data_undo"),
]
