"""What the whole suite shares."""

import pytest


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    """Uploads of a test land in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
