"""What can be pledged, what cannot, and what will not be."""

import re

from .clauses import clause
from .lexicon import Hit
from .reading import Reading

OWED = re.compile(r"[^,。;!?]{0,3}(?:没有?|未)(?:结|收|回|到|付|打|给|拿|入)")  # 运费还没结: owed, not lacking


def guarantees(said: Reading) -> None:
    nothing = [hit for hit in said.of("nothing") if hit.code == "collateral"]
    no_guarantor = [hit for hit in said.of("nothing") if hit.code == "guarantor"]
    offered, refused = [], []
    for hit in said.of("guarantees"):
        if hit in said.denials and not (hit.code == "receivable" and OWED.match(said.text[hit.end :])):
            refused.append(hit)
        elif hit.code == "real_estate" and _is_rented_or_wanted(said, hit):
            continue
        else:
            offered.append(hit)
    generic = {"抵押", "有抵押", "能抵押", "抵押物", "可以抵押", "抵押贷款", "有抵押物", "担保", "担保贷款"}
    specific = {hit.code for hit in offered if said.text[hit.start : hit.end] not in generic}
    if specific or nothing:
        # 专利抵押: the bare word 抵押 says how, not what.
        offered = [hit for hit in offered if said.text[hit.start : hit.end] not in generic]
    if nothing and any(hit.start < hit.end for hit in nothing):
        rented = {hit for hit in offered if hit.code == "real_estate" and _inside(said, hit, nothing)}
        offered = [hit for hit in offered if hit not in rented]
    codes = list(dict.fromkeys(hit.code for hit in offered))
    for hit in offered:
        said.mark("guarantee_kinds", hit.code, hit.start, hit.end)
    denied_codes = [code for code in dict.fromkeys(hit.code for hit in refused) if code not in codes]
    for hit in refused:
        if hit.code in denied_codes:
            said.mark("guarantee_refused", hit.code, hit.start, hit.end)
    if nothing:
        for hit in nothing:
            said.mark("guarantee_kinds", "credit", hit.start, hit.end)
        if "credit" not in codes:
            codes.append("credit")
        denied_codes += [code for code in ("real_estate",) if code not in codes and code not in denied_codes]
    if no_guarantor:
        for hit in no_guarantor:
            said.mark("guarantee_refused", "person", hit.start, hit.end)
        # 没有担保人 is a lack, which a guarantee company makes up for; 不找担保 turns it down, too.
        lacks = all(said.text[hit.start] not in "不无免" for hit in no_guarantor)
        extra = ("person",) if lacks else ("person", "guarantor")
        denied_codes += [code for code in extra if code not in codes and code not in denied_codes]
    if set(denied_codes) >= {"real_estate"} and "credit" not in codes and not codes:
        codes.append("credit")
    if codes:
        said.values["guarantee_kinds"] = tuple(codes)
    if denied_codes:
        said.values["guarantee_refused"] = tuple(denied_codes)


def _inside(said: Reading, hit: Hit, others: list[Hit]) -> bool:
    return any(other.start <= hit.start and hit.end <= other.end for other in others)


def _is_rented_or_wanted(said: Reading, hit: Hit) -> bool:
    """租厂房, 买厂房, 扩厂房: not something one has to pledge."""
    left, right = clause(said.text, hit.start, hit.end)
    before, after = said.text[max(left, hit.start - 5) : hit.start], said.text[hit.end : right]
    return bool(
        re.search(r"(?:租|买|建|盖|造|扩|新|装修|改造|翻新|搬|上|拿|投)[^,。]{0,3}$", before)
        or re.match(
            r"(?:的)?(?:屋顶|楼顶|顶上|顶棚)|[^,。]{0,3}(?:租|改造|装修|扩建|翻新|扩|还没(?:证|办)|没证|没有证|租金)",
            after,
        )
    ) and not re.search(r"抵押", before + after[:6])
