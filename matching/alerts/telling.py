"""Tells an enterprise of products that its need did not have before: once each, in one notice."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions as accounts

from ..models import Need, ProductAlert
from ..needs.standing import is_standing

FIRST = 5  # places of a need's ranking that are worth telling of
NAMED = 2  # products that the notice names


@dataclass(frozen=True, slots=True)
class News:
    """A product among the first of a need."""

    product: int
    name: str
    place: int


@transaction.atomic
def tell(need_id: int, news: Sequence[News]) -> int:
    """How many products the enterprise was told of now; 0 where it knows them, does not want to know, or is done."""
    need = _locked(need_id)
    if need is None or not _waits(need):
        return 0
    fresh = [each for each in news if _claim(need, each)]
    if fresh:
        accounts.notify(need.author, _wording(need, fresh), need.get_absolute_url())
    return len(fresh)


def _locked(need_id: int) -> Need | None:
    return Need.objects.select_for_update(of=("self",)).select_related("author").filter(pk=need_id).first()


def _waits(need: Need) -> bool:
    """Whether its author still wants to know and still acts for the enterprise."""
    if not need.tells_new or not need.author.is_active or not is_standing(need, timezone.localdate()):
        return False
    return need.author.enterprise_memberships.filter(enterprise=need.enterprise_id, is_active=True).exists()


def _claim(need: Need, news: News) -> bool:
    """Whether we are the first to tell this. The database refuses a second row, whoever writes it."""
    try:
        with transaction.atomic():
            ProductAlert.objects.create(need=need, product_id=news.product, place=news.place)
    except IntegrityError:
        return False
    return True


def _wording(need: Need, news: Sequence[News]) -> str:
    about = need.summary if len(need.summary) <= 30 else f"{need.summary[:29]}…"
    names = "、".join(each.name for each in news[:NAMED])
    if len(news) == 1:
        return _("有新的合适产品“%(name)s”，在您的需求“%(need)s”里排第 %(place)s。") % {
            "name": names,
            "need": about,
            "place": news[0].place,
        }
    return _("有 %(count)s 款新的合适产品（%(names)s等），去看看您的需求“%(need)s”。") % {
        "count": len(news),
        "names": names,
        "need": about,
    }
