"""Who may open what of events."""

from tests.access import LOGIN, OK, AccessCase, World, only, public

ORGANISERS = ("organiser", "administrator")
READERS = (*ORGANISERS, "supervisor")


def event(world: World, **fields):
    from tests.factories import EventFactory

    return EventFactory(**fields)


def mine(world: World) -> dict:
    """An event that the visitor organises and whose door they keep."""
    made = event(world)
    if world.user is not None:
        made.organisers.add(world.user)
        made.door_staff.add(world.user)
    return {"slug": made.slug}


def foreign(world: World) -> dict:
    return {"slug": event(world).slug}


def draft(world: World) -> dict:
    return {"slug": event(world, state="draft").slug}


def ticket(world: World) -> dict:
    from tests.factories import RegistrationFactory

    return {"token": RegistrationFactory().token}


def forged(world: World) -> dict:
    return {"token": "forged"}


def desk(url_name: str, *visitors: str, **more) -> AccessCase:
    """Their own for `visitors`; administrators and supervisors have no foreign ones."""
    everywhere = {who: OK for who in ("administrator", "supervisor") if who in visitors}
    return only(*visitors, url_name=url_name, own=mine, foreign=foreign, expected_foreign=everywhere, **more)


CASES = [
    public("events:events"),
    public("events:calendar"),
    public("events:event", own=mine, foreign=draft),
    public("events:event_feed", own=mine, foreign=draft),
    public("events:register", own=mine, foreign=draft),
    public("events:ticket", own=ticket, foreign=forged),
    public("events:ticket_feed", own=ticket, foreign=forged),
    public("events:ticket_edit", own=ticket, foreign=forged),
    public("events:ticket_cancel", own=ticket, foreign=forged, method="post"),
    public("events:ticket_restore", own=ticket, foreign=forged, method="post"),
    AccessCase("events:my_events", expected={"anonymous": LOGIN}),
    only(
        "door_staff",
        *ORGANISERS,
        url_name="events:door",
        own=mine,
        foreign=foreign,
        expected_foreign={"administrator": OK},
    ),
    only(*READERS, url_name="events:desk_events"),
    only(*ORGANISERS, url_name="events:desk_new"),
    desk("events:desk_event", *READERS),
    desk("events:desk_edit", *ORGANISERS),
    only(
        *ORGANISERS,
        url_name="events:desk_move",
        method="post",
        own=lambda world: mine(world) | {"name": "close"},
        foreign=lambda world: foreign(world) | {"name": "close"},
        expected_foreign={"administrator": OK},
    ),
    desk("events:desk_copy", *ORGANISERS, method="post"),
    desk("events:desk_door_staff", *ORGANISERS, method="post"),
    desk("events:desk_attendance", *ORGANISERS),
]
