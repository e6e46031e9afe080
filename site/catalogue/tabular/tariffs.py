"""The sheet of tariffs: one item a row. The rows of a product, taken together in their order, are its tariffs."""

from datetime import date
from decimal import Decimal
from typing import Any

from ..fields import read_steps, write_steps
from ..models import Tariff
from .cells import DATE, amount, escaped, rate, text, text_of
from .codes import PLACES, TARIFF_BASIS, TARIFF_KIND, TRAITS
from .description import Cell, Column, Description
from .products import INSTITUTION


def _header(name: str) -> str:
    field: Any = Tariff._meta.get_field(name)
    return str(field.verbose_name)


STEPS = Cell(
    lambda value: (read_steps(text_of(value)), []),
    lambda value: escaped(write_steps(value)),
    list,
    "请写成“第 6 天起 0.05”，几段用顿号隔开",
)
POLICY = text(400, "本站已有的政策，写名称或文号")
TARIFF_SHEET = Description(
    "tariffs",
    "资费",
    (
        Column("product", "产品名称", text(80), 20, True, "已有的产品；同一产品的各行合在一起，就是它的全部资费", "示例：春茶贷", ("产品", "名称")),
        Column("slug", "产品网址名", text(80), 16, False, "网址的最后一段；机构有同名产品时才需要", "", ("网址名", "编码")),
        Column("institution", "发布机构", INSTITUTION, 20, False, "全称；您只为一家机构工作时可以不填", "（贵机构全称）", ("机构", "机构名称")),
        Column("kind", _header("kind"), TARIFF_KIND.one(), 14, True, "", "guarantee_fee", ("资费项目", "费用项目", "类别")),
        Column("basis", _header("basis"), TARIFF_BASIS.one(), 22, True, "", "per_day_used", ("计费方式",)),
        Column("rate", _header("rate"), rate(9, 5), 12, True, "0.5 或 0.5%；6‰ 也能读懂", Decimal("0.5"), ("费率", "利率", "数值")),
        Column("steps", _header("steps"), STEPS, 24, False, "按天计费、用久了费率变的才写", []),
        Column("trait", _header("trait"), TRAITS.one(), 16, False, "只给有这个特征的企业；不填表示都给", "", ("特征",)),
        Column("cap_amount", _header("cap_amount"), amount(), 20, False, "", None, ("金额上限",)),
        Column("cap_total", _header("cap_total"), amount(), 22, False, "", None, ("最多收",)),
        Column("regions", "适用地区", PLACES, 20, False, "不填表示全部适用地区", [], ("适用地区代码", "地区")),
        Column("valid_from", _header("valid_from"), DATE, 14, False, "", None, ("生效日期",)),
        Column("valid_to", _header("valid_to"), DATE, 14, False, "", date(2026, 12, 31), ("截止日期",)),
        Column("text", _header("text"), text(200), 40, True, "照抄原文，页面按这句话展示", "担保费年化 0.5%，按实际用款天数", ("说明",)),
        Column("source", _header("source"), text(200), 30, False, "不填则同产品来源", ""),
        Column("policy", _header("policy"), POLICY, 30, False, "它失效时，产品会标为待复核", "", ("政策依据", "依据")),
    ),
)  # fmt: skip
