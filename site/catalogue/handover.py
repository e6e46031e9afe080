"""What a product editor holds: drafts not submitted, products that they have locked, products that name them as contact."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import notify
from accounts.models import Institution, User
from accounts.people import handover
from accounts.roles import SERVING_ROLES, Role

from .models import Product


def register() -> None:
    """Called once, by `AppConfig.ready`."""
    handover.register(
        handover.Holding(
            key="drafts",
            label=gettext_lazy("写了一半的产品修改"),
            roles=frozenset({Role.PRODUCT_EDITOR}),
            rows=_drafts,
            move=_move_drafts,
            nobody=gettext_lazy("留着，由本机构的产品编辑接着写"),
            open=handover.Open(Product.objects.all, "locked_by", "institution"),
        )
    )
    handover.register(
        handover.Holding(
            key="contacts",
            label=gettext_lazy("咨询方式写着此人的产品"),
            roles=SERVING_ROLES,
            rows=_contacts,
            move=_move_contacts,
            nobody=gettext_lazy("先不改，请产品编辑处理"),
        )
    )


def _drafts(user: User, place: Institution | None) -> QuerySet[Product]:
    """Last written by this person and not submitted, or locked by them."""
    written = Q(latest_revision__user=user) & (Q(live=False, first_published_at=None) | Q(has_unpublished_changes=True))
    return Product.objects.filter(written | Q(locked_by=user), institution=place).order_by("pk")


def _move_drafts(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    """The colleague becomes the draft's author; what is under review already waits for no editor."""
    for product in _drafts(user, place):
        if product.locked_by_id == user.pk:
            product.locked, product.locked_by, product.locked_at = False, None, None
            product.save(update_fields=["locked", "locked_by", "locked_at"])
        if to is None or product.workflow_in_progress:
            continue
        if product.latest_revision is not None:
            product.get_latest_revision_as_object().save_revision(user=to)
        notify(to, _("产品“%s”的修改转给您，请接着完成。") % product.name, _edit(product))
    return []


def _names_of(user: User) -> list[str]:
    digits = (user.phone or "").removeprefix("+86")
    return [text for text in (user.name, digits) if len(text) > 1]


def _contacts(user: User, place: Institution | None) -> QuerySet[Product]:
    names = Q(pk__in=[])
    for text in _names_of(user):
        names |= Q(contact__contains=text)
    return Product.objects.filter(names, institution=place).order_by("pk")


def _move_contacts(user: User, place: Institution | None, to: User | None, by: User) -> list[str]:
    """A draft with the colleague's name and number, to be reviewed as every change; the public page shows it after that."""
    if to is None:
        return []
    left = []
    for product in _contacts(user, place):
        if product.workflow_in_progress:
            left.append(_("产品“%s”正在审核，咨询方式请在审核后再改。") % product.name)
            continue
        draft = product.get_latest_revision_as_object()
        for old, new in ((user.name, to.name), ((user.phone or "")[3:], (to.phone or "")[3:])):
            if len(old) > 1:
                draft.contact = draft.contact.replace(old, new)
        draft.save_revision(user=to)
        notify(to, _("产品“%s”的咨询方式已改成您，请核对并提交审核。") % product.name, _edit(product))
    return left


def _edit(product: Product) -> str:
    return reverse("wagtailsnippets_catalogue_product:edit", args=[product.pk])
