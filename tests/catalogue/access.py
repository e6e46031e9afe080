"""Public pages of the catalogue; what may not be advertised is there only for people who have signed in."""

from uuid import uuid4

from catalogue.models import BulkDecision, Import
from tests.access import LOGIN, MISSING, OK, AccessCase, World, only, public, signed_in
from tests.factories import InstitutionFactory, OutletFactory, ProductFactory, UserFactory


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


def keyed(world: World) -> dict:
    """A product of the visitor's institution, where there is one."""
    houses = world.user.institutions_as() if world.user else []
    return {"pk": ProductFactory(**({"institution": houses[0]} if houses else {})).pk}


def keyed_elsewhere(world: World) -> dict:
    return {"pk": ProductFactory().pk}


def decision(world: World, by=None) -> dict:
    """A decision on many products of the visitor, or of somebody else."""
    by = by or world.user or UserFactory()
    return {"pk": BulkDecision.objects.create(by=by, do="approve", client_key=uuid4(), total=1).pk}


def foreign_decision(world: World) -> dict:
    return decision(world, UserFactory())


EXCHANGE = ("product_editor", "product_reviewer", "institution_administrator", "supervisor", "administrator")
ANYWHERE = {"supervisor": OK, "administrator": OK}  # what is foreign to an institution is not to them


def upload(world: World, institution=None) -> dict:
    """An import of the visitor's institution, or of another one."""
    if institution is None:
        own = world.user.institutions_as() if world.user else []
        institution = own[0] if own else InstitutionFactory()
    by = UserFactory()
    job = Import.objects.create(
        kind="products", institution=institution, created_by=by, run_by=by, client_key=uuid4(), file_name="a.xlsx"
    )
    row = {"row": 2, "column": "名称", "value": "", "reason": "没有填", "advice": ""}
    job.rows.create(number=2, outcome="bad", label="", problems=[row])
    return {"pk": job.pk}


def foreign_upload(world: World) -> dict:
    return upload(world, InstitutionFactory())


def upload_step(world: World) -> dict:
    return upload(world) | {"step": "cancel"}


def foreign_upload_step(world: World) -> dict:
    return foreign_upload(world) | {"step": "cancel"}


def exchange(url_name: str, **more):
    return only(*EXCHANGE, url_name=url_name, **more)


def exchange_of(url_name: str, own=upload, foreign=foreign_upload, **more):
    return exchange(url_name, own=own, foreign=foreign, expected_foreign=ANYWHERE, **more)


WHOLE_PLACE_ONLY = ("supervisor", "administrator")

CASES = [
    exchange("catalogue:imports"),
    exchange("catalogue:import_new"),
    exchange("catalogue:import_template", own=lambda world: {"kind": "products"}),
    only(
        *WHOLE_PLACE_ONLY, url_name="catalogue:import_template", own=lambda world: {"kind": "enterprises"}, query="?all"
    ),
    exchange_of("catalogue:import"),
    exchange_of("catalogue:import_progress"),
    exchange_of("catalogue:import_returned"),
    exchange_of("catalogue:import_step", own=upload_step, foreign=foreign_upload_step, method="post"),
    exchange("catalogue:export"),
    exchange("catalogue:export_file", own=lambda world: {"kind": "outlets"}),
    only(*WHOLE_PLACE_ONLY, url_name="catalogue:export_file", own=lambda world: {"kind": "enterprises"}, query="?all"),
    public("catalogue:products"),
    only("product_editor", "product_reviewer", "supervisor", url_name="catalogue:policy_review"),
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
    only("product_editor", "product_reviewer", "supervisor", "administrator", url_name="catalogue:desk_products"),
    only("product_reviewer", "supervisor", url_name="catalogue:desk_reviews"),
    only(
        "product_reviewer",
        "supervisor",
        url_name="catalogue:desk_review",
        own=keyed,
        foreign=keyed_elsewhere,
        expected_foreign={"supervisor": OK},
    ),
    only("product_reviewer", "supervisor", url_name="catalogue:desk_review_all"),
    only(
        "product_reviewer", "supervisor", url_name="catalogue:desk_review_run", own=decision, foreign=foreign_decision
    ),
    only(
        "product_reviewer",
        "supervisor",
        url_name="catalogue:desk_review_progress",
        own=decision,
        foreign=foreign_decision,
    ),
    only("administrator", url_name="catalogue:desk_publish", own=keyed),
]
