"""Addresses of the landing pages."""

from tests.access import FORBIDDEN, LOGIN, OK, VISITORS, AccessCase

STAFF = [visitor for visitor in VISITORS if visitor not in {"anonymous", "enterprise"}]
CASES = [
    AccessCase("dashboard:me", expected={"anonymous": LOGIN}),  # people without an enterprise are sent to register one
    AccessCase("dashboard:desk", default=FORBIDDEN, expected={"anonymous": LOGIN} | dict.fromkeys(STAFF, OK)),
]
