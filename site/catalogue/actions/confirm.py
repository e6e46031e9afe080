"""复核: an institution says from time to time that what is public still holds; who lets it lapse is flagged, not hidden."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from accounts.actions import notify
from accounts.models import RoleAssignment, User
from accounts.roles import Role

from .. import queries
from ..models import Product
from .review import Decisions

REMIND_BEFORE = (14, 3)  # days before the last one
KEEPERS = (Role.PRODUCT_EDITOR, Role.PRODUCT_REVIEWER)


def confirm_many(products: Iterable[Product], by: User) -> Decisions:
    """What is public of each still holds, says `by` for the institution. The same day twice is one confirmation."""
    found = Decisions()
    own = {each.pk for each in by.institutions_as(*KEEPERS)}
    for product in products:
        with transaction.atomic():
            row = Product.objects.select_for_update().get(pk=product.pk)
            if row.institution_id not in own:
                found.refused.append((row, _("由发布机构的人复核。")))
            elif not row.live:
                found.refused.append((row, _("没有发布的产品不用复核。")))
            else:
                found.done.append(row)
                if row.confirmed_on != timezone.localdate():
                    row.confirmed_on = timezone.localdate()
                    row.save(update_fields=["confirmed_on"])  # with its signals: lists and matching show the flag
                    log(instance=row, action="catalogue.confirm", user=by)
    return found


def remind(today=None) -> int:
    """Notices to those who keep an institution's products, some days before products fall due and on the day after;
    how many notices. Run once a day."""
    today = today or timezone.localdate()
    sent = 0
    for days in (*REMIND_BEFORE, -1):
        due = queries.with_confirmed_day(Product.objects.filter(live=True, institution__is_active=True)).filter(
            last_confirmed=today + timedelta(days=days - settings.PRODUCT_CONFIRM_DAYS)
        )
        numbers: dict[int, int] = {}
        for institution in due.values_list("institution", flat=True):
            numbers[institution] = numbers.get(institution, 0) + 1
        people = RoleAssignment.objects.filter(role__in=KEEPERS, institution__in=numbers, user__is_active=True)
        keepers = {
            (each.user_id, each.institution_id): each.user
            for each in people.select_related("user")
            if each.institution_id
        }
        for (_user, institution), user in sorted(keepers.items()):
            number = numbers[institution]
            text = (
                ngettext("%(n)d 个产品再过 %(days)d 天要复核", "%(n)d 个产品再过 %(days)d 天要复核", number)
                if days > 0
                else ngettext("%(n)d 个产品过了复核期，已标为待复核", "%(n)d 个产品过了复核期，已标为待复核", number)
            )
            notify(user, text % {"n": number, "days": days}, reverse("catalogue:desk_products"))
            sent += 1
    return sent
