"""Amounts and rates: which one is asked for, which are something else."""

import re

from .amounts import Amount, amounts, asked
from .clauses import clause
from .numbers import rates
from .reading import Reading, tidy
from .result import OtherAmount


def read_amounts(said: Reading) -> None:
    found = amounts(said.text, said.lexicon)
    renews = "renewal" in said.values.get("purposes", ()) or "bridging" in said.values.get("kinds", ())
    renews = renews or said.values.get("renewal_agreed") is not None
    chosen = asked(found, said.text, has_renewal=renews)
    used: list[Amount] = []
    if chosen:
        low, high, used = chosen
        said.values["amount_low"], said.values["amount_high"] = tidy(low), tidy(high)
        for each in used:
            said.mark("amount_low", (tidy(low), tidy(high)), each.money.start, each.money.end)
    others = []
    for each in found:
        if each not in used or each.role == "own_funds":
            role = each.role if each.role not in {"", "ask", "wrong", "cost"} else "other"
            others.append(
                OtherAmount(
                    role,
                    tidy(each.money.low),
                    tidy(each.money.high),
                    said.span(each.money.start, each.money.end),
                )
            )
            if role in {"revenue", "valuation"}:
                said.values[role] = tidy(each.money.high)
                said.mark(role, tidy(each.money.high), each.money.start, each.money.end)
    if others:
        said.values["other_amounts"] = tuple(others)


def read_rates(said: Reading) -> None:
    for rate in rates(said.text):
        left_at, right_at = clause(said.text, rate.start, rate.end)
        left, right = said.text[max(left_at, rate.start - 12) : rate.start], said.text[rate.end : right_at]
        about = left + right[:8]
        if re.search(
            r"股|增长|涨|毛利|利润率|占|首付|折|补贴|保费|比例|回报|下降|降了|税率|出让|概率|成功率|产能|返点|抵押率|担保费|手续费|服务费|分红|完成|退税|提成|成色|市场|复购|含",
            about,
        ):
            continue
        if (
            rate.unit == "%"
            and not re.search(r"利|息|年化|成本|点", about)
            and not re.match(r"(?:以内|以下|左右)", right)
        ):
            continue
        wish = re.search(
            r"不超过|不高于|别超|低于|小于|不能超|不要超|以内|以下|最好|希望|想|能不能|控制|不到|左右|承受|接受|封顶|别高过|内|最多|要|能",
            left,
        ) or re.match(
            r"[^,。]{0,3}(?:以内|以下|之内|左右|封顶|能接受|可以接受|以里|就行|行吗|有没有|能做|就好|的贷款|的有吗|吗|的?产品)",
            right,
        )
        now = re.search(r"现在|目前|原来|之前|以前|给我的?|当前|手上|在付|上一家|这边银行", left)
        too_high = re.search(r"太高|太贵|高了|吃不消|想降|贵|压力|有点高|受不了|降", said.text[rate.end :][:14])
        if (wish and not now) or too_high or not now:
            said.values["rate_ceiling"] = tidy(rate.percent)
            said.mark("rate_ceiling", tidy(rate.percent), rate.start, rate.end)
            return
