"""The sheets of outlets and of service items."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from ..models import Outlet, ServiceItem
from ..places.datum import Datum
from .cells import YES, decimal, escaped, text, text_of
from .codes import PLACE, Codes
from .description import Cell, Column, Description
from .parties import header_of
from .products import INSTITUTION, NAMES


def _written(name: str, advice: str) -> Cell:
    """Data that the model's own field reads from text and writes as text."""
    field: Any = Outlet._meta.get_field(name)
    return Cell(
        lambda value: (field.read(text_of(value)), []),
        lambda value: escaped(field.write(value)),
        lambda: field.read(""),
        advice,
    )


_DATUM = Codes(
    Datum,
    {
        "高德": "gcj02",
        "腾讯": "gcj02",
        "火星坐标": "gcj02",
        "gcj-02": "gcj02",
        "gps": "wgs84",
        "天地图": "wgs84",
        "wgs-84": "wgs84",
        "cgcs2000": "wgs84",
    },
).one()
DATUM = Cell(_DATUM.read, _DATUM.write, lambda: "wgs84", _DATUM.advice, _DATUM.options, single=True)
HOLIDAYS = Codes(Outlet.HolidayRule, {"休息": "closed", "照常": "usual"})
HOURS = "周一至周五 09:00-17:00；周六、周日 09:30-16:00"

OUTLETS = Description(
    "outlets",
    "网点",
    (
        Column("name", header_of(Outlet, "name"), text(80), 24, True, "同一机构已有同名网点，就是修改那个网点", "示例：城关支行", ("网点名称", "网点", "支行")),
        Column("institution", "机构", INSTITUTION, 24, False, "全称；您只为一家机构工作时可以不填", "（贵机构全称）", ("所属机构", "机构名称", "银行", "发布机构")),
        Column("region", header_of(Outlet, "region"), PLACE, 24, True, "", "331123", ("地区", "区域")),
        Column("address", header_of(Outlet, "address"), text(160), 36, False, "", "遂昌县妙高街道北街 1 号", ("详细地址",)),
        Column("latitude", header_of(Outlet, "latitude"), decimal(8, 5, -90, 90, "WGS-84 纬度，如 28.59253；不知道就留空"), 12, False, "WGS-84；不知道就留空", Decimal("28.59253")),
        Column("longitude", header_of(Outlet, "longitude"), decimal(8, 5, -180, 180, "WGS-84 经度，如 119.27610；不知道就留空"), 12, False, "WGS-84；不知道就留空", Decimal("119.27610")),
        Column("datum", "坐标系", DATUM, 18, False, "从高德、腾讯地图复制的坐标请选 GCJ-02，导入时换算成 WGS-84；不填就是 WGS-84", "wgs84"),
        Column("phone", header_of(Outlet, "phone"), text(40), 16, False, "", "0578-0000000", ("联系电话",)),
        Column("hours", header_of(Outlet, "hours"), _written("hours", f"请写成“{HOURS}”"), 30, False, "", {str(day): [["08:30", "17:00"]] for day in range(1, 6)}, ("营业时间（工作日）",)),
        Column("holiday_rule", header_of(Outlet, "holiday_rule"), HOLIDAYS.one(), 18, False, "", "closed"),
        Column("exceptions", header_of(Outlet, "exceptions"), _written("exceptions", "每行一段，如“2027-02-15至2027-02-21 休息 春节”"), 30),
        Column("duty", header_of(Outlet, "duty"), _written("duty", "每行一个岗位，如“金融顾问：周一、周三 09:00-12:00”"), 30, False, "不写姓名和电话"),
        Column("has_government_counter", header_of(Outlet, "has_government_counter"), YES, 16, False, "", True, ("政银服务专区",)),
        Column("services", header_of(Outlet, "services"), NAMES, 30, False, "本机构已有的服务事项，用顿号隔开", []),
        Column("source", header_of(Outlet, "source"), text(200), 30, False, "", "2026 年网点清单"),
    ),
)  # fmt: skip

SERVICE_GROUP = Codes(ServiceItem.Group, {"主办行": "host", "基础": "basic", "增值": "value_added"})
SERVICES = Description(
    "services",
    "服务事项",
    (
        Column("name", header_of(ServiceItem, "name"), text(80), 24, True, "同一机构已有同名事项，就是修改那个事项", "示例：企业开户", ("事项名称", "服务事项", "事项")),
        Column("institution", "机构", INSTITUTION, 24, False, "全称；您只为一家机构工作时可以不填", "（贵机构全称）", ("所属机构", "机构名称", "银行", "发布机构")),
        Column("group", header_of(ServiceItem, "group"), SERVICE_GROUP.one(), 14, True, "", "basic", ("类型", "事项类别")),
        Column("description", header_of(ServiceItem, "description"), text(200), 40, False, "", "开立基本存款账户，当天可用", ("事项说明",)),
        Column("how_to_apply", header_of(ServiceItem, "how_to_apply"), text(20_000), 40, False, "每行一步；不知道就留空", "带上营业执照和法定代表人身份证\n到网点填表，当场办结", ("办理步骤", "办理方式")),
        Column("apply_url", header_of(ServiceItem, "apply_url"), text(200), 30, False, "", "", ("网上办理", "办理网址")),
        Column("source", header_of(ServiceItem, "source"), text(200), 30, False, "", "2026 年服务事项清单"),
    ),
)  # fmt: skip


def outlet_row(outlet: Outlet) -> dict[str, Any]:
    related = {"institution", "region", "services", "datum"}
    values = {column.name: getattr(outlet, column.name) for column in OUTLETS.columns if column.name not in related}
    return values | {
        "institution": outlet.institution.name,
        "region": outlet.region_id,
        "datum": Datum.WGS84.value,  # as the table keeps all of them
        "services": [each.name for each in outlet.services.all()],
    }


def stream_outlets(found: "QuerySet[Outlet]") -> Iterator[dict[str, Any]]:
    related = found.select_related("institution").prefetch_related("services")
    return (outlet_row(each) for each in related.iterator(chunk_size=500))


def service_row(item: ServiceItem) -> dict[str, Any]:
    values = {column.name: getattr(item, column.name) for column in SERVICES.columns if column.name != "institution"}
    return values | {"institution": item.institution.name}


def stream_services(found: "QuerySet[ServiceItem]") -> Iterator[dict[str, Any]]:
    return (service_row(each) for each in found.select_related("institution").iterator(chunk_size=500))
