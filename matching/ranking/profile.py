"""What one product says, worked out once: its limits with those of its rules, and what its own words tell.

Words of the product's texts are read with the same lexicon that reads needs, so that both sides meet also where a column
was left empty. The product's name is read only where there is no other text: renaming a product changes nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from matching.needs.parser.lexicon import Lexicon
from search.analysis.normalise import HAN_RUN, normalise
from search.analysis.segment import Segmenter
from search.analysis.vocabulary import Vocabulary

from .facts import ProductFacts

# Words that nearly every product and every need holds: they tell nothing about the fit.
COMMON = frozenset(
    [
        "贷款",
        "借款",
        "借钱",
        "资金",
        "企业",
        "公司",
        "银行",
        "产品",
        "金融",
        "融资",
        "需要",
        "可以",
        "我们",
        "我厂",
        "你们",
        "万元",
        "最高",
        "额度",
        "利率",
        "年利率",
        "期限",
        "申请",
        "办理",
        "支持",
        "提供",
        "服务",
        "客户",
        "面向",
        "用于",
        "主要",
        "发放",
        "满足",
        "经营",
        "一定",
        "相关",
        "符合",
        "条件",
        "对象",
        "方式",
        "以及",
        "或者",
        "其他",
        "机构",
        "为准",
        "具体",
        "以机构为准",
        "名称",
        "理解",
        "按",
        "没有",
        "什么",
        "怎么",
        "一点",
        "一个",
        "现在",
        "想要",
        "不想",
        "想借",
        "左右",
        "大概",
        "差不多",
        "有没有",
        "能不能",
        "一年",
        "半年",
        "今年",
        "去年",
        "明年",
        "下个月",
        "每年",
        "每月",
        "多少",
        "利息",
        "简化",
        "手续",
        "推出",
        "围绕",
        "系统",
        "案例",
        "银企",
        "合作",
        "县",
        "区",
        "市",
        "省",
        "浙江",
        "浙江省",
        "中小",
        "小微",
        "小微企业",
        "中小企业",
        "中小微企业",
        "中小微",
        "抵押",
        "担保",
        "信用",
        "质押",
        "无抵押",
        "没抵押",
        "周转",
        "老板",
        "朋友",
        "一笔",
        "时间",
        "流动",
        "流动资金",
        "用款",
        "还款",
        "到账",
        "放款",
        "需求",
        "一直",
        "已经",
        "自己",
        "这个",
        "那个",
        "就是",
        "还是",
        "但是",
        "因为",
        "所以",
        "请问",
        "你好",
        "谢谢",
    ]
)


NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿几多]")


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits are the narrowest of the product's own and its rules'. Words: what the texts hold."""

    amount_min: Decimal | None
    amount_max: Decimal | None
    years_min: Decimal | None
    years_max: Decimal | None
    revenue_min: Decimal | None
    revenue_max: Decimal | None
    rate: Decimal | None  # lowest stated, % a year
    regions: tuple[tuple[str, ...], ...]  # each group: one of these codes must cover the firm
    industries: tuple[tuple[str, ...], ...]
    sizes: frozenset[str]
    traits: tuple[tuple[str, tuple[str, ...]], ...]  # ("all" | "any", codes)
    helped: frozenset[str]  # traits for which a tariff is better
    told_traits: frozenset[str]
    told_purposes: frozenset[str]
    told_guarantees: frozenset[str]
    told_industries: frozenset[str]
    told_groups: frozenset[str]  # people it is made for: women, veterans, graduates
    told_repayments: frozenset[str]
    barred_traits: frozenset[str]  # named under 不适合谁
    barred_industries: frozenset[str]
    words: frozenset[str]


