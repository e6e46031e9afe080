"""Addresses of needs and referrals: whose they are, and who else may look in."""

import uuid

from django.utils import timezone

from accounts.roles import Role
from matching.gaps import running
from matching.models import ParseCorrection, Referral
from matching.needs import actions as needs
from matching.ranking import Weights
from matching.referrals import actions
from matching.weights import actions as weights
from tests.access import FORBIDDEN, LOGIN, MISSING, OK, VISITORS, AccessCase, World, only, public
from tests.factories import ProductFactory, enterprise_user, user_with

from .conftest import make_need

SEES_ALL = ("supervisor", "administrator")
ADVISING = ("advisor", "team_lead")
IN_INSTITUTIONS = ("product_editor", "relationship_manager", "product_reviewer", "institution_administrator")


def own_need(world: World) -> dict:
    """The enterprise's own; for everybody else one that asks for an advisor."""
    owner = world.user if world.visitor == "enterprise" else enterprise_user()
    return {"pk": needs.ask_advisor(make_need(owner)).pk}


def foreign_need(world: World) -> dict:
    return {"pk": make_need(enterprise_user()).pk}


def _referral(owner, institution=None) -> Referral:
    product = ProductFactory(**({"institution": institution} if institution else {}))
    need = make_need(owner)
    return actions.start(
        need=need, product_ids=[product.pk], consented={product.institution_id}, by=owner, client_key=uuid.uuid4()
    )[0]


def a_correction(world: World) -> dict:
    """What nobody owns: supervisors decide on it."""
    found = ParseCorrection.objects.create(key=uuid.uuid4().hex, text="想借百把万", last_at=timezone.now())
    return {"pk": found.pk, "step": "adopt"}


def own_referral(world: World, **more) -> dict:
    if world.visitor == "enterprise":
        return {"pk": _referral(world.user).pk, **more}
    institutions = world.user.institutions_as(Role.RELATIONSHIP_MANAGER) if world.user else []
    return {"pk": _referral(enterprise_user(), institutions[0] if institutions else None).pk, **more}


def foreign_referral(world: World, **more) -> dict:
    return {"pk": _referral(enterprise_user()).pk, **more}


def own_preview(world: World) -> dict:
    by = world.user or user_with(Role.SUPERVISOR)
    return {"pk": weights.preview(terms=Weights.default().terms, by=by).pk}


def foreign_preview(world: World) -> dict:
    """A colleague's: those who decide see each other's."""
    return {"pk": weights.preview(terms=Weights.default().terms, by=user_with(Role.SUPERVISOR)).pk}


def first_version(world: World) -> dict:
    by = world.user or user_with(Role.SUPERVISOR)
    number = weights.newest_number()
    return {"number": weights.add(terms=Weights.default().terms, why="试", by=by, based_on=number).number}


def with_figures(world: World) -> dict:
    """A report with one figure, the same for everybody."""
    for _number in range(5):
        make_need(enterprise_user())
    running.run(running.request().pk)
    return {}


def members(url_name: str, own, foreign) -> AccessCase:
    """An enterprise's own; those without an enterprise are led to register one."""
    return AccessCase(
        url_name,
        own=own,
        foreign=foreign,
        expected={"anonymous": LOGIN},
        default_foreign=OK,
        expected_foreign={"anonymous": LOGIN, "enterprise": MISSING},
    )


CASES = [
    public("matching:need_new"),
    public("matching:need_new", query="?text=想借50万周转"),
    public("matching:how"),
    public("matching:costs"),
    public(
        "matching:cost",
        own=lambda world: {"slug": "guarantee"},
        foreign=lambda world: {"slug": "nonsense"},
    ),
    AccessCase(
        "matching:need",
        own=own_need,
        foreign=foreign_need,
        default=MISSING,
        expected=dict.fromkeys(("enterprise", *SEES_ALL, *ADVISING), OK) | {"anonymous": LOGIN},
        expected_foreign=dict.fromkeys(SEES_ALL, OK) | {"anonymous": LOGIN},
    ),
    *(
        members(f"matching:{name}", own_need, foreign_need)
        for name in ("need_edit", "need_answer", "need_advisor", "need_tell", "need_close", "refer")
    ),
    only(*ADVISING, url_name="matching:need_take", own=own_need, foreign=foreign_need),
    AccessCase("matching:my_needs", expected={"anonymous": LOGIN}),
    AccessCase("matching:my_referrals", expected={"anonymous": LOGIN}),
    *(
        members(f"matching:{name}", own_referral, foreign_referral)
        for name in ("referral", "referral_withdraw", "referral_rate")
    ),
    only("relationship_manager", url_name="matching:desk_referrals"),
    only(
        "relationship_manager",
        *SEES_ALL,
        url_name="matching:desk_referral",
        own=own_referral,
        foreign=foreign_referral,
        expected_foreign=dict.fromkeys(SEES_ALL, OK),
    ),
    only(
        "relationship_manager",
        url_name="matching:desk_step",
        own=lambda world: own_referral(world, step="accept"),
        foreign=lambda world: foreign_referral(world, step="accept"),
    ),
    AccessCase(
        "matching:desk_step",
        own=lambda world: own_referral(world, step="accept"),
        foreign=lambda world: foreign_referral(world, step="accept"),
        method="post",
        default=FORBIDDEN,
        expected={"anonymous": LOGIN, "relationship_manager": OK},
        default_foreign=FORBIDDEN,
        expected_foreign={"anonymous": LOGIN, "relationship_manager": MISSING},
    ),
    only(*SEES_ALL, url_name="matching:overdue"),
    only(*SEES_ALL, *IN_INSTITUTIONS, url_name="matching:gaps"),
    only(
        *SEES_ALL,
        *IN_INSTITUTIONS,
        url_name="matching:gaps_export",
        own=with_figures,
        foreign=with_figures,
        expected_foreign=dict.fromkeys((*SEES_ALL, *IN_INSTITUTIONS), OK),
    ),
    only(
        *SEES_ALL,
        url_name="matching:gaps_needs",
        own=with_figures,
        foreign=with_figures,
        expected_foreign=dict.fromkeys(SEES_ALL, OK),
    ),
    only(*SEES_ALL, url_name="matching:gaps_run"),
    only(*SEES_ALL, url_name="matching:gaps_run", method="post"),
    only(*SEES_ALL, *IN_INSTITUTIONS, url_name="matching:gaps_progress"),
    only(*SEES_ALL, url_name="matching:weights"),
    *(
        only(
            *SEES_ALL,
            url_name=f"matching:{name}",
            own=own_preview,
            foreign=foreign_preview,
            expected_foreign=dict.fromkeys(SEES_ALL, OK),
        )
        for name in ("weights_preview", "weights_progress")
    ),
    only(
        *SEES_ALL,
        url_name="matching:weights_take_back",
        method="post",
        own=first_version,
        foreign=lambda world: {"number": 99},
        expected_foreign=dict.fromkeys(SEES_ALL, MISSING),
    ),
    only(*SEES_ALL, url_name="matching:corrections"),
    only(
        *SEES_ALL,
        url_name="matching:correction_step",
        own=a_correction,
        foreign=lambda world: {"pk": 0, "step": "adopt"},
        expected_foreign=dict.fromkeys(SEES_ALL, MISSING),
    ),
]
assert set(SEES_ALL + ADVISING) <= set(VISITORS)
