"""Nobody meets another institution's products in the CMS: not in a list, not by an address, not in a log."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import TaskState

from accounts.roles import Role
from catalogue.cms.products import ProductViewSet
from catalogue.models import Outlet, Product, ServiceItem
from tests.factories import ProductFactory, RegionFactory, user_with

from .cms import address, client_of, form, house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return house("东海银行")


@pytest.fixture
def theirs():
    return house("西山银行")


def addresses(product: Product) -> dict[str, str]:
    """Every address of the snippet that names a product, with arguments that fit this one."""
    product.get_workflow().start(product, None)
    state = TaskState.objects.get(workflow_state__object_id=str(product.pk))
    more = {
        "revision_id": product.latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "action_name": "approve",
        "task_state_id": state.pk,
        "task_id": state.task_id,
        "workflow_state_id": state.workflow_state_id,
    }
    found = {}
    for entry in ProductViewSet().get_urlpatterns():
        names = list(entry.pattern.regex.groupindex) or list(entry.pattern.converters)
        if entry.name and "pk" in names:
            arguments = {"pk": product.pk} | {name: more[name] for name in names if name != "pk"}
            found[entry.name] = reverse(f"wagtailsnippets_catalogue_product:{entry.name}", kwargs=arguments)
    return found


@pytest.mark.parametrize("who", ["editor", "reviewer"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_any_address_of_foreign_product_is_missing(ours, theirs, who, method):
    client = client_of(getattr(ours, who))
    every = addresses(theirs.product)
    assert len(every) >= 18
    answers = {name: getattr(client, method)(url).status_code for name, url in every.items()}
    assert answers == dict.fromkeys(every, 404)


def test_addresses_of_own_product_open_for_its_reviewer(ours):
    client = client_of(ours.reviewer)
    answers = {name: client.get(url) for name, url in addresses(ours.product).items()}
    assert {response.status_code for response in answers.values()} <= {200, 302, 405}
    home = {name for name, response in answers.items() if response.status_code == 302 and response.url == "/cms/"}
    # Refused: what was published is taken down, not deleted; and a review locks by itself.
    assert home == {"delete", "lock", "unlock"}


def test_addresses_that_publish_are_refused_to_the_editor(ours):
    client = client_of(ours.editor)
    every = addresses(ours.product)
    answers = {name: client.get(every[name]).status_code for name in ("unpublish", "revisions_unschedule")}
    assert answers == {"unpublish": 404, "revisions_unschedule": 404}


@pytest.mark.parametrize("who", ["supervisor", "administrator"])
def test_foreign_product_opens_for_the_whole_place(theirs, who):
    assert client_of(user_with(Role(who))).get(address("edit", theirs.product.pk)).status_code == 200


@pytest.mark.parametrize("role", [Role.RELATIONSHIP_MANAGER, Role.ADVISOR, Role.ORGANISER])
def test_cms_is_closed_to_other_roles(theirs, role):
    response = client_of(user_with(role)).get(address("edit", theirs.product.pk))
    assert (response.status_code, "/accounts/login/" in response.url) == (302, True)


def test_list_holds_own_products_only(ours, theirs):
    page = client_of(ours.editor).get(address("list"))
    assert [each.pk for each in page.context["page_obj"]] == [ours.product.pk]


def rows_of(kind: str, house, number: int) -> None:
    for each in range(number):
        place = RegionFactory(code=f"33090{each + 2}", name=f"区{each}")
        if kind == "outlet":
            Outlet.objects.create(institution=house.institution, name=f"网点{each}", region=place)
        elif kind == "serviceitem":
            ServiceItem.objects.create(institution=house.institution, name=f"事项{each}", group="basic")
        else:
            Product(
                institution=house.institution, name=f"贷{each}", slug=f"dai-{each}", kind="loan", summary="周转",
                source="测试", as_of="2026-01-01",
            ).save()  # fmt: skip


@pytest.mark.parametrize("kind", ["product", "outlet", "serviceitem"])
def test_list_asks_as_often_for_one_as_for_three(ours, kind, django_assert_num_queries):
    client, url = client_of(ours.editor), reverse(f"wagtailsnippets_catalogue_{kind}:list")
    rows_of(kind, ours, 1)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    Product.objects.filter(slug="dai-0").delete()
    Outlet.objects.all().delete()
    ServiceItem.objects.all().delete()
    rows_of(kind, ours, 3)
    with django_assert_num_queries(len(one)):
        page = client.get(url)
    assert len(page.context["page_obj"]) == (4 if kind == "product" else 3)


@pytest.mark.parametrize("name", ["lock", "unlock"])
def test_lock_is_missing_to_a_reviewer_of_elsewhere(ours, theirs, name):
    ours.editor.role_assignments.create(role=Role.PRODUCT_REVIEWER, institution=theirs.institution)
    assert client_of(ours.editor).post(address(name, ours.product.pk)).status_code == 404


def test_search_box_finds_chinese_inside_a_name(ours, theirs):
    page = client_of(ours.editor).get(address("list"), {"q": "海银"})
    assert [each.pk for each in page.context["page_obj"]] == [ours.product.pk]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("渔船", ["远海渔船贷"]), ("渔船 远海", ["远海渔船贷"]), ("没有", []), ("", ["茶农贷", "远海渔船贷"])],
)
def test_chooser_finds_by_any_part_of_the_name(ours, typed, found):
    for name in ("远海渔船贷", "茶农贷"):
        ProductFactory(name=name, institution=ours.product.institution)
    page = client_of(ours.editor).get(reverse("wagtailsnippetchoosers_catalogue_product:choose_results"), {"q": typed})
    text = page.content.decode()
    assert [name for name in ("茶农贷", "远海渔船贷") if name in text] == found


def test_chooser_offers_public_and_own_products(ours, theirs):
    Product.objects.get(pk=theirs.product.pk).unpublish()
    url = reverse("wagtailsnippetchoosers_catalogue_product:choose_results")
    page = client_of(ours.editor).get(url)
    assert ("东海银行贷" in page.content.decode(), "西山银行贷" in page.content.decode()) == (True, False)
    chosen = reverse("wagtailsnippetchoosers_catalogue_product:chosen", args=[theirs.product.pk])
    assert client_of(ours.editor).get(chosen).status_code == 404


def test_site_history_shows_own_log_only(ours, theirs):
    page = client_of(ours.reviewer).get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert ("东海银行贷" in page, "西山银行贷" in page) == (True, False)


@pytest.mark.parametrize("method", ["get", "post"])
def test_bulk_delete_of_foreign_product_is_missing(ours, theirs, method):
    url = reverse("wagtail_bulk_action", args=["catalogue", "product", "delete"])
    answer = getattr(client_of(ours.reviewer), method)(f"{url}?id={theirs.product.pk}")
    assert (answer.status_code, Product.objects.filter(pk=theirs.product.pk).exists()) == (404, True)


def test_bulk_delete_of_all_names_own_products_only(ours, theirs):
    url = reverse("wagtail_bulk_action", args=["catalogue", "product", "delete"])
    page = client_of(ours.reviewer).get(f"{url}?id=all").content.decode()
    assert ("东海银行贷" in page, "西山银行贷" in page) == (True, False)


def test_new_product_of_foreign_institution_is_refused(ours, theirs):
    page = client_of(ours.editor).post(address("add"), form(theirs.institution))
    assert (page.status_code, Product.objects.filter(slug="chaoxidai").exists()) == (200, False)
    assert list(page.context["form"].errors) == ["institution"]


def test_state_of_foreign_review_is_missing_under_own_product(ours, theirs):
    """The address names an own product and somebody else's review."""
    addresses(ours.product)
    addresses(theirs.product)
    foreign = TaskState.objects.get(workflow_state__object_id=str(theirs.product.pk))
    url = address("workflow_action", ours.product.pk, "approve", foreign.pk)
    assert client_of(ours.reviewer).post(url).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == TaskState.STATUS_IN_PROGRESS


