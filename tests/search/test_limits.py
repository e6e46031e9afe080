"""How often one reader may complete and count: buckets in memory, apart by reader."""

import pytest

from search import limits, querylog
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _emptied(monkeypatch):
    limits.SUGGEST.forget()
    limits.SEEN.forget()
    for limit in (limits.SUGGEST, limits.SEEN):  # nothing fills again while a test runs
        monkeypatch.setattr(limit, "per_second", 0.001)
    yield
    limits.SUGGEST.forget()
    limits.SEEN.forget()


def test_bucket_empties_and_fills_again_for_each_reader_alone():
    limit = limits.Limit(burst=2, per_second=0.5)
    assert [limit.take("a", now) for now in (0, 0, 0, 1)] == [0, 0, 2, 1]
    assert [limit.take("b", 1), limit.take("a", 2), limit.take("a", 2)] == [0, 0, 2]
    assert [limit.take("a", 1000) for _ in range(3)] == [0, 0, 2]


def test_only_so_many_readers_are_remembered(monkeypatch):
    monkeypatch.setattr(limits, "READERS", 2)
    limit = limits.Limit(burst=1, per_second=1)
    assert [limit.take(reader, 0) for reader in "abac"] == [0, 0, 1, 0]
    assert [limit.take(reader, 0) for reader in "ba"] == [0, 0]  # b was the quietest, then a: both begin anew


@pytest.mark.django_db
class TestAddresses:
    @pytest.fixture(autouse=True)
    def _on(self, settings):
        settings.RATE_LIMITS = True

    def test_suggestions_and_counting_end_with_429_and_when_to_come_back(self, client, monkeypatch):
        monkeypatch.setattr(limits.SUGGEST, "burst", 2)
        monkeypatch.setattr(limits.SEEN, "burst", 1)
        note = querylog.note("潮汐", 0)
        asked = [client.get("/api/v1/suggest", {"q": "h"}) for _ in range(3)]
        told = [client.post("/api/v1/search/seen", {"note": note}) for _ in range(2)]
        assert ([each.status_code for each in asked], [each.status_code for each in told]) == (
            [200, 200, 429],
            [204, 429],
        )
        assert asked[2].json() == {"error": "too_many_requests"}
        assert 900 < int(asked[2]["Retry-After"]) <= 1000

    def test_people_behind_one_address_are_told_apart(self, client, monkeypatch):
        monkeypatch.setattr(limits.SUGGEST, "burst", 1)
        codes = [client.get("/api/v1/suggest").status_code for _ in range(2)]
        client.force_login(UserFactory())
        assert [*codes, client.get("/api/v1/suggest").status_code] == [200, 429, 200]

    def test_visitors_behind_our_proxy_are_told_apart(self, client, monkeypatch, settings):
        monkeypatch.setattr(limits.SUGGEST, "burst", 1)
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        asked = [client.get("/api/v1/suggest", headers={"X-Forwarded-For": each}) for each in ("10.9.9.1", "10.9.9.2")]
        assert [each.status_code for each in asked] == [200, 200]

    def test_switched_off_nobody_waits(self, client, monkeypatch, settings):
        settings.RATE_LIMITS = False
        monkeypatch.setattr(limits.SUGGEST, "burst", 0)
        assert client.get("/api/v1/suggest").status_code == 200
