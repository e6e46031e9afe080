"""Which promise runs and until when: rows of the table, or of `data/promises.toml` where nobody edited one."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

from accounts.workdays import add_workdays

from ..models import Promise, Referral

FILE = Path(__file__).parent.parent / "data" / "promises.toml"
RUNS_IN = {"submitted": Promise.Step.ACCEPT, "accepted": Promise.Step.CONTACT, "contacted": Promise.Step.OUTCOME}


@cache
def _stated() -> dict[str, dict]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def promises() -> dict[str, Promise]:
    """The promise of each step in force."""
    found = {step: Promise(step=step, **fields) for step, fields in _stated().items()}
    return found | {row.step: row for row in Promise.objects.all()}


def set_clock(referral: Referral) -> None:
    """Sets which step is timed and until when, from the referral's state and times (without saving)."""
    step = RUNS_IN.get(referral.state)
    if step is None:
        referral.clock, referral.due_at = "", None
        return
    promise = promises()[step]
    begun: datetime = getattr(referral, f"{promise.counted_from}_at") or referral.submitted_at
    referral.clock, referral.due_at = step, add_workdays(begun, promise.workdays)
