"""Who may open what of accounts."""

from tests.access import LOGIN, MISSING, OK, AccessCase, World, only, public, signed_in
from tests.accounts import access_people, access_privacy


def enterprise_with_licence(world: World) -> dict:
    from django.core.files.base import ContentFile

    from tests.factories import EnterpriseFactory

    made = world.user.enterprise if world.user and world.user.enterprise else EnterpriseFactory()
    made.licence.save("x.png", ContentFile(b"\x89PNG"))
    return {"pk": made.pk}


def other_enterprise(world: World) -> dict:
    from django.core.files.base import ContentFile

    from tests.factories import EnterpriseFactory

    made = EnterpriseFactory()
    made.licence.save("x.png", ContentFile(b"\x89PNG"))
    return {"pk": made.pk}


def consent(world: World, *, own: bool = True) -> dict:
    from accounts.actions import give_consent
    from tests.factories import InstitutionFactory, enterprise_user

    user = world.user if own and world.user and world.user.enterprise else enterprise_user()
    return {"pk": give_consent(enterprise=user.enterprise, institution=InstitutionFactory(), by=user).pk}


def somebody(world: World) -> dict:
    from tests.factories import UserFactory

    return {"pk": UserFactory().pk}


READERS = ("advisor", "team_lead", "supervisor", "administrator")
# People without an enterprise are sent to register one: a redirect, which counts as OK.
MEMBER = {"expected": {"anonymous": LOGIN}}
CONSENT = MEMBER | {
    "own": consent,
    "foreign": lambda world: consent(world, own=False),
    "method": "post",
    "default_foreign": OK,
    "expected_foreign": {"anonymous": LOGIN, "enterprise": MISSING},
}

CASES = [
    signed_in("account_start"),
    public(
        "accounts:options",
        own=lambda world: {"table": "regions"},
        foreign=lambda world: {"table": "users"},
        default_foreign=MISSING,
    ),
    AccessCase("accounts:enterprise", **MEMBER),
    signed_in("accounts:enterprise_new"),
    AccessCase(
        "accounts:licence",
        own=enterprise_with_licence,
        foreign=other_enterprise,
        default=MISSING,
        expected={"anonymous": LOGIN, "enterprise": OK} | dict.fromkeys(READERS, OK),
        expected_foreign={"anonymous": LOGIN} | dict.fromkeys(READERS, OK),
    ),
    AccessCase(
        "accounts:open_enterprise",
        own=enterprise_with_licence,
        foreign=other_enterprise,
        default=MISSING,
        expected={"anonymous": LOGIN, "enterprise": OK} | dict.fromkeys(READERS, OK),
        expected_foreign={"anonymous": LOGIN} | dict.fromkeys(READERS, OK),
    ),
    only(
        *READERS,
        url_name="accounts:desk_enterprise",
        own=other_enterprise,
        foreign=lambda world: {"pk": 0},
    ),
    AccessCase("accounts:consents", **MEMBER),
    AccessCase("accounts:consent_withdraw", **CONSENT),
    AccessCase("accounts:consent_restore", **CONSENT),
    signed_in("accounts:notices"),
    signed_in("accounts:desk_notices"),
    signed_in("accounts:security"),
    signed_in("accounts:desk_security"),
    only("administrator", url_name="accounts:sign_in_help"),
    # The walker has no recent sign-in on record: an administrator is asked for it, which counts as OK.
    only(
        "administrator",
        url_name="accounts:sign_in_help_person",
        own=somebody,
        foreign=lambda world: {"pk": 0},
        default_foreign=OK,
    ),
    public("demo:inbox"),
    *access_people.CASES,
    *access_privacy.CASES,
]
