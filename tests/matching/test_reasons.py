"""Sentences beside a result say what the source states and no more."""

from datetime import date
from decimal import Decimal

from matching.needs.parser import parse
from matching.ranking import Catalogue, NeedFacts, ProductFacts, Ranking, rank

DAY = date(2026, 11, 25)


def ranked(text: str, **product) -> Ranking:
    facts = ProductFacts(key=1, **({"name": "甲产品", "purposes": ("working_capital",)} | product))
    return rank(NeedFacts.of(parse(text, today=DAY), on=DAY), Catalogue([facts]))


def test_product_with_a_guarantee_company_promises_nothing_about_collateral():
    (found,) = ranked("借50万进货，没抵押物", guarantee_kinds=("guarantor",)).results
    assert "可以由担保公司担保" in found.reasons
    assert [each for each in found.reasons if "抵押" in each] == []


def test_word_of_the_text_is_not_called_a_fit():
    (found,) = ranked("海归博士办的公司，要50万周转", summary="大赛、基金、人才协同").results
    assert "介绍里提到人才企业" in found.reasons


def test_days_are_not_called_cheap():
    (found,) = ranked("借50万周转，用10天", repayment_kinds=("revolving",)).results
    assert "支持随借随还，可以只用 10 天" in found.reasons


def test_change_for_one_kind_of_guarantee_and_for_several():
    for kinds, words in ((("real_estate",), "能提供就符合"), (("real_estate", "equipment"), "能提供其中一种就符合")):
        (nearly,) = ranked("借50万周转，没抵押物", guarantee_kinds=kinds).nearly
        assert nearly.change.split("；")[1] == words


def test_change_for_too_much_asked():
    (nearly,) = ranked("借500万周转，厂房可抵押", amount_max=Decimal(3_000_000)).nearly
    assert nearly.change == "最高 300 万元，您要 500 万元；把金额减到 300 万元以内，或分两家办理，就符合"


def test_name_inside_a_longer_word_was_not_said():
    for text, named in (("买了科技保险，政府补保费吗", False), ("科技保怎么投保", True)):
        (found,) = ranked(text, name="科技保", kind="insurance", purposes=("risk",)).results
        assert ("您提到的正是这个产品" in found.reasons) is named, text
