"""Public pages of the catalogue; what may not be advertised is there only for people who have signed in."""

from tests.access import MISSING, OK, World, public
from tests.factories import InstitutionFactory, ProductFactory


def product(world: World) -> dict:
    return {"slug": ProductFactory().slug}


def private_product(world: World) -> dict:
    return {"slug": ProductFactory(login_required=True).slug}


def draft(world: World) -> dict:
    return {"slug": ProductFactory(live=False).slug}


def institution(world: World) -> dict:
    return {"slug": InstitutionFactory().slug}


def closed_institution(world: World) -> dict:
    return {"slug": InstitutionFactory(is_active=False).slug}


CASES = [
    public("catalogue:products"),
    public("catalogue:product", own=product, foreign=draft, default_foreign=MISSING),
    public("catalogue:product", own=private_product, expected={"anonymous": MISSING}, query="?private", default=OK),
    public("catalogue:compare"),
    public("catalogue:institutions"),
    public("catalogue:institution", own=institution, foreign=closed_institution, default_foreign=MISSING),
    public("catalogue:outlets"),
]
