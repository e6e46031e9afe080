from django.urls import path

from . import views

urlpatterns = [
    path("desk/audit/", views.search, name="audit"),
    path("desk/audit/export/", views.export, name="audit_export"),
    path("desk/audit/<int:pk>/", views.entry, name="audit_entry"),
    path("desk/audit/people/<int:pk>/suspend/", views.suspend, name="audit_suspend"),
    path("desk/audit/people/<int:pk>/reinstate/", views.reinstate, name="audit_reinstate"),
    path("me/looked/", views.looked, name="looked"),
]
