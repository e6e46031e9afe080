"""The built-in names as rows that editors see and change: `manage.py needs load-places`, also with each new version."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Region

from ..models import GazetteerState, Place
from ..needs.parser import built_in_names
from .current import changed

KINDS = (
    (Place.Kind.TOWN, ("镇", "乡", "街道")),
    (Place.Kind.PARK, ("园", "园区", "开发区", "新区", "科技城", "基金小镇", "云栖小镇", "经开", "鞋都", "商贸城", "水产城")),
    (Place.Kind.SIGHT, ("山", "岛", "湖", "谷", "寺", "景区", "古镇", "古城", "石窟", "石林", "梯田", "街", "广场", "沙滩", "楼", "阁")),
)  # fmt: skip


@transaction.atomic
def load() -> int:
    """Adds what this version ships and was never loaded before; what editors changed, switched off or deleted stays so.
    How many names were added. Nothing before the regions are there."""
    GazetteerState.objects.get_or_create(pk=1)
    state = GazetteerState.objects.select_for_update().get(pk=1)
    regions = Region.objects.in_bulk()
    if not regions:
        return 0
    loaded, added = set(state.loaded), 0
    for code, names in built_in_names().items():
        new = [name for name in names if f"{code} {name}" not in loaded]
        if code in regions and new:
            added += _add(regions[code], new)
            loaded |= {f"{code} {name}" for name in new}
    if added or loaded != set(state.loaded):
        changed()
        GazetteerState.objects.filter(pk=1).update(loaded=sorted(loaded))
    return added


def _add(region: Region, names: Iterable[str]) -> int:
    """A region's own name with its short forms is one row, every other name a row of its own."""
    known = {name for place in Place.objects.filter(region=region) for name in place.names}
    new = [name for name in names if name not in known]
    own = [name for name in new if region.name.startswith(name)]
    rows = [Place(name=name, region=region, kind=_kind(name)) for name in new if name not in own]
    if own:
        rows.append(Place(name=own[0], aliases="、".join(own[1:]), region=region, kind=Place.Kind.REGION))
    Place.objects.bulk_create(rows)
    return len(new)


def _kind(name: str) -> str:
    return next((kind for kind, endings in KINDS if name.endswith(endings)), Place.Kind.OTHER)
