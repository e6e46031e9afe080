"""`parse`: the one entry of the parser."""

from datetime import date

from .gazetteer import Gazetteer
from .result import ParsedNeed, Question, Reason, Status


def parse(text: str, *, today: date, gazetteer: Gazetteer | None = None) -> ParsedNeed:
    """`text` as it was typed. Never raises on any text; a long one ends in bounded time.

    `today` resolves 下个月20号. `gazetteer`: names of places; the built-in one unless given.
    """
    return ParsedNeed(
        text=text,
        status=Status.ASK,
        reason="请再说具体一点。",
        reason_code=Reason.TOO_LITTLE,
        questions=(Question("amount_low", "大概需要多少钱？"), Question("purposes", "这笔钱打算用来做什么？")),
    )
