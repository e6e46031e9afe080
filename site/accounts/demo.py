"""Demo accounts, one for each role, and clearly fictional enterprises with valid codes. Institutions come from catalogue."""

import tomllib
from decimal import Decimal
from pathlib import Path

from django.core.management import call_command

from . import actions, size_class
from .models import Enterprise, EnterpriseMember, Industry, Institution, Region, RoleAssignment, User
from .roles import INSTITUTION_ROLES, Role

PASSWORD = "yinqiao-demo"  # noqa: S105  (public on purpose; production refuses to start while such accounts are open)
DATA = Path(__file__).parent / "demo"


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
    return {"accounts": len(data["account"]), "enterprises": len(data["enterprise"])}


def _enterprise(row: dict) -> None:
    industry = Industry.objects.get(pk=row["industry"])
    revenue, assets = (Decimal(row[name]) if name in row else None for name in ("revenue", "assets"))
    found, made = Enterprise.objects.get_or_create(
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
