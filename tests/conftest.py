"""What the whole suite shares."""

import pytest


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    """Uploads of a test land in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _index_beside_postgresql(request):
    """An index file knows nothing of a rollback: on PostgreSQL each test leaves it empty."""
    yield
    from django.db import connection

    if connection.vendor != "sqlite" and "db" in request.fixturenames:
        from search.maintenance import forget_host_index

        forget_host_index()
