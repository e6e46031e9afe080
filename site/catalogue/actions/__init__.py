"""Every change of the catalogue that is not the saving of a form in the CMS."""

from .groups import sync_groups
from .review import Decisions, ReviewRefused, approve_many, escalate, send_back, submit, submit_many

__all__ = [
    "Decisions",
    "ReviewRefused",
    "approve_many",
    "escalate",
    "send_back",
    "submit",
    "submit_many",
    "sync_groups",
]