def test_reviewer_elsewhere_may_not_publish_where_only_editor(ours, theirs):
    """The permission to publish comes with a group; whose product it is decides."""
    ours.editor.role_assignments.create(role=Role.PRODUCT_REVIEWER, institution=theirs.institution)
    client = client_of(ours.editor)
    data = form(ours.institution, name="改了名", slug=ours.product.slug)
    assert client.post(address("edit", ours.product.pk), data | {"action-publish": "1"}).status_code == 302
    assert Product.objects.get(pk=ours.product.pk).name == "东海银行贷"


def test_reviewer_elsewhere_may_not_do_as_editor_what_reviewers_do(ours, theirs):
    """Who only drafts here neither deletes an outlet, one or many, nor changes how the institution introduces itself."""
    ours.editor.role_assignments.create(role=Role.PRODUCT_REVIEWER, institution=theirs.institution)
    client = client_of(ours.editor)
    here = [
        Outlet.objects.create(institution=each.institution, name="总部", region=RegionFactory())
        for each in (ours, theirs)
    ]
    delete = [reverse("wagtailsnippets_catalogue_outlet:delete", args=[each.pk]) for each in here]
    bulk = reverse("wagtail_bulk_action", args=["catalogue", "outlet", "delete"]) + f"?id={here[0].pk}"
    assert [client.post(delete[0]).status_code, client.get(bulk).status_code] == [404, 200]
    client.post(bulk)
    client.post(delete[1])
    assert list(Outlet.objects.all()) == here[:1]
    edit = reverse("wagtailsnippets_accounts_institution:edit", args=[ours.institution.pk])
    assert client.post(edit, {"summary": "改了"}).status_code == 404
    assert [
        each.pk for each in client.get(reverse("wagtailsnippets_accounts_institution:list")).context["page_obj"]
    ] == [theirs.institution.pk]


