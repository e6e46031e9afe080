"""A product as it stands in the form of the CMS, not saved: for warnings and the example cost while somebody types."""

from dataclasses import dataclass

from django.http import Http404

from accounts.http import Request

from .. import queries
from ..contradictions import Contradiction, contradictions
from ..models import EligibilityRule, Product, Tariff


@dataclass(frozen=True)
class Unsaved:
    """`rules` and `tariffs` are by place in the form; None where that row is empty, taken out or not readable yet."""

    product: Product
    rules: list[EligibilityRule | None]
    tariffs: list[Tariff | None]

    @property
    def contradictions(self) -> list[Contradiction]:
        return contradictions(self.product, self.rules, self.tariffs)


def read(request: Request, pk: int | None) -> Unsaved:
    """From the post of the editing form. What cannot be read yet is left out. Raises Http404 for somebody else's product."""
    from .products import ProductViewSet

    verb = "add" if pk is None else "change"
    if not request.user.has_perm(f"catalogue.{verb}_product"):
        raise Http404
    product = Product()
    if pk is not None:
        found = queries.products_editable_by(request.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        product = found.get_latest_revision_as_object()
    form_class = ProductViewSet().get_edit_handler().get_form_class()
    form = form_class(request.POST, instance=product, for_user=request.user)
    form.defer_required_fields()
    form.is_valid()
    return Unsaved(form.instance, _rows(form.formsets["rules"]), _rows(form.formsets["tariffs"]))


def _rows(formset) -> list:
    return [_row(formset, form) for form in formset.forms]


def _row(formset, form):
    stands = form.instance.pk is not None or form.has_changed()
    return form.instance if stands and form.is_valid() and not formset._should_delete_form(form) else None
