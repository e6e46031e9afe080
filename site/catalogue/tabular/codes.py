"""Codes that people write by name: choices, places, industries."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from rapidfuzz import fuzz, process

from accounts.models import InstitutionKind, SizeClass, Trait

from ..models import GuaranteeKind, ProductKind, Purpose, RepaymentKind, Tariff
from ..models.products import RateBasis
from .cells import shortened, text_of
from .description import Cell, bare, squeezed

SEPARATORS = re.compile(r"[、，,;；/\n]+")
# Words that people write for a code besides its name.
ALIASES = {
    "guarantee_kinds": {
        "信用": "credit", "无抵押": "credit", "纯信用": "credit", "免抵押": "credit", "信用贷款": "credit",
        "抵押": "real_estate", "房产抵押": "real_estate", "不动产抵押": "real_estate", "厂房抵押": "real_estate",
        "土地抵押": "real_estate", "房产土地": "real_estate", "房产": "real_estate", "不动产": "real_estate",
        "担保公司": "guarantor", "融资担保": "guarantor", "政府性融资担保": "guarantor", "融资担保公司": "guarantor",
        "政策性担保": "guarantor", "担保": "guarantor", "保证": "person", "个人保证": "person", "自然人": "person",
        "知识产权": "intellectual", "专利质押": "intellectual", "专利": "intellectual", "应收账款": "receivable",
        "取水权": "water_right", "设备": "equipment", "存货": "inventory", "仓单": "inventory", "农产品": "inventory",
        "活体": "inventory", "订单": "order", "合同": "order",
    },
    "purposes": {
        "周转": "working_capital", "流动资金": "working_capital", "设备": "equipment", "厂房": "equipment",
        "设备更新": "equipment", "固定资产": "equipment", "续贷": "renewal", "转贷": "renewal", "研发": "rnd",
        "成果转化": "rnd", "创业": "startup", "农业": "agriculture", "种养": "agriculture", "保险": "risk",
        "风险": "risk", "股权": "equity", "股权融资": "equity",
    },
    "kind": {"股权": "equity", "补贴": "subsidy", "贴息": "subsidy", "拨投": "grant", "过桥": "bridging", "投资": "equity"},
    "repayment_kinds": {
        "循环": "revolving", "先息后本": "interest_first", "到期还本": "bullet", "按月付息到期还本": "interest_first",
        "一次性还本付息": "bullet", "按期付息": "interest_first",
    },
    "size_classes": {"微型企业": "micro", "小型企业": "small", "中型企业": "medium", "大型企业": "large", "小微": "small"},
    "traits": {
        "首贷": "first_loan", "高企": "high_tech", "科技企业": "tech_sme", "科技型企业": "tech_sme", "人才": "talent",
        "农户": "agriculture", "合作社": "agriculture", "家庭农场": "agriculture", "个体户": "sole_trader",
        "亩均A类": "per_mu_a", "亩均效益A类": "per_mu_a", "取水许可证": "water_permit", "外贸": "exporter",
        "初创期企业": "startup", "成长期企业": "growth", "初创企业": "startup", "民企": "private",
    },
}  # fmt: skip
ANYWHERE = frozenset({"全国", "不限", "无限制", "全部", "不限地区", "全行业", "不限行业", "无", "-", "—"})
LISTED = 40  # more than so many choices are looked up, not listed


def words_of(value: Any) -> list[str]:
    return [word for word in map(str.strip, SEPARATORS.split(text_of(value))) if word]


def joined(names: Iterable[str]) -> str:
    return "、".join(names)


@dataclass(frozen=True, eq=False)
class Codes:
    """A list of codes written by name. `choices` is a TextChoices class."""

    choices: Any
    aliases: Mapping[str, str]

    def names(self) -> dict[str, str]:
        return {code: str(label) for code, label in self.choices.choices}

    def write(self, value: Any) -> str:
        names = self.names()
        return joined(names.get(code, str(code)) for code in value or [])

    def read(self, value: Any) -> tuple[list[str], list[str]]:
        """(codes, words that are none)."""
        found, wrong = [], []
        for word in words_of(value):
            code = self.code(word)
            if code is None and word in {"小微企业", "中小微企业", "中小微", "小微"} and self.choices is SizeClass:
                found += ["micro", "small"] + (["medium"] if "中" in word else [])
            elif code is not None:
                found.append(code)
            elif word not in ANYWHERE:
                wrong.append(word)
        return list(dict.fromkeys(found)), wrong

    def code(self, word: str) -> str | None:
        return _code(self, word)

    def likely(self, word: str) -> str:
        """The name that was perhaps meant; ""."""
        names = [*self.names().values(), *self.aliases]
        found = process.extractOne(word, names, scorer=fuzz.ratio, score_cutoff=50)
        if not found:
            return ""
        code = self.code(found[0])
        return self.names()[code] if code else ""

    def _unknown(self, word: str) -> str:
        likely = self.likely(word)
        return f"不认识“{shortened(word)}”" + (f"，是不是“{likely}”？" if likely else "")

    def many(self) -> Cell:
        names = tuple(self.names().values())

        def read(value: Any) -> tuple[list[str], list[str]]:
            codes, wrong = self.read(value)
            return codes, [self._unknown(word) for word in wrong]

        return Cell(read, self.write, list, f"可以写：{joined(names)}", names)

    def one(self) -> Cell:
        names = tuple(self.names().values())

        def read(value: Any) -> tuple[str, list[str]]:
            word = text_of(value)
            code = self.code(word) if word else None
            return code or "", [self._unknown(word)] if word and code is None else []

        return Cell(read, lambda value: self.write([value]), str, f"请选一个：{joined(names)}", names, single=True)


@lru_cache(4096)
def _code(codes: Codes, word: str) -> str | None:
    short = squeezed(word)
    names = codes.names()
    for code, label in names.items():
        if short in {squeezed(code), squeezed(label), squeezed(bare(label))}:
            return code
    for alias, code in codes.aliases.items():
        if short == squeezed(alias):
            return code
    return next((code for code, label in names.items() if len(short) > 1 and short in squeezed(label)), None)


PURPOSES = Codes(Purpose, ALIASES["purposes"])
GUARANTEES = Codes(GuaranteeKind, ALIASES["guarantee_kinds"])
REPAYMENTS = Codes(RepaymentKind, ALIASES["repayment_kinds"])
SIZES = Codes(SizeClass, ALIASES["size_classes"])
TRAITS = Codes(Trait, ALIASES["traits"])
KIND = Codes(ProductKind, ALIASES["kind"])
TARIFF_KIND = Codes(
    Tariff.Kind, {"年利率": "interest", "利率": "interest", "担保费率": "guarantee_fee", "保费": "premium"}
)
RATE_BASIS = Codes(RateBasis, {})
TARIFF_BASIS = Codes(Tariff.Basis, {})
INSTITUTION_KIND = Codes(InstitutionKind, {"担保": "guarantor", "担保公司": "guarantor", "政府": "government"})


# Places and industries


@cache
def table(name: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """(code → name, name → codes) of a public code table."""
    names: dict[str, str] = {}
    codes: dict[str, list[str]] = {}
    path = resources.files("accounts") / "data" / name
    with path.open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            names[row["code"]] = row["name"]
            codes.setdefault(row["name"], []).append(row["code"])
    return names, codes


@lru_cache(8192)
def region_code(word: str) -> str | None:
    """定海区, 舟山市定海区, 浙江省舟山市定海区, 330902, "330902 定海区". None if there is no such place, or several."""
    if found := re.match(r"\d{6}(?!\d)", word):
        return found[0]
    names, codes = table("regions.csv")
    best = [
        name for name in codes if word.endswith(name) or (word == re.sub(r"[省市区县]$", "", name) and len(name) > 2)
    ]
    for name in sorted(best, key=len, reverse=True):
        before = word[: -len(name)] if word.endswith(name) else ""
        fitting = [
            code
            for code in codes[name]
            if not before
            or any(
                before.endswith(names.get(above, "")) and names.get(above)
                for above in (f"{code[:4]}00", f"{code[:2]}0000")
                if above != code
            )
        ]
        if len(fitting) == 1:
            return fitting[0]
    return None


@lru_cache(8192)
def industry_code(word: str) -> str | None:
    if (found := re.match(r"[A-T]?\d{0,4}(?=$|\s)", word.upper())) and found[0]:
        return found[0]
    _names, codes = table("industries.csv")
    found_codes = sorted(codes.get(word, []), key=len)
    return found_codes[0] if found_codes else None


@lru_cache(8192)
def industry_class(word: str) -> str | None:
    """As `industry_code`; of a group and its only class, which share a name, the class: what one firm does."""
    _names, codes = table("industries.csv")
    return sorted(codes[word], key=len)[-1] if word in codes else industry_code(word)


def _known_only(read: Callable[[Any], tuple[list[str], list[str]]]) -> Callable[[Any], tuple[list[str], list[str]]]:
    def inner(value: Any) -> tuple[list[str], list[str]]:
        codes, wrong = read(value)
        return codes, [f"不认识“{shortened(word)}”" for word in wrong]

    return inner


def read_codes(read: Callable[[str], str | None]) -> Callable[[Any], tuple[list[str], list[str]]]:
    def inner(value: Any) -> tuple[list[str], list[str]]:
        found: list[str] = []
        wrong: list[str] = []
        for word in words_of(value):
            if word in ANYWHERE:
                continue
            code = read(word)
            (wrong if code is None else found).append(word if code is None else code)
        return list(dict.fromkeys(found)), wrong

    return inner


def write_codes(name: str) -> Callable[[Iterable[str]], str]:
    return lambda codes: joined(f"{code} {table(name)[0].get(code, '')}".strip() for code in codes)


def _one(read: Callable[[str], str | None], name: str, advice: str) -> Cell:
    def inner(value: Any) -> tuple[str | None, list[str]]:
        word = text_of(value)
        code = read(word) if word else None
        return code, [f"不认识“{shortened(word)}”"] if word and code is None else []

    return Cell(inner, lambda code: write_codes(name)([code]), lambda: None, advice)


read_places, write_places = read_codes(region_code), write_codes("regions.csv")
read_industries, write_industries = read_codes(industry_code), write_codes("industries.csv")
WHERE = "请写省、市或县的全称，如“浙江省舟山市定海区”，或六位代码"
PLACES = Cell(_known_only(read_places), write_places, list, f"{WHERE}；几个地方用顿号隔开")
PLACE = _one(region_code, "regions.csv", WHERE)
INDUSTRIES = Cell(_known_only(read_industries), write_industries, list, "请写 GB/T 4754 的名称或代码，如“制造业”“1530”")
INDUSTRY = _one(industry_class, "industries.csv", "请写 GB/T 4754 的名称或代码，如“精制茶加工”“1530”")
