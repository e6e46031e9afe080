"""What was imported in bulk is in Wagtail's index of references, as if each row had been saved by itself."""

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex

from accounts.models import Policy, Region
from catalogue.exchange import actions
from catalogue.models import Outlet, Product, ServiceItem
from tests.catalogue.exchange import HEAD, imported, line, xlsx
from tests.queue import drain

MODELS = (Product, Outlet, ServiceItem)
pytestmark = pytest.mark.django_db


def stored() -> set[tuple]:
    fields = ("content_type", "object_id", "to_content_type", "to_object_id", "model_path", "content_path")
    kinds = ContentType.objects.get_for_models(*MODELS).values()
    return set(ReferenceIndex.objects.filter(base_content_type__in=kinds).values_list(*fields))


def one_by_one() -> None:
    for model in MODELS:
        for row in model._default_manager.all():
            ReferenceIndex.create_or_update_for_object(row)


def test_imported_products_refer_to_institution_places_and_policies(editor, bank):
    place = Region.objects.get(pk="330902")
    notice = Policy.objects.create(page_key=1, title="通知", url="/p/1/", region=place)
    rows = [[*line(f"贷{number}"), "330902", "其他｜原文｜｜通知", "通知"] for number in range(3)]
    job = imported(editor, xlsx([*HEAD, "适用地区", "准入条件", "依据的政策"], *rows))
    before = stored()
    ReferenceIndex.objects.all().delete()
    one_by_one()
    assert before == stored()
    usage = ReferenceIndex.get_references_to(notice)
    assert sorted({path.split(".")[0] for path in usage.values_list("model_path", flat=True)}) == [
        "policy_links",
        "rules",
    ]
    assert {int(each.object_id) for each in usage} == set(Product.objects.values_list("pk", flat=True))
    assert ReferenceIndex.get_references_to(bank).count() == 3
    actions.undo(job, by=editor)
    drain()
    assert stored() == set()


def test_imported_outlets_refer_to_their_places_also_when_changed(editor, bank):
    ServiceItem.objects.create(institution=bank, name="开户", group="basic")
    head = ["名称", "所在地", "服务事项"]
    imported(editor, xlsx(head, ["甲", "330902", ""], ["乙", "330902", "开户"]), "outlets")
    imported(editor, xlsx(head, ["甲", "331123", "开户"]), "outlets")
    before = stored()
    one_by_one()
    assert before == stored()
    (moved,) = ReferenceIndex.get_references_to(Region.objects.get(pk="331123"))
    assert int(moved.object_id) == Outlet.objects.get(name="甲").pk
    assert ReferenceIndex.get_references_to(bank).count() == 3


def test_row_that_is_gone_by_the_time_of_the_task_is_passed_over(editor, bank):
    from catalogue.exchange import references

    assert references.index("catalogue.product", [999_999]) == 0
