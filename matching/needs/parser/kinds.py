"""What is wanted: kinds of product, purposes, and whether the bank renews a loan that falls due."""

import re

from .lexicon import Hit
from .reading import Reading


def kinds(said: Reading) -> None:
    refused = list(said.of("kinds_refused")) + [
        hit for hit in said.of("kinds") if hit in said.denials and len(said.text[hit.start : hit.end]) > 1
    ]
    refused = [hit for hit in refused if not _is_past(said, hit)]
    wanted = [hit for hit in said.affirmed("kinds") if not _is_past(said, hit)]
    codes = {hit.code for hit in wanted}
    if "loan" in codes and {"equity", "insurance", "bridging", "guarantee", "subsidy", "grant"} & codes:
        # 不想背债，找股权: the plain word 贷 or 借 beside a more telling one says little.
        wanted = [hit for hit in wanted if hit.code != "loan" or hit.end - hit.start > 2]
    denied_kinds = {hit.code for hit in refused}
    wanted = [hit for hit in wanted if hit.code not in denied_kinds or hit.code != "loan"]
    wanted = [hit for hit in wanted if not (hit.code in denied_kinds and hit.code == "equity")]
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


def purposes(said: Reading) -> None:
    hits = said.affirmed("purposes")
    codes = {hit.code for hit in hits}
    # 保障 or 台风 beside a wish for money names a circumstance, 保险 names the wish.
    if (
        len(codes) > 1
        and "risk" in codes
        and "insurance" not in said.values.get("kinds", ())
        and re.search(r"借|贷|融资|资金|周转|额度|缺", said.text)
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
    if "bridging" in kinds and "renewal" not in purposes:
        purposes.append("renewal")
    if said.values.get("matures_on") and "renewal" not in purposes:
        purposes.append("renewal")
    if "loan" in said.values.get("kinds_refused", ()) and not kinds and {"equity", "rnd", "startup"} & set(purposes):
        kinds.append("equity")
    if purposes:
        said.values["purposes"] = tuple(purposes)
    if kinds:
        said.values["kinds"] = tuple(kinds)
