"""For the Django admin: opening a record with private values is recorded."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from . import policy
from .recording import viewed


class AuditedAdmin(admin.ModelAdmin):
    """Put before a ModelAdmin of a model with private fields (a test holds all of them to it)."""

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            found = self.get_object(request, object_id)
            if found is not None:
                fields = [str(self.model._meta.get_field(name).verbose_name) for name in policy.of(self.model).private]
                viewed(found, fields, purpose="administration")
        return super().change_view(request, object_id, *args, **kwargs)
