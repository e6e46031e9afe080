"""Every way of tampering with the trail is found and named. The tamperer owns the database and drops the triggers first."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import audit
from accounts.audit import database, verification
from accounts.audit.chain import entry_hash, opening_hash
from accounts.models import AuditDay, AuditEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("trail")]
DAYS = ("2026-03-01", "2026-03-02", "2026-03-05")


@pytest.fixture
def _three_days(trail, tmp_path, settings):
    """Entries 1–4, 5–8 and 9–12, on three days."""
    settings.DATA_DIR = tmp_path
    for day in DAYS:
        with time_machine.travel(f"{day} 10:00+08:00", tick=False):
            for number in range(4):
                audit.record("checked", reason=f"{day} {number}")


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rewrite_from(sequence: int) -> None:
    """What a tamperer who knows the format does: new hashes for all that follows, heads included."""
    from django.db.models import QuerySet

    before = None
    for day in AuditDay.objects.order_by("day"):
        opening = opening_hash(day.day, before)
        previous = opening
        for entry in AuditEntry.objects.filter(day=day.day).order_by("sequence"):
            made = entry_hash(entry, entry.sequence, entry.day, previous)
            QuerySet(AuditEntry).filter(pk=entry.pk).update(previous_hash=previous, hash=made)
            previous = made
        day.opening_hash, day.last_hash = opening, previous
        day.entries = AuditEntry.objects.filter(day=day.day).count()
        day.save()
        before = day


def found(anchors=()) -> list[tuple]:
    return [(each.kind, each.day, each.sequence) for each in verification.verify(anchors).defects]


TAMPERINGS: dict[str, tuple[Callable[[], None], list[tuple]]] = {
    "edited": (
        lambda: sql("UPDATE accounts_auditentry SET reason = 'other' WHERE sequence = 6"),
        [("changed", "2026-03-02", 6)],
    ),
    "actor edited": (
        lambda: sql("UPDATE accounts_auditentry SET actor_id = 7 WHERE sequence = 12"),
        [("changed", "2026-03-05", 12)],
    ),
    "hash edited along with content": (
        lambda: sql("UPDATE accounts_auditentry SET reason = 'x', hash = previous_hash WHERE sequence = 6"),
        [("moved", "2026-03-02", 7), ("changed", "2026-03-02", 6)],
    ),
    "deleted": (
        lambda: sql("DELETE FROM accounts_auditentry WHERE sequence = 6"),
        [("missing", "2026-03-02", 6)],
    ),
    "two deleted": (
        lambda: sql("DELETE FROM accounts_auditentry WHERE sequence IN (2, 3)"),
        [("missing", "2026-03-01", 2)],
    ),
    "swapped": (
        lambda: sql(
            "UPDATE accounts_auditentry SET sequence = 100 WHERE sequence = 6",
            "UPDATE accounts_auditentry SET sequence = 6 WHERE sequence = 7",
            "UPDATE accounts_auditentry SET sequence = 7 WHERE sequence = 100",
        ),
        [("moved", "2026-03-02", 8), ("moved", "2026-03-02", 6), ("moved", "2026-03-02", 7)],
    ),
    "tail of a closed day cut": (
        lambda: sql("DELETE FROM accounts_auditentry WHERE sequence IN (7, 8)"),
        [("cut", "2026-03-02", 7)],
    ),
    "tail of a closed day cut, its row made to fit": (
        lambda: sql(
            "DELETE FROM accounts_auditentry WHERE sequence IN (7, 8)",
            "UPDATE accounts_auditday SET entries = 2, last_hash ="
            " (SELECT hash FROM accounts_auditentry WHERE sequence = 6) WHERE day = '2026-03-02'",
        ),
        [("opening", "2026-03-05", None), ("missing", "2026-03-05", 7)],
    ),
    "first of a day deleted": (
        lambda: sql("DELETE FROM accounts_auditentry WHERE sequence = 5"),
        [("missing", "2026-03-02", 5)],
    ),
    "whole day removed": (
        lambda: sql(
            "DELETE FROM accounts_auditentry WHERE day = '2026-03-02'",
            "DELETE FROM accounts_auditday WHERE day = '2026-03-02'",
        ),
        [("opening", "2026-03-05", None), ("missing", "2026-03-05", 5)],
    ),
    "day's row removed": (
        lambda: sql("DELETE FROM accounts_auditday WHERE day = '2026-03-02'"),
        [("opening", "2026-03-05", None), ("missing", "2026-03-05", 5), ("day", "2026-03-02", None)],
    ),
    "first day removed": (
        lambda: sql(
            "DELETE FROM accounts_auditentry WHERE day = '2026-03-01'",
            "DELETE FROM accounts_auditday WHERE day = '2026-03-01'",
        ),
        [("opening", "2026-03-02", None), ("missing", "2026-03-02", 1)],
    ),
}


@pytest.mark.usefixtures("_three_days")
def test_untouched_trail_is_whole():
    report = verification.verify()
    assert (report.defects, report.days, report.entries, report.last_sequence) == ([], 3, 12, 12)


@pytest.mark.usefixtures("_three_days")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_named(name):
    tamper, expected = TAMPERINGS[name]
    database.uninstall(connection)
    tamper()
    assert found() == expected


@pytest.mark.usefixtures("_three_days")
def test_tail_of_the_newest_day_cut_is_found():
    database.uninstall(connection)
    sql("DELETE FROM accounts_auditentry WHERE sequence IN (11, 12)")
    assert found()[0] == ("cut", "2026-03-05", 11)


@pytest.mark.usefixtures("_three_days")
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's numbers have holes by themselves")
def test_tail_cut_and_day_made_to_fit_is_found_by_the_ids_given_out():
    database.uninstall(connection)
    sql("DELETE FROM accounts_auditentry WHERE sequence IN (11, 12)")
    rewrite_from(9)
    assert found() == [("cut", None, 11)]


@pytest.mark.usefixtures("_three_days")
def test_chain_rewritten_whole_is_found_only_by_an_outside_note():
    anchor = verification.current_anchor()
    database.uninstall(connection)
    sql("UPDATE accounts_auditentry SET reason = 'other' WHERE sequence = 6")
    rewrite_from(6)
    assert found() == []  # as the documentation says
    assert found([anchor]) == [("anchor", "2026-03-05", 12)]


@pytest.mark.usefixtures("_three_days")
def test_entry_never_chained_is_named():
    with time_machine.travel("2026-03-05 11:00+08:00", tick=False):
        entry = AuditEntry(at="2026-03-05T10:40+08:00", verb="checked")
        entry.save()
        assert [(each.kind, each.entry) for each in verification.verify().defects] == [("unchained", entry.pk)]


@pytest.mark.usefixtures("_three_days")
def test_command_tells_by_its_exit_code(tmp_path):
    out = StringIO()
    call_command("audit", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue())["whole"] is True

    call_command("audit", "anchor", stdout=StringIO())
    database.uninstall(connection)
    sql("UPDATE accounts_auditentry SET verb = 'other' WHERE sequence = 3")
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("audit", "verify", "--json", stdout=out)
    assert error.value.returncode == 1
    defects = json.loads(out.getvalue())["defects"]
    assert [(each["kind"], each["sequence"]) for each in defects] == [("changed", 3)]

    (tmp_path / "notes").write_text("no json\n")
    with pytest.raises(CommandError, match="notes:1") as error:
        call_command("audit", "verify", anchors=tmp_path / "notes")
    assert error.value.returncode == 2


@pytest.mark.usefixtures("_three_days")
def test_note_in_the_data_folder_finds_a_rewritten_chain():
    call_command("audit", "anchor", stdout=StringIO())
    call_command("audit", "anchor", stdout=StringIO())
    assert len(verification.anchor_file().read_text().splitlines()) == 1
    database.uninstall(connection)
    sql("UPDATE accounts_auditentry SET reason = 'other' WHERE sequence = 6")
    rewrite_from(6)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("anchor: ")
