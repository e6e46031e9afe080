"""Browser tests of the look use the same browser as the stories."""

from tests.e2e.conftest import browse, browser, playwright, pytest_runtest_makereport, site  # noqa: F401
