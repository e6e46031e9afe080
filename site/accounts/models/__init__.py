"""Tables of people and parties."""

from ..audit.models import AuditDay, AuditEntry
from .consent import Consent
from .enterprises import Enterprise, EnterpriseMember, SizeClass, Trait
from .institutions import Institution, InstitutionKind, RoleAssignment
from .notices import Notice, SmsMessage
from .reference import HolidayOverride, Industry, Region
from .users import User

__all__ = [
    "AuditDay",
    "AuditEntry",
    "Consent",
    "Enterprise",
    "EnterpriseMember",
    "HolidayOverride",
    "Industry",
    "Institution",
    "InstitutionKind",
    "Notice",
    "Region",
    "RoleAssignment",
    "SizeClass",
    "SmsMessage",
    "Trait",
    "User",
]
