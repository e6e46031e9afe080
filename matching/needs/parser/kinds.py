"""What is wanted: kinds of product, purposes, and whether the bank renews a loan that falls due."""

import re

from .clauses import clause
from .lexicon import Hit
from .reading import Reading

ALOUD = re.compile(r"(?:贴息|补贴|补助)[^,。;!?]{0,8}(?:贷|借)")
CARRIED = re.compile(
    r"垫|周转(?:过去|一下|几天|\d|[一二三四五六七八九十])|转一下|倒一下|过渡|先还上|先还掉|先还了|借来还|借钱还|帮忙还|凑不齐"
)


def kinds(said: Reading) -> None:
    refused = list(said.of("kinds_refused")) + [
        hit for hit in said.of("kinds") if hit in said.denials and len(said.text[hit.start : hit.end]) > 1
    ]
    refused = [hit for hit in refused if not _is_past(said, hit)]
    wanted = [hit for hit in said.affirmed("kinds") if not _is_past(said, hit) and not _is_held(said, hit)]
    denied_kinds = {hit.code for hit in refused}
    wanted = [hit for hit in wanted if hit.code not in denied_kinds or hit.code not in {"loan", "equity"}]
    codes = {hit.code for hit in wanted}
    if "loan" in codes and {"equity", "insurance", "bridging", "guarantee", "subsidy", "grant"} & codes:
        # 不想背债，找股权: the plain word 贷 or 借 beside a more telling one says little.
        wanted = [hit for hit in wanted if hit.code != "loan" or hit.end - hit.start > 2]
    if ALOUD.search(said.text) and "loan" in codes and "subsidy" in {hit.code for hit in wanted}:
        # 有贴息的创业贷款: a loan, and a cheap one.
        wanted = [hit for hit in said.affirmed("kinds") if hit.code not in {"subsidy"} and not _is_past(said, hit)]
    said.set_codes("kinds", wanted)
    said.set_codes(
        "kinds_refused", [hit for hit in refused if hit.code in {"loan", "equity", "guarantee", "insurance"}]
    )


def _is_past(said: Reading, hit: Hit) -> bool:
    """没贷过款, 贷款下个月到期, 之前贷了: speaks of another loan than the one wanted."""
    around = said.text[hit.end : hit.end + 10]
    before = said.text[max(0, hit.start - 6) : hit.start]
    return (
        bool(
            re.match(r"(?:款)?(?:过|了\d|快?到期|[^,。]{0,6}到期|余额|还没|没还|利息高)", around)
            or re.search(
                r"(?:没|原来的?|之前|以前|现有|老|旧|笔|还|上次|去年|第一次|头一次|头一回|从来没|从没)(?:的|在银行|跟银行|向银行)?$",
                before,
            )
        )
        and hit.code == "loan"
    )


def _is_held(said: Reading, hit: Hit) -> bool:
    """投保了出口信用险, 凭保单融资: an insurance that there is already."""
    if hit.code != "insurance":
        return False
    before, after = said.text[max(0, hit.start - 6) : hit.start], said.text[hit.end : hit.end + 6]
    return bool(
        (
            re.search(
                r"(?:投保了|[买上投参]了|已投保?|已经[买上投]|凭|用|拿)[^,。;!?]{0,4}$",
                before + said.text[hit.start : hit.end][:1],
            )
            and not re.search(r"想|要", before[-2:])
        )
        or re.match(r"[^,。;!?]{0,2}(?:融资|质押|贷款|抵押)", after)
        or (said.text[hit.start : hit.end] in {"投保", "参保"} and after.startswith("了"))
    )


BILL = re.compile(r"承兑|汇票|银票|商票|电票|贴现")


def _is_of_a_bill(said: Reading, hit: Hit) -> bool:
    """承兑还有五个月到期: a bill falls due, not a loan."""
    return bool(
        hit.code == "renewal"
        and re.search(r"到.{0,4}期", said.text[hit.start : hit.end])
        and BILL.search(said.text)
        and not re.search(r"贷款|续贷|转贷|过桥", said.text)
    )


PAST_SPENDING = re.compile(r"(?:去年|前年|上次|之前|以前|早先|刚刚?)[^,。;!?]{0,8}$")


