"""How far, and about how many minutes. An estimate: the straight line times a factor for roads, at an even speed.

`ROAD_FACTOR` says how much longer a way is than the straight line, `WALKING_KMH` and `DRIVING_KMH` the speeds
(docs/operators/settings.md). They are written under every answer, and the map's script computes with the same numbers.
"""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from django.conf import settings
from django.utils.translation import gettext_lazy as _

EARTH_KM = 6371.0088
MODES = {"walk": _("步行"), "drive": _("开车")}
MINUTES = (5, 15, 30)
USUAL_MINUTES = 15  # 15 分钟服务圈
Point = tuple[float, float]  # latitude, longitude; WGS-84 degrees


@dataclass(frozen=True)
class Factors:
    road: float
    walking_kmh: float
    driving_kmh: float

    def kmh(self, mode: str) -> float:
        return self.walking_kmh if mode == "walk" else self.driving_kmh

    def minutes(self, km: float, mode: str) -> float:
        """Minutes for a straight line of `km`."""
        return km * self.road / self.kmh(mode) * 60

    def radius_km(self, minutes: float, mode: str) -> float:
        """The straight line that takes `minutes`."""
        return minutes / 60 * self.kmh(mode) / self.road


def factors() -> Factors:
    return Factors(settings.ROAD_FACTOR, settings.WALKING_KMH, settings.DRIVING_KMH)


def straight_km(one: Point, two: Point) -> float:
    """Great-circle distance."""
    (lat1, lng1), (lat2, lng2) = ((radians(each[0]), radians(each[1])) for each in (one, two))
    square = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(square))


def read_point(text: str) -> Point | None:
    """ "28.59, 119.27" (latitude first, as maps give it; China's longitudes are told by their size) → a point."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    try:
        one, two = (float(part) for part in parts)
    except ValueError:
        return None
    if abs(one) > 90 >= abs(two):
        one, two = two, one
    return (one, two) if abs(one) <= 90 and abs(two) <= 180 else None
