"""Every change of the catalogue that is not the saving of a form in the CMS."""

from .bulk_review import decide_all, go_on_deciding, take_up_decisions
from .confirm import confirm_many, remind
from .favourites import FavouritesFull, keep, let_go
from .groups import sync_groups
from .rates import follow_lending_rates
from .review import Decisions, ReviewRefused, Unfinished, approve_many, escalate, publish_at_once, send_back, submit

__all__ = [
    "Decisions",
    "FavouritesFull",
    "ReviewRefused",
    "Unfinished",
    "approve_many",
    "confirm_many",
    "decide_all",
    "escalate",
    "follow_lending_rates",
    "go_on_deciding",
    "keep",
    "let_go",
    "publish_at_once",
    "remind",
    "send_back",
    "submit",
    "sync_groups",
    "take_up_decisions",
]
