from django.urls import path

from . import views

urlpatterns = [
    path("desk/import/", views.import_list, name="imports"),
    path("desk/import/new/", views.import_new, name="import_new"),
    path("desk/import/template/<str:kind>/", views.import_template, name="import_template"),
    path("desk/import/<int:pk>/", views.import_detail, name="import"),
    path("desk/import/<int:pk>/progress/", views.import_progress, name="import_progress"),
    path("desk/import/<int:pk>/problems/", views.import_returned, name="import_returned"),
    path("desk/import/<int:pk>/<str:step>/", views.import_step, name="import_step"),
    path("desk/export/", views.export_index, name="export"),
    path("desk/export/<str:kind>/", views.export_file, name="export_file"),
]
