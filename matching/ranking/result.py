"""What a ranking says: results with their reasons, what nearly fits, the one question worth asking."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .facts import ProductFacts


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome, no secret
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One hard rule against one need, with the sentence that explains it."""

    rule: str  # open | kind | region | industry | size_class | traits | guarantee | amount | term | rate | years | revenue
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Result:
    """One product that no hard rule rules out. `score` in [0, 1]; `fails`: wishes that it does not meet."""

    product: ProductFacts
    score: float
    reasons: tuple[str, ...] = ()  # the best three, with their numbers
    fails: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    terms: dict[str, float] = field(default_factory=dict)  # each term of the score in [0, 1]


@dataclass(frozen=True, slots=True)
class Nearly:
    """差一点就符合: one repairable rule fails. `change`: what would have to be different."""

    product: ProductFacts
    rule: str
    change: str
    in_firms_hands: bool
    score: float = 0.0


def plain(each: Any) -> dict[str, Any]:
    """A `Result`, or whatever shows one, as plain data: what is kept of it and what the command prints."""
    return {
        "name": each.product.name,
        "institution": str(each.product.institution),
        "score": round(each.score, 6),
        "reasons": list(each.reasons),
        "fails": list(each.fails),
        "unknown": list(each.unknown),
    }


def plain_nearly(each: Any) -> dict[str, Any]:
    """The same of a `Nearly`."""
    return {"name": each.product.name, "change": each.change}


@dataclass(frozen=True, slots=True)
class Question:
    """The unknown whose answer would change the order most; `field` is an attribute of NeedFacts."""

    field: str
    text: str
    value: str = ""  # a code, where the question is about one (a trait)


@dataclass(frozen=True, slots=True)
class Ranking:
    results: tuple[Result, ...]
    nearly: tuple[Nearly, ...] = ()
    question: Question | None = None
    considered: int = 0  # products looked at
    weights_version: str = ""
