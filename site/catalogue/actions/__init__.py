"""Every change of the catalogue that is not the saving of a form in the CMS."""

from .favourites import FavouritesFull, keep, let_go
from .groups import sync_groups
from .review import Decisions, ReviewRefused, approve_many, escalate, send_back, submit, submit_many

__all__ = [
    "Decisions",
    "FavouritesFull",
    "ReviewRefused",
    "approve_many",
    "escalate",
    "keep",
    "let_go",
    "send_back",
    "submit",
    "submit_many",
    "sync_groups",
]
