// WGS-84 → GCJ-02, for tiles that are drawn in it (MAP_TILES_DATUM): the same as catalogue/places/datum.py `to_gcj02`.
// Points stay WGS-84 until they are drawn.
(function (root) {
  const AXIS = 6378245, ECCENTRICITY = 0.00669342162296594323;
  const { PI, sin, cos, sqrt, abs } = Math;

  function gcj02(lat, lng) {
    if (!(lat >= 0.8293 && lat <= 55.8271 && lng >= 72.004 && lng <= 137.8347)) return [lat, lng];
    const x = lng - 105, y = lat - 35, angle = (lat * PI) / 180;
    const common = ((20 * sin(6 * PI * x) + 20 * sin(2 * PI * x)) * 2) / 3;
    const north =
      -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common +
      ((20 * sin(PI * y) + 40 * sin((PI * y) / 3) + 160 * sin((PI * y) / 12) + 320 * sin((PI * y) / 30)) * 2) / 3;
    const east =
      300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common +
      ((20 * sin(PI * x) + 40 * sin((PI * x) / 3) + 150 * sin((PI * x) / 12) + 300 * sin((PI * x) / 30)) * 2) / 3;
    const flat = 1 - ECCENTRICITY * sin(angle) ** 2;
    return [
      lat + north / ((((AXIS * (1 - ECCENTRICITY)) / (flat * sqrt(flat))) * PI) / 180),
      lng + east / (((AXIS / sqrt(flat)) * cos(angle) * PI) / 180),
    ];
  }

  root.onTiles = (datum, lat, lng) => (datum === "gcj02" ? gcj02(lat, lng) : [lat, lng]);
})(globalThis);
