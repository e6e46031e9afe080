"""The CMS carries the site's colours; its name and logo are in site/templates/wagtailadmin."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def house_colours() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms.css"))
