"""What in the events' tables is private: how the audit trail keeps it."""

from accounts import audit


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register("events.event", label=True)
    audit.register("events.eventsession", label=True)
    audit.register(
        "events.registration",
        private={
            "name": "name",
            "phone": "phone",
            "email": "hidden",
            "organisation": "hidden",
            "uscc": "hidden",
            "code": "secret",
        },
    )
    audit.register("events.checkin", person="registration.user")
