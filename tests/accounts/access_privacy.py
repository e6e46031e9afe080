"""Who may open the audit trail, who looked, whole values, and one's own data."""

from tests.access import LOGIN, MISSING, OK, AccessCase, World, only, signed_in

AUDITORS = ("supervisor", "administrator")


def entry(world: World) -> dict:
    from accounts import audit
    from tests.factories import EnterpriseFactory

    return {"pk": audit.record("viewed", EnterpriseFactory(), detail={"fields": ["联系电话"]}).pk}


def somebody(world: World) -> dict:
    from tests.factories import UserFactory

    return {"pk": UserFactory().pk}


def other_wish(world: World) -> dict:
    from accounts.privacy import erasure
    from tests.factories import UserFactory

    return {"pk": erasure.ask(UserFactory()).pk}


def wish(world: World) -> dict:
    """The one kind of visitor without a role is an enterprise's owner: the wish is the enterprise's."""
    from accounts.privacy import erasure
    from tests.factories import enterprise_user

    user = world.user if world.user and world.user.enterprise else enterprise_user()
    return {"pk": erasure.ask(user, user.enterprise).pk}


CASES = [
    only(*AUDITORS, url_name="accounts:audit"),
    only(*AUDITORS, url_name="accounts:audit_export"),
    only(*AUDITORS, url_name="accounts:audit_entry", own=entry),
    only(*AUDITORS, url_name="accounts:audit_suspend", own=somebody, method="post", data={"reason": "越权查看"}),
    only(*AUDITORS, url_name="accounts:audit_reinstate", own=somebody, method="post", data={"reason": "已核实"}),
    AccessCase("accounts:looked", expected={"anonymous": LOGIN}),
    AccessCase(
        "accounts:reveal",
        own=lambda world: somebody(world) | {"kind": "person"},
        default=MISSING,
        expected={"anonymous": LOGIN, "enterprise": 403} | dict.fromkeys(AUDITORS, OK),
    ),
    signed_in("accounts:data"),
    signed_in("accounts:data_download", own=lambda world: {"kind": "json"}),
    AccessCase(
        "accounts:data_erase",
        own=lambda world: {"what": "person"},
        method="post",
        default=422,  # nothing is chosen yet
        expected={"anonymous": LOGIN},
    ),
    AccessCase(
        "accounts:data_undo",
        own=wish,
        foreign=other_wish,
        method="post",
        default=MISSING,
        expected={"anonymous": LOGIN, "enterprise": OK},
        expected_foreign={"anonymous": LOGIN},
    ),
]
