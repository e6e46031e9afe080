"""The register of advisors and teams, kept by administrators. Visits and requests change only through their own pages."""

from django.contrib import admin

from .models import Advisor, AdvisorTeam, TeamMember, WorkingHours


class WorkingHoursInline(admin.TabularInline):
    model = WorkingHours
    extra = 0


class MemberInline(admin.TabularInline):
    model = TeamMember
    extra = 0
    autocomplete_fields = ["advisor"]


@admin.register(Advisor)
class AdvisorAdmin(admin.ModelAdmin):
    list_display = ["name", "title", "institution", "user", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    raw_id_fields = ["user", "institution", "regions"]
    inlines = [WorkingHoursInline]


@admin.register(AdvisorTeam)
class AdvisorTeamAdmin(admin.ModelAdmin):
    list_display = ["name", "host", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    raw_id_fields = ["host", "regions"]
    inlines = [MemberInline]
