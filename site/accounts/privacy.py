"""What in the tables of people and parties is private: how the audit trail keeps it."""

from . import audit


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register(
        "accounts.user",
        private={
            "username": "hidden",
            "first_name": "name",
            "last_name": "name",
            "name": "name",
            "phone": "phone",
            "email": "hidden",
        },
    )
    audit.register(
        "accounts.enterprise",
        private={"uscc": "hidden", "name": "hidden", "address": "text"},
    )
    audit.register("accounts.consent", private={"wording": "text"}, person="given_by")
    audit.register("accounts.notice", private={"text": "text"})
    for public in ("institution", "region", "industry", "holidayoverride"):
        audit.register(f"accounts.{public}", label=True)
