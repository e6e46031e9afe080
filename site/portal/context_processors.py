"""What every template may use."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "DEMO": settings.DEMO,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "OIDC": settings.OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else "",
        "HERE": SafeString(quote(request.get_full_path())),  # to come back to, within an address
        "LARGE": request.COOKIES.get("large") == "1",
        "LANGUAGE_TAG": "en" if get_language() == "en" else "zh-Hans",
    }
