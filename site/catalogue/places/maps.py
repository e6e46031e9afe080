"""A map without tiles: dots where outlets are, drawn as SVG on the server, so that it is there without script."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from .distance import EARTH_KM, Point
from .queries import Found

WIDTH, HEIGHT, EDGE = 640.0, 420.0, 34.0
KM_PER_DEGREE = EARTH_KM * radians(1)
NARROWEST_KM = 1.0  # one outlet alone is not blown up to a house
SCALES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    found: Any


def dot_map(rows: Sequence[Found], start: Point | None = None, radius_km: float = 0) -> dict[str, Any] | None:
    """{width, height, dots, start: {x, y, r}, scale: {km, length}}; None when no outlet has a point."""
    placed = [(row, row.outlet.point) for row in rows if row.outlet.point is not None]
    points = [point for _row, point in placed] + ([start] if start else [])
    if not placed:
        return None
    middle = (min(lat for lat, _ in points) + max(lat for lat, _ in points)) / 2
    across = cos(radians(middle))

    def flat(point: Point) -> tuple[float, float]:
        """Kilometres east and north of the null point; good for a place of some hundred kilometres."""
        return point[1] * across * KM_PER_DEGREE, point[0] * KM_PER_DEGREE

    spots = [flat(point) for point in points]
    if start and radius_km:
        x, y = flat(start)
        spots += [(x - radius_km, y - radius_km), (x + radius_km, y + radius_km)]
    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    south, north = min(y for _, y in spots), max(y for _, y in spots)
    per_km = min(
        (WIDTH - 2 * EDGE) / max(east - west, NARROWEST_KM), (HEIGHT - 2 * EDGE) / max(north - south, NARROWEST_KM)
    )
    mid_x, mid_y = (west + east) / 2, (south + north) / 2

    def place(point: Point) -> tuple[float, float]:
        x, y = flat(point)
        return round(WIDTH / 2 + (x - mid_x) * per_km, 1), round(HEIGHT / 2 - (y - mid_y) * per_km, 1)

    scale = max((each for each in SCALES if each * per_km <= WIDTH / 4), default=SCALES[0])
    centre = None
    if start:
        x, y = place(start)
        centre = {"x": x, "y": y, "r": round(radius_km * per_km, 1)}
    return {
        "width": int(WIDTH),
        "height": int(HEIGHT),
        "dots": [Dot(*place(point), row) for row, point in placed],
        "start": centre,
        "scale": {"km": f"{scale:g}", "length": round(scale * per_km, 1), "x": 16, "y": HEIGHT - 16},
    }
