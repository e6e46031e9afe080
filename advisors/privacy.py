"""What in the advisors' tables is private: how the audit trail keeps it."""

from accounts import audit


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register("advisors.visit", private={"contact_name": "name", "contact_phone": "phone", "place": "text"})
    audit.register("advisors.visitevent", private={"note": "text"}, enterprise="visit.enterprise")
    audit.register(
        "advisors.visitlog",
        private={"notes": "text", "attendees": "text", "next_step": "text"},
        enterprise="visit.enterprise",
    )
    audit.register("advisors.visitproduct", enterprise="log.visit.enterprise")
    audit.register("advisors.servicerequest", private={"text": "text"}, person="raised_by")
    audit.register("advisors.requestevent", private={"note": "text"}, enterprise="request.enterprise")
    audit.register("advisors.rating", private={"comment": "text"})
    for public in ("advisor", "advisorteam"):  # both have public pages
        audit.register(f"advisors.{public}", label=True)
