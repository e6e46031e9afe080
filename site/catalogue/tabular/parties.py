"""The sheets of institutions and enterprises."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import Enterprise, Institution, Trait

from .cells import DATE, YES, amount, escaped, folded, text, whole
from .codes import INDUSTRY, INSTITUTION_KIND, PLACE, TRAITS, joined, words_of
from .description import Cell, Column, Description


def header_of(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


INSTITUTIONS = Description(
    "institutions",
    "机构",
    (
        Column("name", header_of(Institution, "name"), text(120), 24, True, "全称。与已有机构同名，就是修改那家机构", "示例：海岛农商银行", ("机构名称", "机构全称", "全称", "机构")),
        Column("short_name", header_of(Institution, "short_name"), text(40), 16, False, "", "海岛农商"),
        Column("kind", header_of(Institution, "kind"), INSTITUTION_KIND.one(), 14, True, "", "bank", ("类型", "机构类别", "机构类型")),
        Column("region", header_of(Institution, "region"), PLACE, 24, True, "", "330902", ("地区", "区域")),
        Column("summary", header_of(Institution, "summary"), text(200), 40, False, "", "服务本地小微企业和农户", ("简介",)),
        Column("description", header_of(Institution, "description"), text(20_000), 40),
        Column("phone", header_of(Institution, "phone"), text(40), 16, False, "", "0580-0000000", ("电话", "联系电话")),
        Column("website", header_of(Institution, "website"), text(200), 24, False, "", "", ("网址",)),
        Column("is_active", header_of(Institution, "is_active"), Cell(YES.read, YES.write, lambda: True, YES.advice, YES.options, single=True), 12, False, "写“否”就不再对外展示；新机构不填即展示", True, ("展示",)),
        Column("source", header_of(Institution, "source"), text(200), 30, False, "", "2026 年机构名录"),
        Column("slug", header_of(Institution, "slug"), text(80), 16, False, "不填就用名称的拼音；修改已有机构时请保留", "", ("编码",)),
    ),
)  # fmt: skip


def _read_traits(value: Any) -> tuple[dict[str, bool], list[str]]:
    """首贷户、非高新技术企业 → {"first_loan": True, "high_tech": False}; what is not named stays unknown."""
    found: dict[str, bool] = {}
    wrong = []
    for word in words_of(value):
        code = TRAITS.code(word)
        holds = code is not None
        if code is None and word[0] in "非不" and len(word) > 1:
            code = TRAITS.code(word.removeprefix("不是").lstrip("非不"))
        if code is None:
            wrong.append(f"不认识“{word}”")
        else:
            found[code] = holds
    return found, wrong


def _write_traits(value: dict[str, bool]) -> str:
    names = TRAITS.names()
    return joined(
        names[code] if value[code] else f"非{names[code]}" for code in Trait.values if value.get(code) is not None
    )


TRAITS_CELL = Cell(
    _read_traits, _write_traits, dict, f"可以写：{joined(TRAITS.names().values())}；没有的前面加“非”", tuple(TRAITS.names().values())
)  # fmt: skip
CODE = Cell(
    lambda value: (folded(value).upper().replace("-", ""), []),
    lambda value: escaped(str(value)),
    str,
    "营业执照右上角的 18 位",
)

ENTERPRISES = Description(
    "enterprises",
    "企业",
    (
        Column("uscc", header_of(Enterprise, "uscc"), CODE, 24, True, "营业执照右上角的 18 位；已登记的企业只补没有填过的内容", "示例：91330902MA00000000", ("信用代码", "社会信用代码", "代码")),
        Column("name", header_of(Enterprise, "name"), text(120), 30, True, "与营业执照一致", "云雾茶坊有限公司", ("企业名称", "单位名称", "公司名称")),
        Column("region", header_of(Enterprise, "region"), PLACE, 24, False, "不填则按统一社会信用代码里的登记地", "330902", ("地区", "区域")),
        Column("address", header_of(Enterprise, "address"), text(200), 36, False, "", "定海区昌国街道 1 号", ("详细地址", "注册地址")),
        Column("industry", header_of(Enterprise, "industry"), INDUSTRY, 20, False, "GB/T 4754 的名称或代码", "1530", ("所属行业",)),
        Column("founded_on", header_of(Enterprise, "founded_on"), DATE, 14, False, "", date(2018, 3, 1), ("成立日", "注册日期")),
        Column("employees", header_of(Enterprise, "employees"), whole(10_000_000), 14, False, "", 12, ("从业人员", "员工人数", "人数")),
        Column("revenue", header_of(Enterprise, "revenue"), amount(16), 18, False, "数字，单位元；写 500万 也能读懂", Decimal(3_000_000), ("营业收入", "年营业收入", "营收")),
        Column("assets", header_of(Enterprise, "assets"), amount(16), 18, False, "", None, ("资产总额", "总资产")),
        Column("traits", header_of(Enterprise, "traits"), TRAITS_CELL, 30, False, "有的直接写，没有的前面加“非”，不清楚的不写", {"agriculture": True}),
    ),
)  # fmt: skip


def institution_row(institution: Institution) -> dict[str, Any]:
    values = {
        column.name: getattr(institution, column.name) for column in INSTITUTIONS.columns if column.name != "region"
    }
    return values | {"region": institution.region_id}


def stream_institutions(found: "QuerySet[Institution]") -> Iterator[dict[str, Any]]:
    return (institution_row(each) for each in found.iterator(chunk_size=500))


def enterprise_row(enterprise: Enterprise) -> dict[str, Any]:
    related = {"region", "industry"}
    values = {each.name: getattr(enterprise, each.name) for each in ENTERPRISES.columns if each.name not in related}
    return values | {"region": enterprise.region_id, "industry": enterprise.industry_id}


def stream_enterprises(found: "QuerySet[Enterprise]") -> Iterator[dict[str, Any]]:
    return (enterprise_row(each) for each in found.iterator(chunk_size=500))
