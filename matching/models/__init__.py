"""Tables of needs, what was found for them, and their way to an outcome."""

from .corrections import CorrectionSource, ParseCorrection
from .needs import CatalogueVersion, MatchRun, Need
from .places import GazetteerState, Place, UnheardPlace
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
    "CorrectionSource",
    "DeclineReason",
    "FailureReason",
    "GazetteerState",
    "JudgedNeed",
    "MatchRun",
    "Need",
    "ParseCorrection",
    "Place",
    "Promise",
    "Rating",
    "Referral",
    "ReferralEvent",
    "UnheardPlace",
    "WeightPreview",
    "WeightSet",
]