def profile(product: ProductFacts) -> Profile:
    rules: dict[str, list] = {}
    for rule in product.rules:
        rules.setdefault(rule.kind, []).append(rule)
    amount, years, revenue = (rules.get(kind, []) for kind in ("amount", "years", "revenue"))
    sizes = [set(rule.values) for rule in rules.get("size_class", []) if rule.values]
    if product.size_classes:
        sizes.append(set(product.size_classes))
    interest = [tariff.rate for tariff in product.tariffs if tariff.kind == "interest" and tariff.basis == "per_year"]
    texts = [product.summary, product.audience, product.description, *(rule.text for rule in product.rules)]
    if not any(texts):
        texts = [product.name]
    told = _told("。".join(filter(None, texts)))
    # What is told loosely must not widen what a column states.
    barred = _told(product.not_for)
    return Profile(
        amount_min=_highest([product.amount_min, *(rule.minimum for rule in amount)]),
        amount_max=_lowest([product.amount_max, *(rule.maximum for rule in amount)]),
        years_min=_highest(rule.minimum for rule in years),
        years_max=_lowest(rule.maximum for rule in years),
        revenue_min=_highest(rule.minimum for rule in revenue),
        revenue_max=_lowest(rule.maximum for rule in revenue),
        rate=product.rate_min if product.rate_min is not None else _lowest(interest),
        regions=_groups(product.region_codes, rules.get("region", [])),
        industries=_groups(product.industry_codes, rules.get("industry", [])),
        sizes=frozenset(set.intersection(*sizes)) if sizes else frozenset(),
        traits=tuple(
            (rule.kind.removeprefix("traits_"), tuple(rule.values))
            for rule in product.rules
            if rule.kind in {"traits_all", "traits_any"} and rule.values
        ),
        helped=frozenset(
            tariff.trait
            for tariff in product.tariffs
            if tariff.trait and tariff.kind in {"fee_subsidy", "interest_subsidy", "interest"}
        ),
        told_traits=told["traits"],
        told_purposes=told["purposes"],
        told_guarantees=told["guarantees"],
        told_industries=told["industries"],
        told_groups=Lexicon.built_in().groups(f"{product.summary}。{product.audience}"),
        told_repayments=told["repayments"] | ({"revolving"} if "wanted" in told["revolving"] else frozenset()),
        barred_traits=barred["traits"],
        # 粮油合作社 served, 粮食贸易商 not: the trade itself is not kept out.
        barred_industries=barred["industries"] - told["industries"],
        words=content_words("。".join(filter(None, texts))),
    )


def _told(text: str) -> dict[str, frozenset[str]]:
    tables = ("traits", "purposes", "guarantees", "industries", "repayments", "revolving", "nothing")
    found: dict[str, set[str]] = {table: set() for table in tables}
    if text:
        for hit in Lexicon.built_in().find(normalise(text).text):
            if hit.table in found:
                found[hit.table].add(hit.code)
    if "collateral" in found["nothing"]:
        found["guarantees"].add("credit")
    return {table: frozenset(codes) for table, codes in found.items()}


def _groups(codes: tuple[str, ...], rules: Iterable) -> tuple[tuple[str, ...], ...]:
    groups = [tuple(sorted(codes))] if codes else []
    groups += [tuple(sorted(map(str, rule.values))) for rule in rules if rule.values]
    return tuple(dict.fromkeys(groups))


def _highest(values: Iterable[Decimal | None]) -> Decimal | None:
    return max((value for value in values if value is not None), default=None)


def _lowest(values: Iterable[Decimal | None]) -> Decimal | None:
    return min((value for value in values if value is not None), default=None)


@cache
def _segmenter() -> Segmenter:
    return Segmenter(Vocabulary.built_in().lexicon)


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(Vocabulary.built_in().stop_words) | COMMON


@cache
def _plain_segmenter() -> Segmenter:
    return Segmenter(())


def inside_words(text: str) -> frozenset[int]:
    """Places of `text` at which a word of everybody's dictionary has begun and not ended: 科|技保|险 has 1 and 3."""
    found, place = set(), 0
    for word in _plain_segmenter().words(text):
        found |= set(range(place + 1, place + len(word)))
        place += len(word)
    return frozenset(found)


def content_words(text: str) -> frozenset[str]:
    """Words of two characters and more that tell something, and the shorter words in them: 电镀厂 holds 电镀.

    The first 2,000 characters are read."""
    stop, segmenter = _stop_words(), _segmenter()
    return frozenset(
        part
        for run in HAN_RUN.findall(normalise(text[:2000]).text)
        for word in segmenter.words(run)
        if len(word) > 1
        for part in (word, *segmenter.parts(word))
        if part not in stop and not NUMERAL.match(part)
    )
