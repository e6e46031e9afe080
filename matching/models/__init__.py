"""Tables of needs, what was found for them, and their way to an outcome."""

from .alerts import FreshProduct, NightlyMatch, ProductAlert
from .corrections import CorrectionSource, ParseCorrection
from .gaps import GapReport, UnmetNeed
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
    "FreshProduct",
    "GapReport",
    "GazetteerState",
    "JudgedNeed",
    "MatchRun",
    "Need",
    "NightlyMatch",
    "ParseCorrection",
    "Place",
    "ProductAlert",
    "Promise",
    "Rating",
    "Referral",
    "ReferralEvent",
    "UnheardPlace",
    "UnmetNeed",
    "WeightPreview",
    "WeightSet",
]
