"""Tables of needs, what was found for them, and their way to an outcome."""

from .needs import CatalogueVersion, MatchRun, Need
from .referrals import (
    DeclineReason,
    FailureReason,
    Promise,
    Rating,
    Referral,
    ReferralEvent,
)

__all__ = [
    "CatalogueVersion",
    "DeclineReason",
    "FailureReason",
    "MatchRun",
    "Need",
    "Promise",
    "Rating",
    "Referral",
    "ReferralEvent",
]
