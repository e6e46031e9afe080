"""LPR 报价 in the CMS: the supervisor enters what has been published, with its day and source."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from ..models import LendingRate


class LendingRateViewSet(SnippetViewSet):
    model = LendingRate
    icon = "calendar-alt"
    menu_label = _("LPR 报价")
    menu_order = 140
    add_to_admin_menu = True
    list_display = ["basis", "rate", "valid_from", "source"]
    panels = [
        FieldPanel("basis"),
        FieldRowPanel([FieldPanel("rate", help_text=_("按公布的写，如 3.1 表示 3.1%")), FieldPanel("valid_from")]),
        FieldPanel("source"),
        FieldPanel("source_url"),
    ]
