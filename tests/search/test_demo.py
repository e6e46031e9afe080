"""Judged queries over the products that the demo loads."""

import pytest

from search.queries import find, find_everywhere, hits

JUDGED = {
    "惠担贷": {"惠担贷"},
    "惠擔貸": {"惠担贷"},
    "hdd": {"惠担贷"},
    "ＨＤＤ": {"惠担贷"},
    "huidandai": {"惠担贷"},
    "惠单贷": {"惠担贷"},
    "取水": {"取水贷"},
    "取水代": {"取水贷"},
    "qsd": {"取水贷"},
    "担贷": {"惠担贷", "农担贷", "衢担贷"},
    "舟山 转贷": {"应急转贷资金"},
    "过桥": {"应急转贷资金"},
    "过侨": {"应急转贷资金"},
    "无还本": {"无还本续贷"},
    "首贷": {"首贷户贴息贷款"},
    "想找个随借随还的": {"惠担贷"},
    "保费补贴": {"科技保"},
    "xiaoweidai": {"小微贷", "民营小微贷"},
    "天使": {"天使基金"},
    "茶叶": {"农担贷"},
}


@pytest.mark.django_db
def test_judged_queries_over_the_demo_products():
    from accounts import demo as people
    from catalogue import demo as catalogue

    people.load()
    catalogue.load()
    missed = {}
    for typed, wanted in JUDGED.items():
        titles = ["".join(mark.text for mark in hit.title) for hit in hits(find("product", typed))]
        if not wanted <= set(titles[: len(wanted) + 2]):
            missed[typed] = titles[:5]
    assert missed == {}
    assert find_everywhere("火锅底料").total == 0
