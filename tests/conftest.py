"""What the whole suite shares."""

import pytest
from django.utils import translation

from tests.browser import browse, browser, playwright, site  # noqa: F401  one browser for the whole run


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    """Uploads of a test land in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _language():
    """What the test client asked for last stays active in its thread: no test hands its language on."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _index_beside_postgresql(request):
    """An index file knows nothing of a rollback: on PostgreSQL each test leaves it empty."""
    yield
    from django.db import connection

    uses_database = "db" in request.fixturenames or request.node.get_closest_marker("django_db")
    if connection.vendor != "sqlite" and uses_database:
        from search.maintenance import forget_host_index

        forget_host_index()


@pytest.fixture(autouse=True)
def _trail_can_be_emptied(request):
    """A test that commits empties every table at its end; the audit trail lets nobody. `migrate` puts its guard back."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not commits and not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    from accounts.audit import database

    database.uninstall(connection)


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.report_call = outcome.get_result()
