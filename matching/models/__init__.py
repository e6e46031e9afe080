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
from .weights import JudgedNeed, WeightPreview, WeightSet

__all__ = [
    "CatalogueVersion",
    "DeclineReason",
    "FailureReason",
    "JudgedNeed",
    "MatchRun",
    "Need",
    "Promise",
    "Rating",
    "Referral",
    "ReferralEvent",
    "WeightPreview",
    "WeightSet",
]
