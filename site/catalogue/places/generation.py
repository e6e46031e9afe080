"""Outlets for measurements and for trying the map: made up, marked 虚构 on every page. See `manage.py generate`."""

import random
from decimal import Decimal

from accounts.generation import places
from accounts.models import Institution, InstitutionKind

from ..models import Outlet, ServiceItem
from . import hours

SOURCE = "虚构数据，由 manage.py generate 生成，不是真实网点"
BATCH = 1000
STREETS = ["人民路", "解放街", "建设路", "学院路", "滨江路", "环城北路", "工业大道", "茶城路", "凤凰街", "平昌路"]
KINDS = ["支行", "营业部", "分理处", "便民服务点"]
WEEKS = (
    "周一至周五 09:00-17:00；周六、周日 09:30-16:00",
    "周一至周五 08:30-17:00",
    "周一至周五 08:30-11:30、13:30-17:00；周六 09:00-12:00",
    "每天 09:00-16:30",
)
DUTY = ("金融顾问：周一、周三 09:00-12:00\n客户经理：工作日", "客户经理：工作日", "")
MIDDLE, SPREAD = (28.6, 119.3), 0.9  # degrees around the middle of the province's south; nobody's address


def outlets(count: int, chance: random.Random) -> int:
    """Adds `count` outlets to banks that are there (makes one when there is none); how many rows were written.
    Raises Region.DoesNotExist while no region is loaded."""
    counties = places()
    banks = list(Institution.objects.filter(kind=InstitutionKind.BANK, is_active=True).order_by("pk")[:40])
    if not banks:
        banks = [
            Institution.objects.create(
                name="虚构示范银行",
                slug="xugou-shifan-yinhang",
                kind=InstitutionKind.BANK,
                region=counties[0],
                source=SOURCE,
            )
        ]
    services = {bank.pk: list(bank.service_items.all()) for bank in banks}
    centres = {
        county.pk: (MIDDLE[0] + chance.uniform(-SPREAD, SPREAD), MIDDLE[1] + chance.uniform(-SPREAD, SPREAD))
        for county in counties
    }
    first = Outlet.objects.filter(is_demo=True).count() + 1

    def one(number: int) -> Outlet:
        county = chance.choice(counties)
        lat, lng = centres[county.pk]
        placed = chance.random() < 0.95
        return Outlet(
            institution=chance.choice(banks),
            name=f"虚构{chance.choice(STREETS)}{chance.choice(KINDS)} {number}",
            region=county,
            address=f"{chance.choice(STREETS)}{chance.randint(1, 300)}号（虚构）",
            latitude=Decimal(f"{lat + chance.gauss(0, 0.03):.5f}") if placed else None,
            longitude=Decimal(f"{lng + chance.gauss(0, 0.03):.5f}") if placed else None,
            hours=hours.read(chance.choice(WEEKS)),
            holiday_rule=chance.choice(Outlet.HolidayRule.values),
            duty=hours.read_duty(chance.choice(DUTY)),
            has_government_counter=chance.random() < 0.3,
            source=SOURCE,
            is_demo=True,
        )

    written = 0
    for start in range(0, count, BATCH):
        made = Outlet.objects.bulk_create([one(first + number) for number in range(start, min(start + BATCH, count))])
        pairs: list[tuple[Outlet, ServiceItem]] = [
            (outlet, item)
            for outlet in made
            for item in chance.sample(services[outlet.institution_id], min(3, len(services[outlet.institution_id])))
        ]
        through = Outlet.services.through
        through.objects.bulk_create([through(outlet_id=outlet.pk, serviceitem_id=item.pk) for outlet, item in pairs])
        written += len(made) + len(pairs)
    return written
