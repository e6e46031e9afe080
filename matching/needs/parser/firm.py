"""What the firm is and where: traits, trade, size, places; and how it would pay back."""

import re

from matching.places import covers

from .clauses import denied
from .lexicon import Hit
from .reading import Reading


def traits(said: Reading) -> None:
    traits: dict[str, bool] = {}
    for hit in said.of("traits"):
        if _is_asked_about(said, hit):
            continue
        if hit.code == "first_loan":
            # 没贷过款 holds its own 没.
            yes = not re.search(r"(?:不是|并非|早就不是)$", said.text[max(0, hit.start - 3) : hit.start])
        else:
            yes = hit not in said.denials
        if (
            yes
            and hit.code in {"tech_sme", "talent"}
            and re.match(r"局|部|厅|市场|招聘|短缺|难招", said.text[hit.end :])
        ):
            continue
        if yes and re.search(
            r"(?:想|准备|打算|正在|计划|争取)(?:评|申报|申请|认定|成为|搞|拿)[^,。]{0,3}$",
            said.text[max(0, hit.start - 8) : hit.start],
        ):
            yes = False  # still to come
        if traits.get(hit.code) is not None and traits[hit.code] != yes and not yes:
            continue
        traits[hit.code] = yes
        said.mark("traits", (hit.code, yes), hit.start, hit.end)
    for hit in said.of("traits_no"):
        if traits.get(hit.code) is None:
            traits[hit.code] = False
            said.mark("traits", (hit.code, False), hit.start, hit.end)
    if traits:
        said.values["traits"] = traits


def _is_asked_about(said: Reading, hit: Hit) -> bool:
    """什么是首贷户, 首贷户是什么意思: a question about the word says nothing of the firm."""
    return bool(
        re.search(r"(?:什么|啥)(?:是|叫|样的?(?:算|才算)?)$", said.text[max(0, hit.start - 6) : hit.start])
        or re.match(
            r"(?:企业)?(?:是|指|算)?(?:什么|啥)(?:意思|$|[,。;!?啊呀呢])|(?:企业)?(?:怎么|如何)(?:认定|评|申报|申请认定)",
            said.text[hit.end :],
        )
    )


def simple_lists(said: Reading) -> None:
    said.set_codes("industry_codes", said.affirmed("industries"))
    said.set_codes(
        "repayment_kinds",
        [hit for hit in said.of("repayments") if hit not in said.denials or hit.code == "no_principal_renewal"],
    )
    for hit in said.affirmed("sizes"):
        if said.values.get("size_class") is None:
            said.values["size_class"] = hit.code
            said.mark("size_class", hit.code, hit.start, hit.end)
    revolving = None
    for hit in said.of("revolving"):
        wanted = hit.code == "wanted" and hit not in said.denials
        if revolving is None or not wanted:
            revolving = wanted
        said.mark("revolving", wanted, hit.start, hit.end)
    if revolving is not None:
        said.values["revolving"] = revolving


def places(said: Reading) -> None:
    found = []
    for start, end, code in said.gazetteer.find(said.meant):
        if denied(said.neutral, start, end):
            continue
        left = said.text[max(0, start - 3) : start]
        right = said.text[end : end + 4]
        if re.search(r"(?:卖到|发往|销往|运到|出口|发到)$", left) or re.match(
            r"的?(?:客户|市场|老板|银行|农商|供应商|订单)", right
        ):
            continue
        found.append((start, end, code))
    codes = [code for _start, _end, code in found]
    # 舟山定海: the county says more than its city.
    kept = [
        (start, end, code)
        for start, end, code in found
        if not any(other != code and covers(code, other) for other in codes)
    ]
    if kept:
        said.values["regions"] = tuple(dict.fromkeys(code for _start, _end, code in kept))
        for start, end, code in kept:
            said.mark("regions", code, start, end)
