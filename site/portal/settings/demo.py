"""`make demo`: the local shape with demo accounts, demo content and codes shown in the demo inbox."""

from .local import *  # noqa: F403

DEMO = True
SMS_BACKEND = "accounts.sms.backends.DemoBackend"
