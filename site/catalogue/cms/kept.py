"""Who loses the right to edit a product while typing (removed, moved, signed out) gets the typed text back, to hand on."""

import re
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from wagtail.admin.models import EditingSession
from wagtail.models import Revision

from accounts.kept_forms import KeptFormMiddleware
from accounts.models import Institution

from .. import queries
from ..models import Product
from ..versions import ROWS

EDIT, ADD = "wagtailsnippets_catalogue_product:edit", "wagtailsnippets_catalogue_product:add"
ROW = re.compile(r"(rules|tariffs)-(\d+)-(\w+)")


class KeptProductMiddleware(KeptFormMiddleware):
    names = frozenset({EDIT, ADD})
    template = "catalogue/cms/kept.html"

    def words(self) -> str:
        return _("没有保存：您已退出登录，或不再负责这个产品。")

    def typed(self, post: QueryDict) -> list[tuple[str, str]]:
        return typed(post)

    def lost(self, request: HttpRequest, key: Any) -> bool:
        user = request.user
        if not user.is_authenticated:
            return True
        if key is None:
            return not user.has_perm("catalogue.add_product")
        if not str(key).isdecimal():
            return False
        if user.has_perm("catalogue.change_product") and queries.products_editable_by(user).filter(pk=key).exists():
            return False
        # Only who was here before learns that there is such a product.
        kind = Product.get_content_type()
        own = {"user": user, "content_type": kind, "object_id": str(key)}
        return EditingSession.objects.filter(**own).exists() or Revision.objects.filter(**own).exists()


def typed(post: QueryDict) -> list[tuple[str, str]]:
    """What a person wrote in the form: [(label, text)], in the form's order, without what the form keeps for itself."""
    found = []
    for name, values in post.lists():
        row = ROW.fullmatch(name)
        column = _column(ROWS[row[1]], row[3]) if row else _column(Product, name)
        text = "、".join(_words(column, value) for value in values if value.strip()) if column else ""
        if text:
            head = f"{column.model._meta.verbose_name} {int(row[2]) + 1} · " if row else ""
            found.append((f"{head}{column.verbose_name}", text))
    return found


def _column(model: type[models.Model], name: str) -> Any:
    """The column of the table that a field of the form is for; None for what the form keeps for itself."""
    try:
        column: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return None if column.auto_created or not getattr(column, "editable", False) else column


def _words(column: Any, value: str) -> str:
    """A choice by its name, as the person saw it; the keys of rows that others may not know of stay keys."""
    if column.name == "institution" and value.isdecimal() and len(value) < 10:
        return Institution.objects.filter(pk=value, is_active=True).values_list("name", flat=True).first() or value
    if isinstance(column, models.BooleanField):
        return _("是")
    choices = getattr(column, "item_choices", None) or column.choices or ()
    return str(dict(getattr(choices, "choices", choices)).get(value, value))
