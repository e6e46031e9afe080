"""The sheet of products: the one template of export, import and `manage.py match`."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from ..models import EligibilityRule, Product, ProductPolicy, Tariff
from .cells import DATE, MONTHS, YES, amount, escaped, points, rate, text, text_of, whole
from .codes import GUARANTEES, INDUSTRIES, KIND, PLACES, PURPOSES, RATE_BASIS, REPAYMENTS, SIZES, TRAITS, joined
from .description import Cell, Column, Description
from .lines import POLICIES_CELL, RULES, RULES_CELL, TARIFFS, TARIFFS_CELL

RULE_FIELDS = ("kind", "values", "minimum", "maximum", "text", "source")
TARIFF_FIELDS = (
    "kind", "basis", "rate", "steps", "trait", "cap_amount", "cap_total", "regions", "valid_from", "valid_to", "text",
    "source",
)  # fmt: skip
# Tables whose rows are part of a product; a row of each may name a policy besides these fields.
PARTS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "rules": (EligibilityRule, RULE_FIELDS),
    "tariffs": (Tariff, TARIFF_FIELDS),
    "policy_links": (ProductPolicy, ("note",)),
}


def _names(value: Any) -> tuple[list[str], list[str]]:
    words = [word.strip() for part in text_of(value).splitlines() for word in part.replace(";", "；").split("；")]
    return [word for part in words for word in part.split("、") if word], []


NAMES = Cell(_names, lambda value: escaped(joined(value)), list, "请写机构全称，几家用顿号隔开")
INSTITUTION = text(120, "请写机构全称，如“遂昌农商银行”")


def _text_of_field(name: str) -> Cell:
    return text(Product._meta.get_field(name).max_length or 20_000)


# name → (cell, width, example, other headers). The order is that of the sheet.
_COLUMNS: dict[str, tuple[Cell, int, Any, tuple[str, ...]]] = {
    "name": (_text_of_field("name"), 16, "示例：春茶贷", ("产品名称", "产品", "金融产品")),
    "institution": (INSTITUTION, 16, "（贵机构全称）", ("机构", "金融机构", "机构名称", "银行")),
    "partners": (NAMES, 16, [], ("合作方",)),
    "kind": (KIND.one(), 12, "loan", ("产品类别", "类型", "产品类型")),
    "purposes": (PURPOSES.many(), 16, ["working_capital"], ("贷款用途", "适用用途")),
    "summary": (_text_of_field("summary"), 40, "茶企收茶季的周转贷款，随借随还", ("简介", "产品简介", "介绍")),
    "audience": (_text_of_field("audience"), 40, "收购季需要短期周转的茶企", ("适用对象", "适用人群", "面向对象")),
    "not_for": (_text_of_field("not_for"), 40, "买设备、建厂房的长期资金", ("不适用",)),
    "description": (_text_of_field("description"), 40, "", ("产品说明", "详细说明")),
    "regions": (PLACES, 16, ["331123"], ("地区", "适用区域")),
    "industry_codes": (INDUSTRIES, 16, ["1530"], ("行业",)),
    "size_classes": (SIZES.many(), 16, ["micro", "small"], ("企业规模", "规模")),
    "amount_min": (amount(), 16, None, ("最低金额", "额度下限")),
    "amount_max": (amount(), 16, Decimal(500_000), ("最高金额", "额度上限", "额度")),
    "rate_min": (rate(), 16, Decimal("3.85"), ("最低利率", "年利率")),
    "rate_max": (rate(), 16, Decimal("4.35"), ("最高利率",)),
    "rate_basis": (RATE_BASIS.one(), 16, "lpr_1y", ()),
    "spread_min": (points(), 16, 85, ("加点", "最低加点")),
    "spread_max": (points(), 16, None, ("最高加点",)),
    "rate_note": (_text_of_field("rate_note"), 16, "1 年期 LPR 加 85 个基点起", ()),
    "term_min": (MONTHS, 16, None, ("最短期限",)),
    "term_max": (MONTHS, 16, 12, ("最长期限", "期限")),
    "guarantee_kinds": (GUARANTEES.many(), 16, ["credit", "guarantor"], ("担保",)),
    "repayment_kinds": (REPAYMENTS.many(), 16, ["revolving"], ("还款",)),
    "promised_days": (whole(), 16, 3, ("办结时限", "承诺办结")),
    "rules": (
        RULES_CELL, 50, [{"kind": "traits_any", "values": ["agriculture", "first_loan"], "text": "农业经营主体或首贷户"}],
        ("条件", "准入", "申请条件"),
    ),
    "tariffs": (
        TARIFFS_CELL, 50,
        [{"kind": "guarantee_fee", "basis": "per_day_used", "rate": Decimal("0.5"), "text": "担保费年化 0.5%，按实际用款天数"}],
        ("费用", "资费规则"),
    ),
    "materials": (_text_of_field("materials"), 40, "营业执照\n近一年流水", ("材料",)),
    "steps": (_text_of_field("steps"), 40, "企业：线上申请\n银行：上门核实\n银行：审批放款", ("步骤",)),
    "contact": (_text_of_field("contact"), 16, "小微金融部 0578-0000000", ("联系方式", "联系电话")),
    "source": (_text_of_field("source"), 40, "本行产品手册 2026 年版", ("资料来源",)),
    "source_url": (_text_of_field("source_url"), 16, "", ("网址",)),
    "as_of": (DATE, 16, date(2026, 1, 1), ()),
    "valid_from": (DATE, 16, None, ("生效日期",)),
    "valid_to": (DATE, 16, None, ("截止日期", "到期日")),
    "login_required": (YES, 16, False, ()),
    "slug": (text(80), 16, "", ("编码",)),
    "policy_links": (POLICIES_CELL, 40, [], ("依据", "政策依据")),
}  # fmt: skip
_WANTED = frozenset({"name", "institution", "kind", "summary", "source", "as_of"})
_HELP = {
    "name": "对外名称。与同一机构已有的产品同名，就是修改那个产品",
    "institution": "全称；您只为一家机构工作时可以不填",
    "amount_max": "数字，单位元；写 50万 也能读懂",
    "rate_min": "3.85 或 3.85%",
    "term_max": "月数；写 3年 也能读懂",
    "rules": RULES_CELL.advice,
    "tariffs": TARIFFS_CELL.advice,
    "policy_links": "产品整体所依据的政策；它失效时，产品会标为待复核",
    "slug": "网址的最后一段；新产品不填就用名称的拼音，修改已有产品时请保留",
}


def _column(name: str) -> Column:
    cell, width, example, aliases = _COLUMNS[name]
    model = PARTS[name][0] if name in PARTS else None
    header = model._meta.verbose_name if model else Product._meta.get_field(name).verbose_name
    told = _HELP.get(name) or str(getattr(Product._meta.get_field(name), "help_text", "") or "")
    return Column(name, str(header), cell, width, name in _WANTED, told, example, aliases)


PRODUCTS = Description(
    "products",
    "产品",
    tuple(_column(name) for name in _COLUMNS),
    more=(
        ("准入条件", "条件的种类", "、".join(RULES)),
        ("准入条件、资费", "特征", "、".join(TRAITS.names().values())),
        ("资费", "项目", "、".join(TARIFFS)),
        ("资费", "计算方式", " | ".join(str(label) for _code, label in Tariff.Basis.choices)),
    ),
)
PLAIN_FIELDS = tuple(name for name in _COLUMNS if name not in {"institution", "partners", "regions", *PARTS})


def row_of(product: Product) -> dict[str, Any]:
    """A product with its relations as plain values. For many, see `with_relations`."""
    values: dict[str, Any] = {name: getattr(product, name) for name in PLAIN_FIELDS}
    values["institution"] = product.institution.name
    values["partners"] = [partner.name for partner in product.partners.all()]
    values["regions"] = sorted(region.pk for region in product.regions.all())
    for part, (_model, names) in PARTS.items():
        values[part] = [
            {name: getattr(row, name) for name in names} | {"policy": str(row.policy) if row.policy_id else ""}
            for row in getattr(product, part).all()
        ]
    return values


def with_relations(products: "QuerySet[Product]") -> "QuerySet[Product]":
    parts = [Prefetch(part, model._default_manager.select_related("policy")) for part, (model, _names) in PARTS.items()]
    return products.select_related("institution").prefetch_related("partners", "regions", *parts)


def rows_of(products: "QuerySet[Product]") -> list[dict[str, Any]]:
    """Six queries, whatever the number."""
    return [row_of(product) for product in with_relations(products)]
