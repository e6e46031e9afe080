"""The panel of the product form that says, while somebody types, what the product would cost."""

from django.forms import Media
from django.urls import reverse
from wagtail.admin.panels import HelpPanel

from ..panels import figures_url_name


class FiguresPanel(HelpPanel):
    """Posts the form to the registered address after each pause; the script puts warnings beside their fields."""

    def __init__(self, **kwargs) -> None:
        super().__init__(**{"template": "catalogue/cms/figures.html", **kwargs})

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):
            name = figures_url_name()
            key = [self.instance.pk] if self.instance.pk else []
            url = reverse(name if key else f"{name}_new", args=key) if name else ""
            return super().get_context_data(parent_context) | {"url": url}

        @property
        def media(self):
            return Media(js=["js/product-figures.js"], css={"all": ["css/product-figures.css"]})
