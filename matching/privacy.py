"""What in the tables of needs and referrals is private: how the audit trail keeps it."""

from accounts import audit


def declare() -> None:
    """Called once, by `AppConfig.ready`."""
    audit.register("matching.need", private={"text": "text", "marks": "text", "details": "text"}, person="author")
    audit.register("matching.referral", private={"match": "text"}, enterprise="need.enterprise")
    audit.register(
        "matching.referralevent", private={"note": "text", "party": "text"}, enterprise="referral.need.enterprise"
    )
    audit.register("matching.rating", private={"text": "text"}, enterprise="referral.need.enterprise")
    audit.register("matching.promise", label=True)
