"""Every change of visits, requests, ratings and feeds; one transaction each."""

from .errors import AdvisorsError, SlotTaken, VisitOverlaps
from .feeds import new_feed, revoke_feed
from .ratings import rate_request, rate_visit
from .requests import (
    answer_request,
    close_request,
    confirm_request,
    dispatch_request,
    raise_request,
    reopen_request,
    take_request,
    withdraw_request,
)
from .visits import (
    amend_log,
    book_visit,
    cancel_visit,
    confirm_visit,
    log_visit,
    mark_no_show,
    move_visit,
    plan_visit,
)

__all__ = [
    "AdvisorsError",
    "SlotTaken",
    "VisitOverlaps",
    "amend_log",
    "answer_request",
    "book_visit",
    "cancel_visit",
    "close_request",
    "confirm_request",
    "confirm_visit",
    "dispatch_request",
    "log_visit",
    "mark_no_show",
    "move_visit",
    "new_feed",
    "plan_visit",
    "raise_request",
    "rate_request",
    "rate_visit",
    "reopen_request",
    "revoke_feed",
    "take_request",
    "withdraw_request",
]
