"""Demo accounts, one for each role and a few more, clearly fictional enterprises with valid codes, and what waits for a
word: somebody who asks to join, a claim with its proof, one firm registered twice. Institutions come from catalogue."""

import tomllib
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.core.files import File
from django.core.management import call_command

from . import actions, size_class
from .models import (
    Claim,
    Enterprise,
    EnterpriseMember,
    Industry,
    Institution,
    JoinRequest,
    Region,
    RoleAssignment,
    User,
)
from .people import claims, members
from .roles import INSTITUTION_ROLES, Role

PASSWORD = "yinqiao-demo"  # noqa: S105  (public on purpose; production refuses to start while such accounts are open)
DATA = Path(__file__).parent / "demo"
COUNTED = {"account": "accounts", "enterprise": "enterprises", "join_request": "join_requests", "claim": "claims"}


def _data() -> dict:
    return tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))


def demo_accounts() -> list[tuple[str, str, str]]:
    """(role, login, password) for printing and for the demo inbox."""
    return [(row["label"], row["phone"], PASSWORD) for row in _data()["account"]]


def demo_user(key: str) -> User:
    """The demo account of a role, by its key in people.toml."""
    return User.objects.get(username=f"demo-{key}")


def load() -> dict[str, int]:
    """Makes what is missing. Accounts that were retired stay closed; nobody's edits are overwritten."""
    if not Region.objects.exists():
        call_command("load_reference", verbosity=0)
    actions.sync_groups()
    data = _data()
    for row in data["account"]:
        user, made = User.objects.get_or_create(
            username=f"demo-{row['key']}",
            defaults={"phone": f"+86{row['phone']}", "phone_verified": True, "name": row["name"], "is_demo": True},
        )
        if made:
            user.set_password(PASSWORD)
            user.save()
        for role in row.get("roles", []):
            if Role(role) not in INSTITUTION_ROLES:
                RoleAssignment.objects.get_or_create(user=user, role=role, institution=None)
    for row in data["enterprise"]:
        _enterprise(row)
    for row in data["join_request"]:
        _ask_to_join(row)
    for row in data["claim"]:
        _claim(row)
    return {name: len(data[key]) for key, name in COUNTED.items()}


def _ask_to_join(row: dict) -> None:
    """Once: what was decided about it stays."""
    if not JoinRequest.objects.filter(client_key=row["client_key"]).exists():
        members.ask_to_join(
            user=demo_user(row["user"]),
            uscc=row["uscc"],
            message=row["message"],
            client_key=UUID(row["client_key"]),
        )


def _claim(row: dict) -> None:
    if Claim.objects.filter(client_key=row["client_key"]).exists():
        return
    with (DATA / "licence.png").open("rb") as picture:
        claims.submit(
            by=demo_user(row["user"]),
            uscc=row["uscc"],
            statement=row["statement"],
            licence=File(picture, name="licence.png"),
            client_key=UUID(row["client_key"]),
        )


def _enterprise(row: dict) -> None:
    industry = Industry.objects.get(pk=row["industry"])
    revenue, assets = (Decimal(row[name]) if name in row else None for name in ("revenue", "assets"))
    found, made = Enterprise.every.get_or_create(  # one that was merged meanwhile stays merged
        uscc=row["uscc"],
        defaults={
            "name": row["name"],
            "region": Region.objects.get(pk=row["region"]),
            "address": row.get("address", ""),
            "industry": industry,
            "founded_on": row.get("founded_on"),
            "employees": row.get("employees"),
            "revenue": revenue,
            "assets": assets,
            "size_class": size_class.classify(industry.code, row.get("employees"), revenue, assets)[0],
            "traits": row.get("traits", {}),
            "is_demo": True,
        },
    )
    if made and "owner" in row:
        EnterpriseMember.objects.create(
            enterprise=found, user=demo_user(row["owner"]), kind=EnterpriseMember.Kind.OWNER
        )


def assign_demo_roles() -> None:
    """Roles at institutions; called once these are there."""
    for row in _data()["account"]:
        for role in row.get("roles", []):
            if Role(role) in INSTITUTION_ROLES:
                institution = Institution.objects.get(slug=row["institution"])
                RoleAssignment.objects.get_or_create(user=demo_user(row["key"]), role=role, institution=institution)
