"""Clauses of a sentence, and whether a word in one of them is denied."""

import re

BREAK = re.compile(r"[,。;!?\n:…、)(]|\.(?!\d)|(?<![\da-z]) (?![\da-z])|但是?|不过|可是|只是|然而|所以|因为")
# Questions that merely contain a 不 or 没; and words that contain one without denying anything.
NEUTRAL = re.compile(
    r"有没有|能不能|是不是|可不可以|要不要|会不会|行不行|用不用|需不需要|有无|要不然?|不知道?|不过|不好意思|不光|不仅|不但|不只|不然|不断|不错|不少|没问题|差不多|不得不|不管|不论|非常|无论|没想到|来不及|等不及|等不起|不够|不足|别人|别的|特别|个别|无人机|不动产|无缝|非遗|非标|不锈钢|非公"
)
NEGATOR = re.compile(
    r"(?:不想|不要|不用|不需要?|不必|没有|没|无需|无|不是|别|非|不考虑|不打算|不愿意?|不做|不具备|未|拒绝|不能|不接受|不算|不敢|不准备|不属于|不靠|不找|谈不上|没能|不喜欢|怕|讨厌)"
    r"(?:再|去|找|搞|弄|做|用|拿|走|什么|啥|任何|要|是|有|被|认定为?|评上?|拿到|办|过|让|背|上|个|这种|那种|的|把|申请|考虑|能|可以|一个|自己|自己的|人|来|搭|增加|多余|其他|别的){0,3}$"
)
_FILLER = r"(?:这块|方面|证书|资质|称号|企业|的话|呢|啊|我们?|倒|倒是|暂时|目前|现在|也|都|还|就|一样|是)"
_NONE = r"(?:没有|没评上|没拿到|没办|没有评|不是|没做|没搞|还没|不要|不需要|不用|不考虑|就?算了|免了|没戏|不行|没申请|没认定)"
# Beyond a comma the no is about what was named only if nothing else follows it: "专利，没有。" but not "随借随还，没有抵押".
DENIED_AFTER = re.compile(
    rf"^{_FILLER}{{0,4}}(?:{_NONE}(?!.{{0,2}}(?:问题|到期)|(?:过|任何|其他|别的|什么|啥)?(?:抵押|担保|贷|借|房|厂|欠|逾期|人|东西|钱|资产|质押|征信|不良|负债))|,{_FILLER}{{0,3}}{_NONE}(?:的|了|啊|呢)?(?=$|[,。;!?\n]))"
)
JOINED = re.compile(r"^(?:和|或者?|跟|与|及|以及|、|,也没有?|,也不|也没有?|,没有?|也不想?)$")


def neutral(text: str) -> str:
    """The same text with neutral 不 and 没 blanked out; the length stays."""
    return NEUTRAL.sub(lambda found: "○" * len(found[0]), text)


def breaks(text: str) -> list[int]:
    return [0, *(found.end() for found in BREAK.finditer(text)), len(text) + 1]


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) of the clause around a place, without its punctuation."""
    left = 0
    for found in BREAK.finditer(text, 0, start):
        left = found.end()
    after = BREAK.search(text, end)
    return left, after.start() if after else len(text)


def denied(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is denied: 不用X, 没有X, X没有. `text` as `neutral` gives it."""
    left, _right = clause(text, start, end)
    if NEGATOR.search(text[max(left, start - 10) : start]):
        return True
    return bool(DENIED_AFTER.match(text[end : end + 12]))
