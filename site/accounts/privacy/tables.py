"""What in the tables of people and parties is private: how the audit trail keeps it, what an export and an erasure do."""

from .. import audit
from . import register_erasure, register_export


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    from . import erasing, exporting, revealing

    register_export("accounts", exporting.export)
    register_erasure(erasing.ERASER)
    revealing.register()
    audit.exclude("accounts.attempts", "counts guesses by a digest for minutes; tells of nobody")
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
    audit.register("accounts.policy", label=True)
    audit.register(
        "accounts.invitation",
        private={"name": "name", "phone": "phone", "email": "hidden", "nonce": "secret"},
        person="accepted_by",
    )
    audit.register("accounts.joinrequest", private={"message": "text", "reason": "text"})
    audit.register("accounts.claim", private={"statement": "text"}, person="claimant")
    audit.register("accounts.claimevent", private={"note": "text"}, enterprise="claim.enterprise")
    audit.register("accounts.enterprisemerge", private={"changed": "text"}, enterprise="target")
    for public in ("institution", "region", "industry", "holidayoverride"):
        audit.register(f"accounts.{public}", label=True)
