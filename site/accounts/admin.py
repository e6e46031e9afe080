"""People and code tables in the Django admin, for administrators."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from .audit.admin import AuditedAdmin
from .models import (
    Consent,
    Enterprise,
    EnterpriseMember,
    HolidayOverride,
    Industry,
    Institution,
    Region,
    RoleAssignment,
    User,
)
from .wording import masked_name, masked_phone


class RoleInline(admin.TabularInline):
    model = RoleAssignment
    extra = 0


class MemberInline(admin.TabularInline):
    model = EnterpriseMember
    extra = 0
    raw_id_fields = ["user", "enterprise"]


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    """Groups and staff flags follow from roles, so they are not edited here."""

    list_display = ["username", "whose", "number", "is_active", "is_demo", "last_login"]
    list_filter = ["is_active", "is_demo", "role_assignments__role"]
    search_fields = ["username", "name", "phone", "email"]
    inlines = [RoleInline, MemberInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("个人"), {"fields": ["name", "phone", "phone_verified", "email"]}),
        (_("状态"), {"fields": ["is_active", "is_demo", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    @admin.display(description=_("姓名"), ordering="name")
    def whose(self, user: User) -> str:
        return masked_name(user.name)

    @admin.display(description=_("手机号"))
    def number(self, user: User) -> str:
        return masked_phone(user.phone) if user.phone else ""


@admin.register(Enterprise)
class EnterpriseAdmin(AuditedAdmin):
    list_display = ["name", "uscc", "region", "size_class", "is_demo"]
    list_filter = ["size_class", "is_demo"]
    search_fields = ["name", "uscc"]
    autocomplete_fields = ["region", "industry"]
    inlines = [MemberInline]


@admin.register(Institution)
class InstitutionAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "region", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["region"]


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ["code", "full_name", "level", "is_current"]
    list_filter = ["level", "is_current"]
    search_fields = ["code", "full_name"]


@admin.register(Industry)
class IndustryAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "section", "level"]
    list_filter = ["level", "section"]
    search_fields = ["code", "name"]


@admin.register(HolidayOverride)
class HolidayOverrideAdmin(admin.ModelAdmin):
    list_display = ["day", "is_workday", "reason"]


@admin.register(Consent)
class ConsentAdmin(AuditedAdmin):
    """Read only: consents are given and withdrawn by enterprises alone."""

    list_display = ["enterprise", "institution", "purpose", "given_at", "withdrawn_at"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
