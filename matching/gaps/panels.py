"""What of 需求空白 is worth a look, on the landing page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.navigation import Panel, Row

from . import queries

ROWS = 3


def gaps(user: User) -> Panel | None:
    """The most helpful bends: of all, or of the institution's own products."""
    page = queries.page_for(user)
    if page is None or not page.unmet:
        return None
    url = reverse("matching:gaps")
    exact = queries.supervises(user)
    if exact:
        told = [(line.label, line.enterprises) for line in page.bends]
    else:
        told = [
            (_("若“%(product)s”%(bend)s") % {"product": gain.product.name, "bend": gain.label}, gain.enterprises)
            for gain in page.gains
        ]
    if not told:
        return None
    note = _("可多满足 %s 家企业") if exact else _("至少可多满足 %s 家企业")
    rows = [Row(label, url, note=note % count) for label, count in told[:ROWS]]
    return Panel(_("需求空白"), rows, len(told), url, "")