def _is_past_purpose(said: Reading, hit: Hit) -> bool:
    """去年装修花了二十万: what money was spent on before; 开面馆的: what there is already."""
    left, right = clause(said.text, hit.start, hit.end)
    before, after = said.text[left : hit.start], said.text[hit.end : right]
    if (
        hit.code in {"equipment", "startup", "rnd"}
        and PAST_SPENDING.search(before)
        and re.search(r"了", before[-4:] + after[:8])
    ):
        return True
    word = said.text[hit.start : hit.end]
    return (
        hit.code == "startup"
        and word[0] in "开办"
        and bool(
            re.match(
                r"的(?!钱|资金|费用|时候|话|启动|贷款)|[^,。;!?]{0,2}了?[\d一二两三四五六七八九十几多]+年|好几年|多年",
                after,
            )
            or re.search(r"(?:以前|一直|现在|目前|在)[^,。;!?想要]{0,6}$", before)
        )
    )


def purposes(said: Reading) -> None:
    hits = [
        hit for hit in said.affirmed("purposes") if not _is_past_purpose(said, hit) and not _is_of_a_bill(said, hit)
    ]
    if "insurance" not in said.values.get("kinds", ()) and any(_is_held(said, hit) for hit in said.affirmed("kinds")):
        hits = [hit for hit in hits if hit.code != "risk"]
    turned_down = set(said.values.get("kinds_refused", ())) - set(said.values.get("kinds", ()))
    hits = [hit for hit in hits if not (hit.code == "equity" and "equity" in turned_down)]
    hits = [hit for hit in hits if not (hit.code == "risk" and "insurance" in turned_down)]
    codes = {hit.code for hit in hits}
    # 保障 or 台风 beside a wish for money names a circumstance, 保险 names the wish.
    if (
        len(codes) > 1
        and "risk" in codes
        and "insurance" not in said.values.get("kinds", ())
        and re.search(r"借|贷|融资|资金|周转|额度|缺|卖断|买断|变现|保理", said.text)
    ):
        hits = [hit for hit in hits if hit.code != "risk"]
    said.set_codes("purposes", hits)


def renewal(said: Reading) -> None:
    agreed = [hit for hit in said.of("renewal") if hit.code == "agreed"]
    refused = [hit for hit in said.of("renewal") if hit.code == "refused"]
    if refused:
        said.values["renewal_agreed"] = False
        said.mark("renewal_agreed", False, refused[0].start, refused[0].end)
        return
    for hit in agreed:
        around = said.neutral[max(0, hit.start - 5) : hit.start]
        # A wish or a question is no promise: 银行能续吗, 希望能续.
        asks = re.match(r"[^,。;!]{0,4}(?:吗|么|\?|不知|没$)", said.neutral[hit.end :]) or re.search(
            r"(?:希望|想|能不能|可不可以|是否|○○○|不|没|还没|未)[^,。]{0,2}$", around
        )
        if not asks:
            said.values["renewal_agreed"] = True
            said.mark("renewal_agreed", True, hit.start, hit.end)
            return


def follow_on(said: Reading) -> None:
    """What follows from what was said."""
    purposes = list(said.values.get("purposes", ()))
    kinds = list(said.values.get("kinds", ()))
    if "equity" in kinds and "equity" not in purposes:
        purposes.append("equity")
    if "insurance" in kinds and "risk" not in purposes:
        purposes.append("risk")
    if (
        "renewal" in purposes
        and "bridging" not in kinds
        and "no_principal_renewal" not in said.values.get("repayment_kinds", ())
        and said.values.get("renewal_agreed") is not False
        and CARRIED.search(said.text)
    ):
        kinds.append("bridging")
    if "bridging" in kinds and "renewal" not in purposes:
        purposes.append("renewal")
    if said.values.get("matures_on") and "renewal" not in purposes and not BILL.search(said.text):
        purposes.append("renewal")
    if "loan" in said.values.get("kinds_refused", ()) and not kinds and "risk" in purposes:
        kinds.append("insurance")
    if "loan" in said.values.get("kinds_refused", ()) and not kinds and {"equity", "rnd", "startup"} & set(purposes):
        kinds.append("equity")
    if purposes:
        said.values["purposes"] = tuple(purposes)
    if kinds:
        said.values["kinds"] = tuple(kinds)
