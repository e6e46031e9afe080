"""Tasks are rows of the same transaction, and the drain runs what the worker would."""

import pytest
from django.db import transaction
from django_q.models import OrmQ
from wagtail.tasks import update_reference_index_task

from tests.factories import ProductFactory
from tests.queue import drain

pytestmark = pytest.mark.django_db


def test_task_enqueued_in_a_transaction_that_fails():
    before = OrmQ.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        update_reference_index_task.enqueue("catalogue", "product", 1)
        raise RuntimeError
    assert OrmQ.objects.count() == before


def test_task_enqueued_and_drained():
    product = ProductFactory()
    OrmQ.objects.all().delete()
    update_reference_index_task.enqueue("catalogue", "product", str(product.pk))
    assert OrmQ.objects.count() == 1
    assert drain() == 1
    assert OrmQ.objects.count() == 0
