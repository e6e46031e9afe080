"""Chinese names of codes for the sentences of rules and reasons; a test holds them equal to the catalogue's choices."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

KINDS = {
    "loan": "贷款", "guarantee": "担保", "bridging": "转贷", "insurance": "保险", "equity": "股权投资", "grant": "拨投联动",
    "subsidy": "补贴贴息",
}  # fmt: skip
PURPOSES = {
    "working_capital": "经营周转", "equipment": "设备与厂房", "renewal": "到期续贷", "rnd": "研发与成果转化",
    "startup": "创业起步", "agriculture": "种养与农产品", "risk": "分散风险", "equity": "引入股权资金",
}  # fmt: skip
GUARANTEES = {
    "credit": "信用（无抵押）", "real_estate": "房产土地抵押", "guarantor": "担保公司担保", "person": "自然人保证",
    "intellectual": "知识产权质押", "receivable": "应收账款质押", "water_right": "取水权质押", "equipment": "设备抵押",
    "inventory": "存货与农产品", "order": "订单与合同",
}  # fmt: skip
TRAITS = {
    "first_loan": "首贷户", "high_tech": "高新技术企业", "tech_sme": "科技型中小企业", "specialised": "专精特新",
    "talent": "人才企业", "agriculture": "农业经营主体", "sole_trader": "个体工商户", "private": "民营企业",
    "startup": "初创期", "growth": "成长期", "per_mu_a": "亩均效益 A 类", "water_permit": "持有取水许可证",
    "exporter": "外贸企业",
}  # fmt: skip
SIZES = {"micro": "微型", "small": "小型", "medium": "中型", "large": "大型"}
REPAYMENTS = {
    "revolving": "随借随还", "interest_first": "按期付息到期还本", "equal_instalment": "等额本息",
    "equal_principal": "等额本金", "bullet": "到期一次还本付息", "no_principal_renewal": "无还本续贷",
}  # fmt: skip


def names(codes: Iterable[str], table: dict[str, str]) -> str:
    """首贷户、人才企业: in the order of the table."""
    held = set(codes)
    return "、".join([name for code, name in table.items() if code in held])


def bits(codes: Iterable[str], table: dict[str, str]) -> int:
    """One bit for each code of `table`; codes that it does not hold are left out."""
    held = set(codes)
    return sum(1 << place for place, code in enumerate(table) if code in held)


@lru_cache(10_000)
def money(value: Decimal | float) -> str:
    """5000000 → 500 万元, 9999 → 9999 元."""
    amount = Decimal(str(value))
    if amount >= 100_000_000:
        amount, unit = amount / 100_000_000, "亿元"
    elif amount >= 10_000:
        amount, unit = amount / 10_000, "万元"
    else:
        unit = "元"
    text = f"{round(amount, 4):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}"


@lru_cache(10_000)
def number(value: Decimal | float) -> str:
    """Plain digits without trailing zeros: 2.6500 → 2.65."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
