"""`make web`, `make queue`: the base as it is, and `portal.checks` refuses demo keys, demo accounts and DEBUG."""

from .base import *  # noqa: F403
