"""What in the tables of joining, claiming and inviting is private: how the audit trail keeps it."""

from .. import audit


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register("accounts.joinrequest", private={"message": "text", "reason": "text"})
    audit.register("accounts.claim", private={"statement": "text"}, person="claimant")
    audit.register(
        "accounts.claimevent", private={"note": "text"}, enterprise="claim.enterprise", person="claim.claimant"
    )
    audit.register(
        "accounts.invitation",
        private={"name": "name", "phone": "phone", "email": "hidden", "nonce": "secret"},
        person="accepted_by",
    )
    audit.register("accounts.enterprisemerge", private={"changed": "secret"}, enterprise="target")
