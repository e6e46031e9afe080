"""Public pages of the catalogue; what may not be advertised is there only for people who have signed in."""

from tests.access import LOGIN, MISSING, OK, AccessCase, World, public, signed_in
from tests.factories import InstitutionFactory, OutletFactory, ProductFactory


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


def outlet(world: World) -> dict:
    return {"pk": OutletFactory().pk}


def outlet_of_closed_institution(world: World) -> dict:
    return {"pk": OutletFactory(institution__is_active=False).pk}


CASES = [
    public("catalogue:products"),
    public("catalogue:product", own=product, foreign=draft, default_foreign=MISSING),
    public("catalogue:product", own=private_product, expected={"anonymous": MISSING}, query="?private", default=OK),
    public("catalogue:product_history", own=product, foreign=draft, default_foreign=MISSING),
    public("catalogue:product_qr", own=product, foreign=draft, default_foreign=MISSING),
    public("catalogue:product_feed"),
    AccessCase("catalogue:favourite", own=product, foreign=draft, expected={"anonymous": LOGIN}),
    AccessCase("catalogue:favourite", own=product, method="post", data={"wanted": "1"}, expected={"anonymous": LOGIN}),
    signed_in("catalogue:favourites"),
    signed_in("catalogue:desk_favourites"),
    public("catalogue:compare"),
    public("catalogue:institutions"),
    public("catalogue:institution", own=institution, foreign=closed_institution, default_foreign=MISSING),
    public("catalogue:outlets"),
    public("catalogue:outlet_points"),
    public("catalogue:outlet", own=outlet, foreign=outlet_of_closed_institution, default_foreign=MISSING),
    public("catalogue:services"),
]
