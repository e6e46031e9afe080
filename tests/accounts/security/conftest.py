import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _used_codes():
    """Which codes of an app were used is kept in the cache, which no test rolls back."""
    cache.clear()
