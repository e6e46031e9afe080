"""WGS-84 and GCJ-02, the shifted coordinates that Chinese map services show and copy.

Tables, answers and addresses of this site hold WGS-84 (GPS, and CGCS2000 to within centimetres: 天地图). GCJ-02 comes in
where a person says that a point is from such a map, and goes out where tiles are drawn in it (`MAP_TILES_DATUM`); there
`static/js/datum.js` does the same as `to_gcj02`. The formula is the one that is published everywhere, good to some metres;
nothing is shifted outside the rectangle around China.
"""

from decimal import Decimal
from math import cos, pi, radians, sin, sqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

from .distance import Point

AXIS, ECCENTRICITY = 6_378_245.0, 0.00669342162296594323  # of the Krassowsky ellipsoid: metres, squared
ENOUGH = 1e-8  # degrees: a millimetre
PLACES = 5  # of a table's degrees: a metre


class Datum(models.TextChoices):
    WGS84 = "wgs84", _("WGS-84（GPS、天地图）")
    GCJ02 = "gcj02", _("GCJ-02（高德、腾讯）")


def _outside(point: Point) -> bool:
    lat, lng = point
    return not (0.8293 <= lat <= 55.8271 and 72.004 <= lng <= 137.8347)


def _shift(point: Point) -> Point:
    lat, lng = point
    x, y = lng - 105, lat - 35
    common = (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    flat = 1 - ECCENTRICITY * sin(radians(lat)) ** 2
    metres_north = AXIS * (1 - ECCENTRICITY) / (flat * sqrt(flat)) * pi / 180
    metres_east = AXIS / sqrt(flat) * cos(radians(lat)) * pi / 180
    return north / metres_north, east / metres_east


def to_gcj02(point: Point) -> Point:
    if _outside(point):
        return point
    north, east = _shift(point)
    return point[0] + north, point[1] + east


def from_gcj02(point: Point) -> Point:
    """The inverse: a few steps towards the point whose shift leads here."""
    if _outside(point):
        return point
    lat, lng = point
    for _step in range(20):
        there = to_gcj02((lat, lng))
        off = there[0] - point[0], there[1] - point[1]
        lat, lng = lat - off[0], lng - off[1]
        if max(map(abs, off)) < ENOUGH:
            break
    return lat, lng


def stored(latitude: Decimal, longitude: Decimal, datum: str) -> tuple[Decimal, Decimal]:
    """A point as somebody gave it, as the tables keep it."""
    if datum != Datum.GCJ02:
        return latitude, longitude
    lat, lng = from_gcj02((float(latitude), float(longitude)))
    return Decimal(f"{lat:.{PLACES}f}").normalize() + 0, Decimal(f"{lng:.{PLACES}f}").normalize() + 0
