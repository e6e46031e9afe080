"""What the whole suite shares."""

import pytest

from tests.browser import browse, browser, playwright, site  # noqa: F401  one browser for the whole run


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


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.report_call = outcome.get_result()
