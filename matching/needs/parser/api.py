"""`parse`: the one entry of the parser."""

from datetime import date
from typing import Any

from . import intent
from .enough import ENOUGH, asks_for_money
from .enough import weight as weighed
from .figures import read_amounts, read_rates
from .firm import places, simple_lists, traits
from .gazetteer import Gazetteer
from .guarantees import guarantees
from .kinds import follow_on, kinds, purposes, renewal
from .lexicon import Lexicon
from .reading import Reading
from .result import Mark, ParsedNeed, Question, Reason, Route, Status
from .times import times

READ = 1_000  # characters that are read; nobody says a need in more

QUESTIONS = {
    "amount_low": "大概需要多少资金？",
    "purposes": "这笔钱打算用来做什么（如周转、买设备、续贷）？",
    "guarantee_kinds": "有没有可以抵押、质押的东西（如厂房、专利、应收账款），或者需要信用方式？",
    "regions": "企业在哪个县（市、区）？",
    "renewal_agreed": "原贷款什么时候到期，银行是否同意续贷？",
    "traits": "企业有没有这些身份：首次贷款、高新技术企业、农业经营主体、个体工商户？",
}


def parse(text: str, *, today: date, gazetteer: Gazetteer | None = None) -> ParsedNeed:
    """`text` as it was typed. Never raises on any text; a long one ends in bounded time.

    `today` resolves 下个月20号. `gazetteer`: names of places; the built-in one unless given.
    """
    if len(text) > READ * 1.5:
        return _answer(text, intent.ANSWERS[Reason.TOO_LONG], {}, ())
    return _read(Reading(text, today, gazetteer or Gazetteer.built_in(), Lexicon.built_in()))


def _answer(
    text: str, answer: intent.Answer, values: dict[str, Any], marks: tuple[Mark, ...], route: Route | None = None
) -> ParsedNeed:
    questions = _questions(values) if answer.status is Status.ASK else ()
    return ParsedNeed(
        text=text,
        status=answer.status,
        reason=answer.reason,
        reason_code=answer.code,
        route=route or answer.route,
        questions=questions,
        marks=marks,
        **values,
    )


def _questions(values: dict[str, Any]) -> tuple[Question, ...]:
    """The two or three things that matter most and were not said."""
    order = ["amount_low", "purposes", "guarantee_kinds", "regions"]
    if "renewal" in values.get("purposes", ()) and values.get("renewal_agreed") is None:
        order.insert(1, "renewal_agreed")
    missing = [name for name in order if values.get(name) in (None, (), {})]
    return tuple(Question(name, QUESTIONS[name]) for name in missing[:3])


def _read(said: Reading) -> ParsedNeed:
    kinds(said)
    purposes(said)
    renewal(said)
    guarantees(said)
    traits(said)
    read_amounts(said)
    simple_lists(said)
    places(said)
    read_rates(said)
    times(said)
    follow_on(said)
    marks = tuple(sorted(said.marks, key=lambda mark: (mark.span.start, mark.span.end, mark.field)))
    wants_money = bool(said.values.get("amount_low") is not None or asks_for_money(said))
    answer = intent.refusal(
        said.text,
        wants_money=wants_money,
        has_business=bool(
            {"equipment", "startup", "agriculture", "working_capital"} & set(said.values.get("purposes", ()))
            or said.values.get("industry_codes")
            or "sole_trader" in said.values.get("traits", {})
        ),
        has_trade=bool(said.values.get("industry_codes") or "sole_trader" in said.values.get("traits", {})),
        has_renewal="renewal" in said.values.get("purposes", ()),
    )
    if answer:
        return _answer(said.original, answer, said.values, marks)
    weight = weighed(said)
    if weight < ENOUGH:
        if weight == 0 and not wants_money:
            answer = intent.idle(said.text)
        else:
            answer = intent.ANSWERS[Reason.TOO_LITTLE]
        return _answer(said.original, answer, said.values, marks)
    return ParsedNeed(text=said.original, status=Status.MATCHED, marks=marks, **said.values)
