"""Every hard rule says over all products at once what it says of one product in words."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking import Catalogue, NeedFacts, ProductFacts
from matching.ranking.facts import RuleFacts
from matching.ranking.names import GUARANTEES, KINDS, PURPOSES, REPAYMENTS, SIZES, TRAITS
from matching.ranking.rules import RULES

DAY = date(2026, 6, 1)
PLACES = ("330000", "331100", "331123", "330800", "330803")
INDUSTRIES = ("A", "C", "13", "15", "153", "1530", "6434")


def some(values, most=2):
    return st.lists(st.sampled_from(sorted(values)), max_size=most, unique=True).map(tuple)


def maybe(strategy):
    return st.none() | strategy


amounts = st.sampled_from([Decimal(each) for each in (0, 100_000, 500_000, 3_000_000)])
rates = st.sampled_from([Decimal(each) for each in ("0", "3.45", "4.35", "6")])
months = st.sampled_from([1, 6, 12, 36])
days = st.integers(-2, 2).map(lambda number: DAY + timedelta(days=number))


@st.composite
def limits(draw, values):
    """(least, most), either may be missing."""
    low, high = draw(maybe(values)), draw(maybe(values))
    return (high, low) if low is not None and high is not None and high < low else (low, high)


@st.composite
def conditions(draw):
    kind = draw(
        st.sampled_from(["region", "industry", "size_class", "traits_all", "traits_any", "years", "revenue", "amount"])
    )
    words = {"region": PLACES, "industry": INDUSTRIES, "size_class": SIZES, "traits_all": TRAITS, "traits_any": TRAITS}
    if kind in words:
        return RuleFacts(kind, values=draw(some(words[kind], 3)) or (sorted(words[kind])[0],), text="条件")
    low, high = draw(limits(amounts))
    return RuleFacts(kind, minimum=low, maximum=high, text="条件")


@st.composite
def products(draw):
    amount, rate, term = draw(limits(amounts)), draw(limits(rates)), draw(limits(months))
    valid = draw(limits(days))
    return ProductFacts(
        key=1,
        name="某贷",
        kind=draw(st.sampled_from(sorted(KINDS))),
        purposes=draw(some(PURPOSES)),
        region_codes=draw(some(PLACES)),
        industry_codes=draw(some(INDUSTRIES)),
        size_classes=draw(some(SIZES)),
        amount_min=amount[0],
        amount_max=amount[1],
        rate_min=rate[0],
        rate_max=rate[1],
        term_min=term[0],
        term_max=term[1],
        guarantee_kinds=draw(some(GUARANTEES)),
        repayment_kinds=draw(some(REPAYMENTS)),
        valid_from=valid[0],
        valid_to=valid[1],
        rules=tuple(draw(st.lists(conditions(), max_size=2))),
    )


@st.composite
def needs(draw):
    amount = draw(limits(amounts))
    return NeedFacts(
        on=DAY,
        amount_low=amount[0],
        amount_high=amount[1],
        kinds=draw(some(KINDS)),
        kinds_refused=draw(some(KINDS, 1)),
        purposes=draw(some(PURPOSES)),
        guarantee_kinds=draw(some(GUARANTEES)),
        guarantee_refused=draw(some(GUARANTEES, 1)),
        traits=draw(st.dictionaries(st.sampled_from(sorted(TRAITS)), st.booleans(), max_size=4)),
        regions=draw(some(PLACES)),
        industry_codes=draw(some(INDUSTRIES)),
        size_class=draw(maybe(st.sampled_from(sorted(SIZES)))),
        years=draw(maybe(st.sampled_from([Decimal(0), Decimal(2), Decimal(500_000)]))),
        revenue=draw(maybe(amounts)),
        term_months=draw(maybe(months)),
        repayment_kinds=draw(some(REPAYMENTS)),
        renewal_agreed=draw(maybe(st.booleans())),
        rate_ceiling=draw(maybe(rates)),
    )


@settings(max_examples=400, deadline=None)
@given(needs(), products())
def test_outcome_over_all_is_the_outcome_in_words(need, product):
    catalogue = Catalogue([product])
    over_all = {rule.name: int(rule.over_all(need, catalogue)[0]) for rule in RULES}
    in_words = {rule.name: rule.in_words(need, product, catalogue.profiles[0])[0] for rule in RULES}
    assert over_all == in_words
