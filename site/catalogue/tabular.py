"""Products as a spreadsheet: the one template of export, import and `manage.py match`. Reading a file asks no database.

A sheet has one product a row; its headers are the models' own names of the fields. Lists are written by name and put apart
by 、 (codes are read too). Places and industries are written "330902 定海区"; a code or a name alone is read too. The
columns 准入条件 and 资费 hold one item a line:

    须具备其一的特征：首贷户、个体工商户｜只做第一次贷款的
    年营业收入：不低于 1000000；不高于 20000000｜年营业收入 100 万至 2000 万元
    担保费：0.5 % / 年，按实际用款天数；仅限首贷户；上限 500000；地区 330803｜担保费率 0.5%，按实际用款天数收取
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from pathlib import Path
from typing import IO, Any

from django.db.models import QuerySet
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from accounts.models import SizeClass, Trait

from .models import EligibilityRule, GuaranteeKind, Product, ProductKind, Purpose, RepaymentKind, Tariff

SHEET, GUIDE = "产品", "填写说明"
SEPARATORS = re.compile(r"[、，,;；/\n]+")
WAN = Decimal(10_000)
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


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell. `fatal`: the row cannot be used; else the cell was read without that part."""

    row: int
    column: str
    reason: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One product: field → value as the model holds it; `rules` and `tariffs` are lists of dicts of their fields."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class UnreadableError(ValueError):
    """The file is no spreadsheet of this template; the text says why."""


# One cell, both ways


