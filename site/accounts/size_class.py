"""企业规模 by 工信部联企业〔2011〕300号《中小企业划型标准规定》, read with GB/T 4754-2017 codes.

Amounts are 元. Medium, small and micro each ask for *both* measures (a firm below one falls to the class below);
真正的分界: 中型 ≥ both medium lower bounds, 小型 ≥ both small lower bounds, else 微型; large ≥ both upper bounds.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

WAN = 10_000
Measure = Literal["employees", "revenue", "assets"]


@dataclass(frozen=True)
class Bounds:
    """Lower bounds of large, medium, small for each measure; a class is reached when all of its bounds are."""

    name: str
    large: dict[Measure, int]
    medium: dict[Measure, int]
    small: dict[Measure, int]
    any_of: bool = False  # 租赁和商务服务业, 其他: see `classify`


def _two(name: str, employees: tuple[int, int, int], revenue: tuple[int, int, int]) -> Bounds:
    steps = [{"employees": people, "revenue": money * WAN} for people, money in zip(employees, revenue, strict=True)]
    return Bounds(name, *steps)  # type: ignore[arg-type]


FARMING = Bounds("农、林、牧、渔业", {"revenue": 20000 * WAN}, {"revenue": 500 * WAN}, {"revenue": 50 * WAN})
INDUSTRY = _two("工业", (1000, 300, 20), (40000, 2000, 300))
CONSTRUCTION = Bounds(
    "建筑业",
    {"revenue": 80000 * WAN, "assets": 80000 * WAN},
    {"revenue": 6000 * WAN, "assets": 5000 * WAN},
    {"revenue": 300 * WAN, "assets": 300 * WAN},
)
WHOLESALE = _two("批发业", (200, 20, 5), (40000, 5000, 1000))
RETAIL = _two("零售业", (300, 50, 10), (20000, 500, 100))
TRANSPORT = _two("交通运输业", (1000, 300, 20), (30000, 3000, 200))
STORAGE = _two("仓储业", (200, 100, 20), (30000, 1000, 100))
POST = _two("邮政业", (1000, 300, 20), (30000, 2000, 100))
LODGING = _two("住宿业", (300, 100, 10), (10000, 2000, 100))
CATERING = _two("餐饮业", (300, 100, 10), (10000, 2000, 100))
INFORMATION = _two("信息传输业", (2000, 100, 10), (100000, 1000, 100))
SOFTWARE = _two("软件和信息技术服务业", (300, 100, 10), (10000, 1000, 50))
REAL_ESTATE = Bounds(
    "房地产开发经营",
    {"revenue": 200000 * WAN, "assets": 10000 * WAN},
    {"revenue": 1000 * WAN, "assets": 5000 * WAN},
    {"revenue": 100 * WAN, "assets": 2000 * WAN},
)
PROPERTY = _two("物业管理", (1000, 300, 100), (5000, 1000, 500))
LEASING = Bounds(
    "租赁和商务服务业",
    {"employees": 300, "assets": 120000 * WAN},
    {"employees": 100, "assets": 8000 * WAN},
    {"employees": 10, "assets": 100 * WAN},
)
OTHER = Bounds("其他未列明行业", {"employees": 300}, {"employees": 100}, {"employees": 10})


def bounds_for(industry: str) -> Bounds | None:
    """The row of the standard for a GB/T 4754-2017 code; None for industries it leaves out (finance, education, …)."""
    if not industry[:2].isdigit():
        section_rows = {"A": FARMING, "B": INDUSTRY, "C": INDUSTRY, "D": INDUSTRY, "E": CONSTRUCTION, "L": LEASING}
        return section_rows.get(industry[:1])
    division, group = int(industry[:2]), industry[:3]
    if division == 70:
        return {"701": REAL_ESTATE, "702": PROPERTY}.get(group, OTHER)
    rows = (
        (range(1, 6), FARMING), (range(6, 47), INDUSTRY), (range(47, 51), CONSTRUCTION), ([51], WHOLESALE), ([52], RETAIL),
        ([53], None), (range(54, 59), TRANSPORT), ([59], STORAGE), ([60], POST), ([61], LODGING), ([62], CATERING),
        ([63, 64], INFORMATION), ([65], SOFTWARE), ([71, 72], LEASING), (range(73, 83), OTHER), (range(85, 86), OTHER),
        (range(86, 91), OTHER),
    )  # fmt: skip
    for divisions, row in rows:
        if division in divisions:
            return row
    return None


def classify(
    industry: str, employees: int | None, revenue: Decimal | None, assets: Decimal | None
) -> tuple[str | None, list[Measure]]:
    """("large" | "medium" | "small" | "micro" | None, measures still missing). `revenue` and `assets` in 元."""
    row = bounds_for(industry)
    if row is None:
        return None, []
    facts: dict[str, int | Decimal | None] = {"employees": employees, "revenue": revenue, "assets": assets}
    missing: list[Measure] = [measure for measure in row.small if facts[measure] is None]
    if missing:
        return None, missing
    for name in ("large", "medium", "small"):
        if all(facts[measure] >= bound for measure, bound in getattr(row, name).items()):
            return name, []
    return "micro", []
