"""Tables of people and parties."""

from ..audit.models import AuditDay, AuditEntry
from ..privacy.models import ErasureRequest
from .consent import Consent
from .enterprises import Enterprise, EnterpriseMember, SizeClass, Trait
from .institutions import Institution, InstitutionKind, RoleAssignment
from .invitations import Invitation
from .membership import Claim, ClaimEvent, EnterpriseMerge, JoinRequest
from .notices import Notice, SmsMessage
from .policies import Policy, PolicyState
from .reference import HolidayOverride, Industry, Region
from .security import Attempts, FactorRecovery
from .users import User

__all__ = [
    "Attempts",
    "AuditDay",
    "AuditEntry",
    "Claim",
    "ClaimEvent",
    "Consent",
    "Enterprise",
    "EnterpriseMember",
    "EnterpriseMerge",
    "ErasureRequest",
    "FactorRecovery",
    "HolidayOverride",
    "Industry",
    "Institution",
    "InstitutionKind",
    "Invitation",
    "JoinRequest",
    "Notice",
    "Policy",
    "PolicyState",
    "Region",
    "RoleAssignment",
    "SizeClass",
    "SmsMessage",
    "Trait",
    "User",
]
