"""What an administrator may look up, and the one thing to edit: the promises."""

from django.contrib import admin

from .models import Promise


@admin.register(Promise)
class PromiseAdmin(admin.ModelAdmin):
    list_display = ["step", "workdays", "counted_from", "text", "source"]
