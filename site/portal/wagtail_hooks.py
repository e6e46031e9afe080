"""The CMS carries the site's colours; its name and logo are in site/templates/wagtailadmin."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def house_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms.css"))


@hooks.register("construct_help_menu")
def only_our_own_help(request: HttpRequest, menu_items: list) -> None:
    """Wagtail's news and its guide are pages in English outside, of a program that people here do not know by name."""
    menu_items[:] = [each for each in menu_items if not each.name.startswith(("whats-new", "editor-guide"))]


@hooks.register("construct_main_menu")
def call_people_by_name(request: HttpRequest, menu_items: list) -> None:
    """Beside the menu Wagtail writes the first name, else the user name; ours have one name in one field.

    Set for the page that is being drawn; no view saves the user after that."""
    request.user.first_name = str(request.user)  # type: ignore[union-attr]