def test_parties_of_other_institutions_are_missing(ours, theirs):
    client = client_of(ours.reviewer)
    name = "wagtailsnippets_accounts_institution:edit"
    answers = [client.get(reverse(name, args=[each.institution.pk])).status_code for each in (ours, theirs)]
    assert answers == [200, 404]


def test_own_institution_keeps_what_supervisors_decide(ours):
    """Its reviewer changes how it introduces itself, not its name, address or whether it is shown."""
    client = client_of(ours.reviewer)
    url = reverse("wagtailsnippets_accounts_institution:edit", args=[ours.institution.pk])
    client.post(url, {"summary": "新的介绍", "name": "改名银行", "slug": "x", "is_active": "", "kind": "fund"})
    ours.institution.refresh_from_db()
    assert (ours.institution.summary, ours.institution.name, ours.institution.is_active, ours.institution.kind) == (
        "新的介绍", "东海银行", True, "bank",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["outlet", "serviceitem"])
def test_places_and_items_of_other_institutions_are_missing(ours, theirs, kind):
    def make(house):
        if kind == "outlet":
            return Outlet.objects.create(institution=house.institution, name="总部", region=RegionFactory())
        return ServiceItem.objects.create(institution=house.institution, name="信贷", group="basic")

    client = client_of(ours.editor)
    rows = [make(ours), make(theirs)]
    for name in ("edit", "usage", "history"):
        url = f"wagtailsnippets_catalogue_{kind}:{name}"
        assert [client.get(reverse(url, args=[row.pk])).status_code for row in rows] == [200, 404]
    page = client.get(reverse(f"wagtailsnippets_catalogue_{kind}:list"))
    assert list(page.context["page_obj"]) == rows[:1]


def test_outlet_of_foreign_institution_or_with_its_items_is_refused(ours, theirs):
    item = ServiceItem.objects.create(institution=theirs.institution, name="信贷", group="basic")
    RegionFactory()
    page = client_of(ours.editor).post(
        reverse("wagtailsnippets_catalogue_outlet:add"),
        {"institution": theirs.institution.pk, "name": "总部", "region": "330902", "services": [item.pk]},
    )
    assert sorted(page.context["form"].errors) == ["institution", "services"]
