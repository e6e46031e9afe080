"""Several workers look through the same new product: each enterprise is told once."""

from threading import Barrier

import pytest

from accounts.models import Notice
from matching.alerts import finding, telling
from matching.alerts.telling import News
from matching.models import ProductAlert
from tests.factories import ProductFactory, enterprise_user
from tests.matching.conftest import make_need
from tests.races.clients import at_once

CLIENTS = 4
pytestmark = pytest.mark.django_db(transaction=True)


def scene():
    need = make_need(enterprise_user(), tells_new=True)
    return need, ProductFactory(purposes=["working_capital"], amount_max=1_000_000)


def told(need) -> tuple[int, int]:
    return Notice.objects.filter(user=need.author).count(), ProductAlert.objects.filter(need=need).count()


def test_workers_that_look_through_at_once_tell_once():
    need, _product = scene()
    came = at_once([finding.look_through] * CLIENTS)
    assert sorted(came) == [0] * (CLIENTS - 1) + [1]
    assert told(need) == (1, 1)


def test_workers_that_only_look_before_they_tell_tell_twice(monkeypatch):
    """The negative control: the same code, lock and constraint replaced by a look."""
    need, product = scene()
    gate = Barrier(2)

    def looked(need, news):
        is_new = not ProductAlert.objects.filter(need=need, product_id=news.product).exists()
        gate.wait(timeout=30)
        return is_new

    monkeypatch.setattr(telling, "_claim", looked)
    monkeypatch.setattr(telling, "_locked", lambda pk: type(need).objects.select_related("author").get(pk=pk))
    unguarded = telling.tell.__wrapped__
    at_once([lambda: unguarded(need.pk, [News(product.pk, product.name, 1)])] * 2)
    assert told(need) == (2, 0)
