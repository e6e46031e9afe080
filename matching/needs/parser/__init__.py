"""From one Chinese sentence to the facts of a financing need. Imports no Django.

    parsed = parse("想借五十来万周转，没抵押，用几天还几天", today=date.today())
    parsed.status, parsed.amount_low, parsed.revolving, parsed.marks

Rooms: `result` (what comes out), `numbers` and `dates` (how people say amounts, rates, terms and days), `lexicon` (words →
codes, as data), `gazetteer` (places), `reading` (a sentence while it is read); what words and numbers stand for in it:
`kinds`, `guarantees`, `firm`, `figures` with `amounts`, `times`; `enough` and `intent` (is it a need, and said fully enough?).
"""

from .api import parse
from .gazetteer import Gazetteer, built_in_names
from .result import Mark, OtherAmount, ParsedNeed, Question, Reason, Route, Span, Status

__all__ = [
    "Gazetteer",
    "Mark",
    "OtherAmount",
    "ParsedNeed",
    "Question",
    "Reason",
    "Route",
    "Span",
    "Status",
    "built_in_names",
    "parse",
]
