"""Sentences of the ranking in the language of the page; what is kept is Chinese."""

from datetime import date
from decimal import Decimal

from django.utils import translation

from matching import matcher
from matching.ranking import Catalogue, NeedFacts, ProductFacts, RuleFacts, rank
from matching.ranking.wording import Language, speaking

DAY = date(2026, 11, 25)
PRODUCT = ProductFacts(
    key=1,
    name="某贷",
    purposes=("working_capital",),
    amount_max=Decimal(1_000_000),
    guarantee_kinds=("credit",),
    promised_days=3,
    rules=(RuleFacts("traits_any", ("high_tech",), text="100% 须是高新技术企业"),),
)
NEED = NeedFacts(
    on=DAY, purposes=("working_capital",), amount_low=Decimal(500_000), amount_high=Decimal(500_000),
    guarantee_kinds=("credit",),
)  # fmt: skip


def marked(sentence: str) -> str:
    return f"<{sentence}>"


def test_every_sentence_goes_through_the_translator():
    language = Language(marked, lambda value: f"{value:.0f} yuan", ", ".join)
    with speaking(language):
        found = rank(NEED, Catalogue([PRODUCT]))
    (result,) = found.results
    said = [*result.reasons, *result.fails, *result.unknown, *(each.sentence for each in result.checks)]
    assert [each for each in said if not each.startswith("<")] == []
    assert "<最高 1000000 yuan，够您要的 500000 yuan>" in said
    assert found.question.text == "<您的企业是不是<高新技术企业>？>"


def test_language_ends_with_the_block():
    with speaking(Language(marked, str, ", ".join)):
        pass
    assert "最高 100 万元，够您要的 50 万元" in rank(NEED, Catalogue([PRODUCT])).results[0].reasons


def test_page_in_english_counts_in_yuan_and_what_is_kept_stays_chinese():
    with translation.override("en"):
        with speaking(matcher.TRANSLATED):
            spoken = rank(NEED, Catalogue([PRODUCT])).results[0].checks
        kept = rank(NEED, Catalogue([PRODUCT])).results[0].checks
    amounts = [[each.sentence for each in checks if each.rule == "amount"] for checks in (spoken, kept)]
    assert "500,000" in amounts[0][0]
    assert amounts[1] == ["最高 100 万元，够您要的 50 万元"]
