"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MAIN_NAV = (
    ("/products/", _("金融产品")),
    ("/events/", _("活动")),
    ("/advisors/", _("金融顾问")),
    ("/cost/", _("算成本")),
    ("/policies/", _("政策")),
    ("/cases/", _("案例")),
)


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        "DEMO": settings.DEMO,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "LARGE": "large" in request.COOKIES,
        "LANGUAGE_TAG": "en" if get_language() == "en" else "zh-Hans",
        "MAIN_NAV": MAIN_NAV,
    }
