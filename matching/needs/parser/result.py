"""What is understood of one sentence. Codes are those of the catalogue's and accounts' choices, as plain strings."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    MATCHED = "matched"  # understood: go and match
    ASK = "ask"  # too little said: put `questions`
    DECLINED = "declined"  # not served here: show `reason`
    ROUTED = "routed"  # someone else's task: show `reason`, lead to `route`


class Reason(StrEnum):
    """Why a sentence is not matched; "" when it is."""

    NONE = ""
    TOO_LITTLE = "too_little"
    NOT_CHINESE = "not_chinese"
    INSTRUCTION = "instruction"  # text that gives orders to a machine
    ABUSE = "abuse"
    TOO_LONG = "too_long"
    OFF_TOPIC = "off_topic"
    PERSONAL = "personal"  # a home, a car, a wedding: not a firm's need
    SPECULATION = "speculation"
    ONLINE_LOAN = "online_loan"
    GAMBLING = "gambling"
    FAVOUR = "favour"  # 包过, money for a decision
    UNLAWFUL = "unlawful"  # forged papers, false contracts, lending on
    COMPLAINT = "complaint"
    LISTING = "listing"
    ADVICE = "advice"  # a question for an advisor, not for a product
    REPAYMENT_TROUBLE = "repayment_trouble"


class Route(StrEnum):
    NONE = ""
    COMPLAINT = "complaint"
    ADVISOR = "advisor"


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end] == words` in the original text."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One value that was read, and from which words. `field` is the name of the attribute of ParsedNeed;
    `value` one code of a list, (code, yes/no) for traits, (low, high) for the amount."""

    field: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class OtherAmount:
    """An amount that was said but is not what is asked for. 元."""

    role: str  # revenue | valuation | order | collateral | premium | own_funds | existing_loan | fee | other
    low: Decimal
    high: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask back: `field` is the attribute of ParsedNeed that the answer fills."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedNeed:
    """`None` and empty mean: not said. Amounts 元, rates % a year, terms months."""

    text: str
    status: Status
    reason: str = ""  # one polite sentence unless matched
    reason_code: Reason = Reason.NONE
    route: Route = Route.NONE
    questions: tuple[Question, ...] = ()
    amount_low: Decimal | None = None
    amount_high: Decimal | None = None
    kinds: tuple[str, ...] = ()  # product kinds wanted: ProductKind
    kinds_refused: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()  # Purpose
    guarantee_kinds: tuple[str, ...] = ()  # GuaranteeKind that can be offered; ("credit",) = has nothing to pledge
    guarantee_refused: tuple[str, ...] = ()  # cannot or will not be offered
    traits: dict[str, bool] = field(default_factory=dict)  # Trait → yes or no
    regions: tuple[str, ...] = ()  # GB/T 2260, six digits
    industry_codes: tuple[str, ...] = ()  # GB/T 4754: section letter or digits
    size_class: str | None = None  # SizeClass
    term_months: int | None = None
    days: int | None = None  # for how many days the money is used
    within_days: int | None = None  # by when it must be there; 0 = today
    revolving: bool | None = None  # 随借随还: wanted, refused, not said
    repayment_kinds: tuple[str, ...] = ()  # RepaymentKind wanted
    matures_on: date | None = None  # of the existing loan
    renewal_agreed: bool | None = None  # the bank agreed to renew it
    rate_ceiling: Decimal | None = None  # % a year
    years: Decimal | None = None  # since the firm was founded
    revenue: Decimal | None = None  # 元 a year
    valuation: Decimal | None = None  # 元
    other_amounts: tuple[OtherAmount, ...] = ()
    marks: tuple[Mark, ...] = ()  # in the order of the text
