"""Editorial pages."""

from wagtail.models import Page


class HomePage(Page):
    """The front page of the site."""

    max_count = 1
