"""State machines as data: one table of transitions per model, read by actions, templates and the generated docs.

A machine says who may move a record from which states to which, and what must hold. Actions call `apply` inside their
own transaction; pages ask `available` which buttons to show. Nothing else changes a state field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class TransitionRefused(Exception):
    """The record is not in a state, or the person not in a role, from which this may be done. The text is for people."""


@dataclass(frozen=True)
class Transition:
    """One arrow. `actors` are the codes that the caller passes for who acts; `guard` returns "" or why not."""

    name: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    actors: frozenset[str]
    guard: Callable[[Any], str] | None = None
    effect: str = ""  # what else happens, in words: shown in the generated docs


@dataclass(frozen=True)
class StateMachine:
    """The transitions of one state field. `states` is the model's TextChoices class."""

    name: str
    states: type[models.TextChoices]
    transitions: tuple[Transition, ...]
    field: str = "state"

    def __post_init__(self) -> None:
        known = set(self.states.values)
        for transition in self.transitions:
            unknown = (transition.sources | {transition.target}) - known
            if unknown:
                raise ValueError(f"{self.name}.{transition.name} names unknown states: {sorted(unknown)}")

    def __getitem__(self, name: str) -> Transition:
        for each in self.transitions:
            if each.name == name:
                return each
        raise KeyError(f"{self.name} has no transition {name!r}")

    def refusal(self, record: models.Model, name: str, actors: Iterable[str]) -> str:
        """Why `name` may not be done now by any of `actors`; "" when it may."""
        transition = self[name]
        state = getattr(record, self.field)
        if not transition.actors & set(actors):
            return _("您没有权限做这一步。")
        if state not in transition.sources:
            return _("现在是“%(state)s”，不能再%(label)s。") % {
                "state": self.states(state).label,
                "label": transition.label,
            }
        return transition.guard(record) if transition.guard else ""

    def available(self, record: models.Model, actors: Iterable[str]) -> list[Transition]:
        """The transitions that any of `actors` may make now, in the table's order."""
        actors = set(actors)
        return [each for each in self.transitions if not self.refusal(record, each.name, actors)]

    def apply(self, record: models.Model, name: str, actors: Iterable[str]) -> Transition:
        """Sets the state field (without saving). Raises TransitionRefused. The caller holds the row's lock."""
        if reason := self.refusal(record, name, actors):
            raise TransitionRefused(reason)
        setattr(record, self.field, self[name].target)
        return self[name]


def transition(
    name: str, label: str | Promise, sources: Iterable[str] | str, target: str, actors: Iterable[str] | str, **more
) -> Transition:
    """Short form for the tables: strings stand for one-element sets."""
    return Transition(name, label, _as_set(sources), target, _as_set(actors), **more)


def _as_set(value: Iterable[str] | str) -> frozenset[str]:
    return frozenset([value] if isinstance(value, str) else value)
