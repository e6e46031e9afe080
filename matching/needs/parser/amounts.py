"""Which of the amounts in a sentence is the one asked for, and what the others are."""

import re
from dataclasses import dataclass
from decimal import Decimal

from .clauses import BREAK
from .lexicon import Lexicon
from .numbers import DIGITS, Money, money

STRONG = re.compile(r"还差|缺口|缺|差|借|贷|融资|融|周转|过桥|转贷|申请|额度|募|改成|应该是|改为|保额|加到|提高到")
PAST = re.compile(
    r"(?:之前|以前|去年|前年|上次|已经|原来|原先|曾经|早先|还有|手上有|名下有|背着|现有|在[^,。]{0,6}银行)[^,。;!?]{0,8}$"
)
BUYING = re.compile(r"(?:买|购|换|添|上|进|置|要|需|造|建|盖|收)[^,。;!?]{0,4}$")
NOT_ENOUGH = re.compile(
    r"^(?:块|元)?(?:是|肯定|根本|都|还)?(?:不够|太少|不行|太低|少了|太多|多了|用不了|不需要|就不用|不是)"
)
FIRST_THOUGHT = re.compile(
    r"(?:先说|本来|原本|原先想|原来想|原来打算|起初|开始(?:是)?(?:想|打算|准备)|刚开始|一开始|开始说|开头说|先前说|之前说|前面说|上次说|刚才说)[^,。;!?]{0,6}$"
)
SECOND_THOUGHT = re.compile(r"后来|还是|现在|算了算|想了想|算下来|不够|太多|太少|用不了|够了|再想|改|应该|估计|得")
GRANTED = re.compile(
    r"(?:想|要|申请|求|找|寻|争取|拿|希望|需要|批|报)[^,。;!?]{0,5}(?:补贴|补助|拨款|资助|支持|奖励|扶持)[^,。;!?]{0,2}$"
)
PAPER = re.compile(r"的?(?:银行|商业|电子)?(?:承兑|汇票|票据|商票|银票|电票)|(?:银行|商业|电子)?(?:承兑)?汇票")
DUE = re.compile(
    r"(?:交|付|发|结|缴|收|催)(?:了)?(?:[^,。;!?]{0,3})(?:房租|租金|工资|电费|水电费?|学费|保证金|押金|定金|货款|税)[^,。;!?]{0,2}$"
)
HAS_PART = re.compile(r"[,。;、]?(?:我们?)?(?:自己|自有|自筹|手[头里上]|账上|能拿|凑得?出|已经?有)")
SHARE = re.compile(
    r"(?P<whose>自己|自有|自筹|自付|首付|先付|已付|手头|手上|垫)[^,。;!?\d一二三四五六七八九]{0,4}(?P<tenths>[一二三四五六七八九])成(?P<half>半)?|(?P<whose2>自己|自有|自筹|自付|首付|先付|已付)[^,。;!?\d]{0,4}(?P<percent>\d{1,2})%|(?P<whose3>自己|自有|自筹)[^,。;!?]{0,4}一半"
)
LENT = re.compile(
    r"(?:贷|借|融|拿|放款?)(?:款|个|到|出来?)?(?P<tenths>[一二三四五六七八九])成(?P<half>半)?|(?P<tenths2>[一二三四五六七八九])成(?P<half2>半)?(?:[想要靠]?贷款|用贷款|靠贷款|贷)"
)
WRONG = re.compile(r"(?:不是|不要|不用|别给我|不止|不只)(?:借|贷|要|说)?(?:大概|那个|什么)?$")
CORRECTION = re.compile(r"哦不|噢不|不对|说错|打错|写错|更正|纠正|改成|改为|应该是|搞错|口误|不好意思.{0,2}是|等等")
RAISED = re.compile(r"^(?:的?额度)?(?:想|要)?(?:提高?|加|增加?|涨|升|调)(?:到|至|成)")
UP_TO = re.compile(r"最多|最高|或者|或|到|顶多|能到|上限|最好|能有")
REST = re.compile(r"剩下|余下|其余|剩余|剩的|差额|不足部分")
AT_LEAST = re.compile(r"最少|至少|起码|先")
DENIES_OWN = re.compile(r"没有?|缺|差|不够|才")
LEAST = 100  # 元; less is the price of something: 猪价六块多
BARE_CUE = re.compile(
    r"(?:借|贷|融|缺|差|搞|弄|批|周转|拿)(?:款|个|到|点|上|我|给我|的话|出|出来|一?笔)?(?:大概|差不多|个|约)?$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    money: Money
    role: str
    strong: bool = False


def amounts(text: str, lexicon: Lexicon) -> list[Amount]:
    """Every amount in `text` (already `plain`) with its role. Lone numbers count only after 借, 贷 and the like."""
    found = sorted(money(text), key=lambda each: each.start)
    result: list[Amount] = []
    before = 0
    for place, each in enumerate(found):
        after = found[place + 1].start if place + 1 < len(found) else len(text)
        left = text[max(before, each.start - 16) : each.start]
        amount = _money(each, left)
        if amount is None:
            continue
        result.append(_role(text, amount, before, after, lexicon))
        before = each.end
    return result


def _money(each: Money, left: str) -> Money | None:
    if each.said == "full":
        return each if each.high >= LEAST else None
    if each.said == "bare":
        if each.low >= 10_000:
            return each if each.low % 100 == 0 else None
        if not BARE_CUE.search(left) or not 1 < each.low <= 9000:
            return None
    elif not 3 <= each.low <= 9000 or not re.search(
        r"借|贷|融|缺|差|搞|弄|批|周转|拿|要|需|额度|用|想|款|来|筹|资金|转|桥|补", left
    ):
        return None
    return Money(each.start, each.end, each.low * 10_000, each.high * 10_000, each.said)  # 40个 is 40万


def _role(text: str, each: Money, before: int, after: int, lexicon: Lexicon) -> Amount:
    left = text[before : each.start]
    breaks = [found.end() for found in BREAK.finditer(left)]
    near = left[breaks[-1] :] if breaks else left
    stop = BREAK.search(text, each.end)
    right = text[each.end : min(after, stop.start() if stop else len(text), each.end + 22)]
    right = re.sub(r"^(?:左右|上下|来块|多|以内|以上|出头|的样子|这样|吧|啊)+", "", right)
    scores: list[tuple[float, str, bool]] = []
    for role, pattern in lexicon.left.items():
        last = _last(pattern, near[-16:])
        if last:
            gap = len(near[-16:]) - last.end()
            strong = role == "ask" and bool(STRONG.search(last[0]))
            scores.append((gap + 0.5 - 0.1 * len(last[0]), role, strong))
    for role, pattern in lexicon.right.items():
        found = pattern.match(right)
        if found:
            strong = role == "ask" and bool(re.search(r"周转|额度|过桥|转贷|缺口|贷|融资|保额|应急|救急", found[0]))
            bonus = 1.6 if found[0].startswith("的") or role in {"existing_loan", "receivable"} else 0.6
            scores.append((0.3 - bonus - 0.1 * len(found[0]), role, strong))
        elif role not in {"ask", "existing_loan"} and (found := pattern.search(right[:8])):
            scores.append((found.start() + 2.5, role, False))
    scores.sort(key=lambda score: (score[0], score[1] != "ask"))
    role, strong = (scores[0][1], scores[0][2]) if scores else ("", False)
    roles = {score[1] for score in scores}
    if role in {"order", "collateral", "other"} and right.startswith("的") and BUYING.search(near) and role != "order":
        role = "cost"
    if role == "ask" and _is_past(near):
        role, strong = "existing_loan", False
    if role == "own_funds" and DENIES_OWN.search(near[-3:]):
        role = "ask"
    if role == "ask" and "own_funds" in roles and re.search(r"(?:自己|手[头上里]|账上|卡里)[^,。]{0,3}$", near):
        role, strong = "own_funds", False
    if role in {"other", ""} and GRANTED.search(near):
        role, strong = "ask", True
    if (
        FIRST_THOUGHT.search(near)
        and SECOND_THOUGHT.search(text[each.end :])
        and re.search(r"\d|[一二三四五六七八九十百千]+万", text[each.end :])
    ):
        role, strong = "wrong", False
    if WRONG.search(near) or NOT_ENOUGH.match(right):
        role, strong = "wrong", False
    return Amount(each, role or "", strong)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for each in pattern.finditer(text):
        found = each
    return found


def _is_past(near: str) -> bool:
    """之前在农行贷了(50万): speaks of a loan that there is already."""
    if re.search(r"(?:贷|借)了$", near):
        return True
    return bool(
        PAST.search(near)
        and re.search(r"(?:贷了?|借了?|欠)[^,。]{0,3}$", near)
        and not re.search(r"想|要|再", near[-4:])
    )


def asked(found: list[Amount], text: str, *, has_renewal: bool) -> tuple[Decimal, Decimal, list[Amount]] | None:
    """(low, high, the amounts it was read from), or None if no amount is asked for."""
    wishes = [each for each in found if each.role in {"ask", ""}]
    if part := _share(found, wishes, text):
        return part
    if not wishes:
        own = next((each for each in found if each.role == "own_funds"), None)
        total = next((each for each in found if each.role == "cost"), None)
        if total is None and own and REST.search(text):
            total = next((each for each in found if each.role in {"other", "order"}), None)
        if total:
            if own and own.money.high < total.money.low:
                return total.money.low - own.money.high, total.money.high - own.money.low, [total, own]
            return total.money.low, total.money.high, [total]
        if has_renewal:
            loans = [each for each in found if each.role == "existing_loan"]
            if loans and own and own.money.high < loans[-1].money.low:
                return loans[-1].money.low - own.money.high, loans[-1].money.high - own.money.low, [loans[-1], own]
            if loans:
                return loans[-1].money.low, loans[-1].money.high, [loans[-1]]
        bills = [each for each in found if PAPER.search(text[max(0, each.money.start - 10) : each.money.end + 8])]
        if bills and re.search(r"贴现|变现|换(?:成)?(?:现)?钱|兑现", text):
            return bills[0].money.low, bills[0].money.high, bills[:1]
        bills_due = [each for each in found if DUE.search(text[max(0, each.money.start - 8) : each.money.start])]
        if bills_due:
            return bills_due[-1].money.low, bills_due[-1].money.high, bills_due[-1:]
        bought = [
            each
            for each in found
            if each.role == "existing_loan"
            and re.search(r"按揭(?:款|贷款?)?$", text[max(0, each.money.start - 6) : each.money.start])
        ]
        if bought and re.search(r"[想要]?[买购]", text):
            return bought[-1].money.low, bought[-1].money.high, bought[-1:]
        wrong = [each for each in found if each.role == "wrong"]
        if wrong and len(found) == 1 and NOT_ENOUGH.match(text[wrong[0].money.end :]):
            return wrong[0].money.low, wrong[0].money.high, wrong
        return None
    chosen = next((each for each in wishes if each.strong), None)
    if chosen is None:
        chosen = next((each for each in wishes if each.role == "ask"), wishes[0])
        own = next((each for each in found if each.role == "own_funds"), None)
        total_said = re.search(r"总共|一共|总投资|合计|下来", text[max(0, chosen.money.start - 8) : chosen.money.start])
        after = text[chosen.money.end : own.money.start] if own and own.money.start > chosen.money.end else ""
        # 扩场要一百万，自己拿得出四十万: what is wanted costs that much.
        if own and len(after) <= 14 and HAS_PART.search(after):
            total_said = HAS_PART.search(after)
        if own and total_said and own.money.high < chosen.money.low:
            return chosen.money.low - own.money.high, chosen.money.high - own.money.low, [chosen, own]
    for later in wishes:
        if later.money.start > chosen.money.end:
            between = text[chosen.money.end : later.money.start]
            if CORRECTION.search(between) or RAISED.search(between):
                chosen = later
            elif len(between) < 10 and (
                UP_TO.search(between)
                or (
                    later.money.low > chosen.money.high
                    and AT_LEAST.search(text[max(0, chosen.money.start - 4) : chosen.money.start])
                    and UP_TO.search(between)
                )
            ):
                low, high = min(chosen.money.low, later.money.low), max(chosen.money.high, later.money.high)
                return low, high, [chosen, later]
    return chosen.money.low, chosen.money.high, [chosen]


def _share(found: list[Amount], wishes: list[Amount], text: str) -> tuple[Decimal, Decimal, list[Amount]] | None:
    """总共要100万，自己出三成: what is left of the one amount that was said."""
    whole = [each for each in found if each.role in {"cost", "ask", "", "order", "other"}]
    if any(each.strong for each in wishes):
        return None
    if (own := SHARE.search(text)) and len(whole) == 1:
        part = Decimal(1) - _tenths(own["tenths"], own["half"], own["percent"])
    elif lent := LENT.search(text):
        whole = [each for each in found if each.role != "own_funds"]
        if len(whole) != 1:
            return None
        part = _tenths(lent["tenths"] or lent["tenths2"], lent["half"] or lent["half2"], None)
    else:
        return None
    low, high = whole[0].money.low * part, whole[0].money.high * part
    return low, high, whole


def _tenths(tenths: str | None, half: str | None, percent: str | None) -> Decimal:
    """三成半 → 0.35, 30% → 0.3, 一半 → 0.5."""
    if percent:
        return Decimal(percent) / 100
    if not tenths:
        return Decimal("0.5")
    return Decimal(DIGITS[tenths]) / 10 + (Decimal("0.05") if half else 0)