def _plain(value: Any) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _number(value: Any) -> Decimal | None:
    """1,000 / 1000.0 / 1000万 / 4.35% / 2 亿元. Raises ValueError if it is no number."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return Decimal(repr(value))
    text = re.sub(r"[,，\s]|元|不超过|最高|以内|个月|个?工作日|天|起$", "", str(value)).removesuffix("%")
    if not text or text in {"以机构为准", "不限", "未知", "-", "—", "/", "无", "面议"}:
        return None
    factor = Decimal(1)
    if text[-1] in "万亿":
        factor, text = {"万": WAN, "亿": WAN * WAN}[text[-1]], text[:-1]
    try:
        number = Decimal(text) * factor
    except InvalidOperation:
        raise ValueError(f"“{value}”不是数字") from None
    if not number.is_finite() or number < 0:
        raise ValueError(f"“{value}”不是不小于零的数字")
    return number


def _whole(value: Any) -> int | None:
    number = _number(value)
    if number is None:
        return None
    if number != number.to_integral_value() or number > 32767:
        raise ValueError(f"“{value}”不是整数")
    return int(number)


def _date(value: Any) -> date | None:
    if value is None or _text(value) in {"", "长期", "不限", "-"}:
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: .*)?", _text(value))
    if not found:
        raise ValueError(f"“{value}”不是日期，请写成 2026-01-31")
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise ValueError(f"没有“{value}”这一天") from None


def _yes(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value).lower()
    if text in {"是", "y", "yes", "true", "1", "√"}:
        return True
    if text in {"", "否", "n", "no", "false", "0", "-"}:
        return False
    raise ValueError(f"“{value}”请写“是”或“否”")


@dataclass(frozen=True, slots=True)
class Codes:
    """A list of codes written by name."""

    choices: Any
    aliases: Mapping[str, str]
    single: bool = False

    def names(self) -> dict[str, str]:
        return {code: str(label) for code, label in self.choices.choices}

    def write(self, value: Any) -> str:
        names = self.names()
        codes = [value] if self.single and value else value or []
        return "、".join(names.get(code, str(code)) for code in codes)

    def read(self, value: Any) -> tuple[list[str], list[str]]:
        """(codes, words that are none)."""
        found, wrong = [], []
        for word in filter(None, map(str.strip, SEPARATORS.split(_text(value)))):
            code = self.code(word)
            if code is None and word in {"小微企业", "中小微企业", "中小微", "小微"} and self.choices is SizeClass:
                found += ["micro", "small"] + (["medium"] if "中" in word else [])
            elif code is not None:
                found.append(code)
            elif word not in ANYWHERE:
                wrong.append(word)
        return list(dict.fromkeys(found)), wrong

    def code(self, word: str) -> str | None:
        short = _squeezed(word)
        names = self.names()
        for code, label in names.items():
            if short in {_squeezed(code), _squeezed(label), _squeezed(_bare(label))}:
                return code
        for alias, code in self.aliases.items():
            if short == _squeezed(alias):
                return code
        return next((code for code, label in names.items() if len(short) > 1 and short in _squeezed(label)), None)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text).lower()


def _bare(label: str) -> str:
    """最低额度（元） → 最低额度."""
    return re.sub(r"[（(].*?[）)]", "", label).strip()


PURPOSES = Codes(Purpose, ALIASES["purposes"])
GUARANTEES = Codes(GuaranteeKind, ALIASES["guarantee_kinds"])
REPAYMENTS = Codes(RepaymentKind, ALIASES["repayment_kinds"])
SIZES = Codes(SizeClass, ALIASES["size_classes"])
TRAITS = Codes(Trait, ALIASES["traits"])
KIND = Codes(ProductKind, ALIASES["kind"], single=True)


# Places and industries


@cache
def _table(name: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """(code → name, name → codes) of a public code table."""
    names: dict[str, str] = {}
    codes: dict[str, list[str]] = {}
    path = resources.files("accounts") / "data" / name
    with path.open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            names[row["code"]] = row["name"]
            codes.setdefault(row["name"], []).append(row["code"])
    return names, codes


def _region_code(word: str) -> str | None:
    """定海区, 舟山市定海区, 浙江省舟山市定海区, 330902, "330902 定海区". None if there is no such place, or several."""
    if found := re.match(r"\d{6}(?!\d)", word):
        return found[0]
    names, codes = _table("regions.csv")
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


def _industry_code(word: str) -> str | None:
    if (found := re.match(r"[A-T]?\d{0,4}(?=$|\s)", word.upper())) and found[0]:
        return found[0]
    _names, codes = _table("industries.csv")
    found_codes = sorted(codes.get(word, []), key=len)
    return found_codes[0] if found_codes else None


def _places(read: Callable[[str], str | None]) -> Callable[[Any], tuple[list[str], list[str]]]:
    def inner(value: Any) -> tuple[list[str], list[str]]:
        found: list[str] = []
        wrong: list[str] = []
        for word in filter(None, map(str.strip, SEPARATORS.split(_text(value)))):
            if word in ANYWHERE:
                continue
            code = read(word)
            (wrong if code is None else found).append(word if code is None else code)
        return list(dict.fromkeys(found)), wrong

    return inner


def _write_places(table: str) -> Callable[[Iterable[str]], str]:
    return lambda codes: "、".join(f"{code} {_table(table)[0].get(code, '')}".strip() for code in codes)


# Rules and tariffs: one line each

RULES = {_bare(str(label)): code for code, label in EligibilityRule.Kind.choices}
TARIFFS = {str(label): code for code, label in Tariff.Kind.choices}
BASES = {_squeezed(str(label)): code for code, label in Tariff.Basis.choices}
RULE_LINE = re.compile(
    rf"(?P<kind>{'|'.join(sorted(RULES, key=len, reverse=True))})(?:[：:]\s*(?P<rest>[^｜]*))?(?=｜|$)"
)
TARIFF_LINE = re.compile(
    rf"(?P<kind>{'|'.join(sorted(TARIFFS, key=len, reverse=True))})[：:]\s*(?P<rate>[\d.]+)\s*(?P<rest>[%‰][^｜]*)(?=｜|$)"
)


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).replace("｜", "|")


def _tail(text: str, source: str) -> str:
    return f"｜{_one_line(text)}" + (f"｜{_one_line(source)}" if source else "")


def write_rule(rule: Mapping[str, Any]) -> str:
    parts = []
    if rule.get("values"):
        parts.append("、".join(_rule_word(rule["kind"], str(value)) for value in rule["values"]))
    for name, word in (("minimum", "不低于"), ("maximum", "不高于")):
        if rule.get(name) is not None:
            parts.append(f"{word} {_plain(rule[name])}")
    label = next(label for label, code in RULES.items() if code == rule["kind"])
    return f"{label}{'：' + '；'.join(parts) if parts else ''}{_tail(rule.get('text', ''), rule.get('source', ''))}"


def _rule_word(kind: str, value: str) -> str:
    if kind == "region":
        return _write_places("regions.csv")([value])
    if kind == "industry":
        return _write_places("industries.csv")([value])
    return (SIZES if kind == "size_class" else TRAITS).names().get(value, value)


def read_rule(line: str) -> tuple[dict[str, Any], list[str]]:
    """(fields, words that were not understood). A line in free words is a rule for people to read."""
    found = RULE_LINE.match(line)
    if not found:
        return {"kind": "other", "values": [], "minimum": None, "maximum": None, "text": line[:200], "source": ""}, []
    head, *tail = line.split("｜")
    kind = RULES[found["kind"]]
    rule: dict[str, Any] = {
        "kind": kind, "values": [], "minimum": None, "maximum": None,
        "text": tail[0].strip() if tail else "", "source": tail[1].strip() if len(tail) > 1 else "",
    }  # fmt: skip
    wrong: list[str] = []
    for part in filter(None, map(str.strip, re.split(r"[；;]", found["rest"] or ""))):
        if limit := re.fullmatch(r"(不低于|不少于|不高于|不超过|至少|最高|最低)\s*(.+)", part):
            try:
                rule["minimum" if limit[1] in {"不低于", "不少于", "至少", "最低"} else "maximum"] = _number(limit[2])
            except ValueError:
                wrong.append(part)
            continue
        read = {
            "region": _places(_region_code),
            "industry": _places(_industry_code),
            "size_class": SIZES.read,
            "traits_all": TRAITS.read,
            "traits_any": TRAITS.read,
        }.get(kind)
        if read is None:
            rule["text"] = rule["text"] or part
            continue
        codes, unknown = read(part)
        rule["values"] += codes
        wrong += unknown
    rule["text"] = (rule["text"] or head)[:200]
    return rule, wrong


def write_tariff(tariff: Mapping[str, Any]) -> str:
    names = {code: label for label, code in TARIFFS.items()}
    bases = {code: str(label) for code, label in Tariff.Basis.choices}
    parts = [f"{_plain(tariff['rate'])} {bases[tariff['basis']]}"]
    if tariff.get("trait"):
        parts.append(f"仅限{TRAITS.names().get(tariff['trait'], tariff['trait'])}")
    if tariff.get("cap_amount") is not None:
        parts.append(f"上限 {_plain(tariff['cap_amount'])}")
    if tariff.get("regions"):
        parts.append("地区 " + _write_places("regions.csv")(tariff["regions"]))
    for name, word in (("valid_from", "自"), ("valid_to", "至")):
        if tariff.get(name):
            parts.append(f"{word} {tariff[name]:%Y-%m-%d}")
    return f"{names[tariff['kind']]}：{'；'.join(parts)}{_tail(tariff.get('text', ''), tariff.get('source', ''))}"


def read_tariff(line: str) -> dict[str, Any]:
    """Raises ValueError, saying what is wrong."""
    found = TARIFF_LINE.match(line)
    if not found:
        raise ValueError(f"“{line[:30]}”读不懂，请写成“利息：4.35 % / 年，按借款金额｜原文”")
    basis, *parts = (part.strip() for part in re.split(r"[；;]", found["rest"]))
    rate = Decimal(found["rate"])
    if basis.startswith("‰"):
        basis, rate = "%" + basis[1:], rate / 10
    code = BASES.get(_squeezed(basis)) or _basis(basis)
    if code is None:
        raise ValueError(f"“{basis}”不是计算方式，请从“填写说明”里选")
    tail = line.split("｜")[1:]
    tariff: dict[str, Any] = {
        "kind": TARIFFS[found["kind"]], "basis": code, "rate": rate, "trait": "", "cap_amount": None, "regions": [],
        "valid_from": None, "valid_to": None, "text": (tail[0].strip() if tail else line)[:200],
        "source": tail[1].strip() if len(tail) > 1 else "",
    }  # fmt: skip
    for part in filter(None, parts):
        if part.startswith("仅限"):
            trait = TRAITS.code(part.removeprefix("仅限").strip())
            if trait is None:
                raise ValueError(f"“{part}”里没有已知的特征")
            tariff["trait"] = trait
        elif part.startswith("上限"):
            tariff["cap_amount"] = _number(part.removeprefix("上限").strip())
        elif part.startswith("地区"):
            tariff["regions"], wrong = _places(_region_code)(part.removeprefix("地区").strip())
            if wrong:
                raise ValueError(f"没有“{wrong[0]}”这个地区")
        elif part.startswith("自"):
            tariff["valid_from"] = _date(part.removeprefix("自").strip())
        elif part.startswith("至"):
            tariff["valid_to"] = _date(part.removeprefix("至").strip())
    return tariff


def _basis(text: str) -> str | None:
    short = _squeezed(text)
    for marks, code in ((("天", "日"), "per_day_used"), (("月",), "per_month"), (("年",), "per_year"), (("一次",), "one_off"), (("补贴",), "share")):  # fmt: skip
        if any(mark in short for mark in marks):
            return code
    return None


# Columns


@dataclass(frozen=True, slots=True)
class Column:
    """`name`: field of Product (institution, partners, rules and tariffs by their names). `help`: for the guide."""

    name: str
    header: str
    width: int = 14
    codes: Codes | None = None
    required: bool = False
    help: str = ""


def _columns() -> tuple[Column, ...]:
    codes = {"purposes": PURPOSES, "guarantee_kinds": GUARANTEES, "repayment_kinds": REPAYMENTS, "size_classes": SIZES, "kind": KIND}  # fmt: skip
    names = [
        "name",
        "institution",
        "partners",
        "kind",
        "purposes",
        "summary",
        "audience",
        "not_for",
        "description",
        "regions",
        "industry_codes",
        "size_classes",
        "amount_min",
        "amount_max",
        "rate_min",
        "rate_max",
        "rate_note",
        "term_min",
        "term_max",
        "guarantee_kinds",
        "repayment_kinds",
        "promised_days",
        "materials",
        "steps",
        "contact",
        "source",
        "source_url",
        "as_of",
        "valid_from",
        "valid_to",
        "login_required",
        "slug",
    ]
    wide = {"summary", "audience", "not_for", "description", "materials", "steps", "source"}
    made = []
    for name in names:
        model_field = Product._meta.get_field(name)
        made.append(
            Column(
                name,
                str(model_field.verbose_name),
                40 if name in wide else 16,
                codes.get(name),
                required=name in {"name", "kind"},
                help=str(getattr(model_field, "help_text", "") or ""),
            )
        )
    rules = Column(
        "rules",
        str(EligibilityRule._meta.verbose_name),
        50,
        help="每行一条，如“须具备其一的特征：首贷户、个体工商户｜原文”",
    )
    tariffs = Column(
        "tariffs", str(Tariff._meta.verbose_name), 50, help="每行一项，如“担保费：0.5 % / 年，按实际用款天数｜原文”"
    )
    return (*made[:22], rules, tariffs, *made[22:])


COLUMNS = _columns()
# Other headers that people give the same columns.
HEADERS = {
    "产品名称": "name", "产品": "name", "金融产品": "name", "机构": "institution", "金融机构": "institution", "机构名称": "institution", "银行": "institution",
    "产品类别": "kind", "类型": "kind", "产品类型": "kind", "贷款用途": "purposes", "适用用途": "purposes", "简介": "summary", "产品简介": "summary",
    "介绍": "summary", "适用对象": "audience", "适用人群": "audience", "面向对象": "audience", "不适用": "not_for", "产品说明": "description",
    "详细说明": "description", "地区": "regions", "适用区域": "regions", "行业": "industry_codes", "企业规模": "size_classes", "规模": "size_classes",
    "最低金额": "amount_min", "最高金额": "amount_max", "额度上限": "amount_max", "额度下限": "amount_min", "额度": "amount_max", "最低利率": "rate_min", "最高利率": "rate_max", "年利率": "rate_min",
    "最短期限": "term_min", "最长期限": "term_max", "期限": "term_max", "担保": "guarantee_kinds", "还款": "repayment_kinds", "办结时限": "promised_days", "承诺办结": "promised_days",
    "条件": "rules", "准入": "rules", "申请条件": "rules", "费用": "tariffs", "资费规则": "tariffs", "材料": "materials", "步骤": "steps", "网址": "source_url",
}  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
DECIMALS = {"amount_min", "amount_max", "rate_min", "rate_max"}
WHOLE = {"term_min", "term_max", "promised_days"}
DATES = {"as_of", "valid_from", "valid_to"}


def row_of(product: Product) -> dict[str, Any]:
    """A product with its relations as plain values. Prefetch regions, partners, rules and tariffs for many."""
    values: dict[str, Any] = {column.name: getattr(product, column.name) for column in COLUMNS}
    values["institution"] = product.institution.name
    values["partners"] = [partner.name for partner in product.partners.all()]
    values["regions"] = sorted(region.pk for region in product.regions.all())
    rule_fields = ("kind", "values", "minimum", "maximum", "text", "source")
    tariff_fields = ("kind", "basis", "rate", "trait", "cap_amount", "regions", "valid_from", "valid_to", "text", "source")  # fmt: skip
    values["rules"] = [{name: getattr(rule, name) for name in rule_fields} for rule in product.rules.all()]
    values["tariffs"] = [{name: getattr(tariff, name) for name in tariff_fields} for tariff in product.tariffs.all()]
    return values


def rows_of(products: "QuerySet[Product]") -> list[dict[str, Any]]:
    """Five queries, whatever the number."""
    related = products.select_related("institution").prefetch_related("partners", "regions", "rules", "tariffs")
    return [row_of(product) for product in related]


def write(rows: Iterable[Mapping[str, Any]], target: IO[bytes] | Path) -> None:
    """A workbook of the template: the products and a guide. No rows: the empty template."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(SHEET)
    sheet.append([column.header for column in COLUMNS])
    for place, column in enumerate(COLUMNS, 1):
        head = sheet.cell(1, place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E3EEF9")
        head.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "B2"
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(COLUMNS, 1):
            cell = sheet.cell(number, place, _cell(column, row.get(column.name)))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text that begins with = stays text
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            elif column.name in DATES:
                cell.number_format = "yyyy-mm-dd"
    guide = book.create_sheet(GUIDE)
    guide.append(["列", "怎么填", "可选的值"])
    for column in COLUMNS:
        choices = "、".join(column.codes.names().values()) if column.codes else ""
        guide.append([column.header, column.help or ("必填" if column.required else ""), choices])
    guide.append(["准入条件", "条件的种类", "、".join(RULES)])
    guide.append(["准入条件、资费", "特征", "、".join(TRAITS.names().values())])
    guide.append(["资费", "项目", "、".join(TARIFFS)])
    guide.append(["资费", "计算方式", " | ".join(str(label) for _code, label in Tariff.Basis.choices)])
    for letter, width in (("A", 20), ("B", 50), ("C", 80)):
        guide.column_dimensions[letter].width = width
    book.save(target)


def _cell(column: Column, value: Any) -> Any:
    if value is None or value in ([], ""):
        return None
    if column.name == "regions":
        return _write_places("regions.csv")(value)
    if column.name == "industry_codes":
        return _write_places("industries.csv")(value)
    if column.name == "partners":
        return "、".join(value)
    if column.name == "rules":
        return "\n".join(map(write_rule, value))
    if column.name == "tariffs":
        return "\n".join(map(write_tariff, value))
    if column.codes:
        return column.codes.write(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def read(source: IO[bytes] | Path) -> Sheet:
    """Every row with a name, and every problem with its row, column and reason.

    Headers may stand in any order and lack what is not needed (only 名称 must be there). Raises UnreadableError if the
    file is no such spreadsheet.
    """
    try:
        book = load_workbook(source, read_only=True, data_only=True)
    except (InvalidFileException, OSError, KeyError, ValueError, EOFError) as error:
        raise UnreadableError(f"打不开这个文件，请用 .xlsx 格式：{error}") from error
    except Exception as error:
        if type(error).__name__ != "BadZipFile":
            raise
        raise UnreadableError("这不是 .xlsx 文件") from error
    sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
    lines = sheet.iter_rows(values_only=True)
    columns = _header(lines)
    result = Sheet()
    names = {name for name, _factor in columns.values()}
    if "name" not in names:
        raise UnreadableError(f"第 1 行没有“{BY_NAME['name'].header}”这一列")
    for number, line in enumerate(lines, 2):
        if not any(cell is not None and _text(cell) for cell in line):
            continue
        values = _read_row(number, line, columns, result.problems)
        if not values.get("name"):
            result.problems.append(Problem(number, BY_NAME["name"].header, "没有填名称"))
            continue
        result.rows.append(Row(number, values))
    return result


def _header(lines: Any) -> dict[int, tuple[str, Decimal]]:
    """Place of the column → (field, factor): （万元） in a header makes amounts of 万元."""
    first = next(lines, ())
    exact = {_squeezed(column.header): column.name for column in COLUMNS}
    bare = {_squeezed(_bare(column.header)): column.name for column in COLUMNS}
    found: dict[int, tuple[str, Decimal]] = {}
    for place, cell in enumerate(first):
        text = _text(cell)
        name = exact.get(_squeezed(text)) or bare.get(_squeezed(_bare(text))) or HEADERS.get(_bare(text))
        if name is None and _squeezed(text) in BY_NAME:
            name = _squeezed(text)
        if name and name not in {each for each, _factor in found.values()}:
            found[place] = (name, WAN if "万" in text and name in {"amount_min", "amount_max"} else Decimal(1))
    return found


def _read_row(
    number: int, line: tuple, columns: dict[int, tuple[str, Decimal]], problems: list[Problem]
) -> dict[str, Any]:
    values: dict[str, Any] = {
        column.name: [] if column.codes and not column.codes.single else None if column.name in DECIMALS | WHOLE | DATES else ""
        for column in COLUMNS
    } | {"partners": [], "regions": [], "industry_codes": [], "rules": [], "tariffs": [], "login_required": False}  # fmt: skip
    for place, (name, factor) in columns.items():
        raw = line[place] if place < len(line) else None
        header = BY_NAME[name].header
        try:
            values[name], wrong = _value(name, raw, factor)
        except ValueError as error:
            problems.append(Problem(number, header, str(error)))
            continue
        problems += [Problem(number, header, f"不认识“{word}”", fatal=False) for word in wrong]
    return values


def _value(name: str, raw: Any, factor: Decimal) -> tuple[Any, list[str]]:
    """(value, words that were not understood)."""
    column = BY_NAME[name]
    if name == "kind":
        codes, wrong = KIND.read(raw)
        return (codes[0] if codes else ""), wrong
    if column.codes:
        return column.codes.read(raw)
    if name == "regions":
        return _places(_region_code)(raw)
    if name == "industry_codes":
        return _places(_industry_code)(raw)
    if name == "partners":
        return [word.strip() for word in re.split(r"[、\n;；]", _text(raw)) if word.strip()], []
    if name == "rules":
        return _read_rules(raw)
    if name == "tariffs":
        found, wrong = [], []
        for line in filter(None, map(str.strip, _text(raw).splitlines())):
            try:
                found.append(read_tariff(line))
            except ValueError as error:
                wrong.append(str(error))
        return found, wrong
    if name in DECIMALS:
        number = _number(raw)
        return (None if number is None else number * factor), []
    if name in WHOLE:
        return _whole(raw), []
    if name in DATES:
        return _date(raw), []
    if name == "login_required":
        return _yes(raw), []
    return _text(raw), []


def _read_rules(raw: Any) -> tuple[list[dict[str, Any]], list[str]]:
    found, wrong = [], []
    for line in filter(None, map(str.strip, _text(raw).splitlines())):
        rule, unknown = read_rule(line)
        found.append(rule)
        wrong += unknown
    return found, wrong


def template(target: IO[bytes] | Path) -> None:
    """The empty template with its guide."""
    write([], target)
