"""A policy's validity, the register that products refer to, and what a lapse does to them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import policies as register
from accounts.models import Policy, PolicyState
from accounts.roles import Role
from catalogue import policies
from catalogue.models import EligibilityRule, Product, ProductPolicy, Tariff
from tests.content.pages import policy
from tests.factories import InstitutionFactory, ProductFactory, user_with

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 2, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LAST = date(2027, 3, 2)


def text(page) -> str:
    return page.content.decode()


def entered(**fields) -> Policy:
    return Policy.objects.get(page_key=policy(**fields).pk)


class TestRegister:
    def test_published_page_is_entered_and_follows_its_changes(self):
        page = policy(number="遂金〔2024〕3 号", issuer="县金融办", valid_to=LAST)
        found = Policy.objects.get()
        assert (found.title, found.url, found.number, found.issuer, found.valid_to) == (
            "首贷贴息",
            "/policies/shoudai/",
            "遂金〔2024〕3 号",
            "县金融办",
            LAST,
        )
        page.valid_to = date(2028, 1, 1)
        page.save_revision()
        assert Policy.objects.get().valid_to == LAST  # a draft changes nothing
        page.save_revision().publish()
        assert Policy.objects.get().valid_to == date(2028, 1, 1)

    def test_page_taken_down_or_deleted_is_withdrawn(self):
        page = policy()
        page.unpublish()
        assert Policy.objects.get().state == PolicyState.WITHDRAWN
        page.save_revision().publish()
        assert Policy.objects.get().state == PolicyState.CURRENT
        page.delete()
        assert Policy.objects.get().state == PolicyState.WITHDRAWN

    def test_new_address_is_followed(self):
        page = policy()
        page.slug = "tiexi"
        page.save_revision().publish()
        assert Policy.objects.get().url == "/policies/tiexi/"

    @time_machine.travel(NOON, tick=False)
    @pytest.mark.parametrize(
        ("valid_from", "valid_to", "state"),
        [
            (None, None, "current"),
            (date(2027, 3, 2), date(2027, 3, 2), "current"),
            (date(2027, 3, 3), None, "not_yet"),
            (None, date(2027, 3, 1), "expired"),
        ],
    )
    def test_state_is_computed_from_the_days(self, client, valid_from, valid_to, state):
        page = policy(valid_from=valid_from, valid_to=valid_to)
        assert page.state == state
        assert Policy.objects.get().state == state
        for asked in ("current", "not_yet", "expired"):
            shown = [each.pk for each in client.get("/policies/", {"state": asked}).context["entries"]]
            assert shown == ([page.pk] if asked == state else [])


class TestLapse:
    @pytest.fixture
    def house(self):
        return InstitutionFactory()

    def notices(self, user) -> list[str]:
        return list(user.notices.order_by("pk").values_list("text", flat=True))

    def test_taking_down_flags_and_tells_at_once(self, client, house):
        page = policy()
        product = ProductFactory(institution=house, name="首贷通")
        ProductPolicy.objects.create(product=product, policy=Policy.objects.get())
        editor, stranger = user_with(Role.PRODUCT_EDITOR, house), user_with(Role.PRODUCT_EDITOR)
        assert "依据的政策" in text(client.get(product.get_absolute_url()))
        page.unpublish()
        assert self.notices(editor) == ["《首贷贴息》已撤下，产品“首贷通”以它为依据，请复核"]
        assert self.notices(stranger) == []
        assert "所依据的政策《首贷贴息》已撤下，机构还没有确认产品是否照旧" in text(
            client.get(product.get_absolute_url())
        )

    def test_expiry_flags_on_the_day_after_and_the_sweep_tells_once(self, client, house):
        with time_machine.travel(NOON, tick=False):
            entry = entered(valid_to=LAST)
            product = ProductFactory(institution=house, name="首贷通")
            ProductPolicy.objects.create(product=product, policy=entry)
            editor = user_with(Role.PRODUCT_EDITOR, house)
            assert register.sweep() == 0
            assert "机构还没有确认" not in text(client.get(product.get_absolute_url()))
        with time_machine.travel(NOON.replace(day=3), tick=False):
            assert "已于 2027-03-02 到期，机构还没有确认产品是否照旧" in text(client.get(product.get_absolute_url()))
            assert [register.sweep(), register.sweep()] == [1, 0]
            assert self.notices(editor) == ["《首贷贴息》已失效，产品“首贷通”以它为依据，请复核"]

    def test_prolonged_policy_clears_the_flag_and_lapses_anew(self, house):
        page = policy(valid_to=date(2020, 1, 1))
        product = ProductFactory(institution=house)
        ProductPolicy.objects.create(product=product, policy=Policy.objects.get())
        reviewer = user_with(Role.PRODUCT_REVIEWER, house)
        assert list(policies.to_review(reviewer)) == [product]
        page.valid_to = None
        page.save_revision().publish()
        assert list(policies.to_review(reviewer)) == []
        page.unpublish()
        assert list(policies.to_review(reviewer)) == [product]
        assert len(self.notices(reviewer)) == 1

    @pytest.mark.parametrize("where", ["product", "rule", "tariff"])
    def test_whole_product_rule_and_tariff_count_alike(self, house, where):
        entry, product = entered(valid_to=date(2020, 1, 1)), ProductFactory(institution=house)
        ProductFactory(institution=house)
        if where == "product":
            ProductPolicy.objects.create(product=product, policy=entry)
        elif where == "rule":
            EligibilityRule.objects.create(product=product, kind="other", text="首贷户", policy=entry)
        else:
            Tariff.objects.create(
                product=product, kind="interest_subsidy", basis="share", rate="50", text="贴一半", policy=entry
            )
        editor = user_with(Role.PRODUCT_EDITOR, house)
        assert list(policies.to_review(editor)) == [product]
        assert policies.of(product) == [entry]
        assert policies.lapsed_of([product]) == {product.pk: [entry]}
        assert list(policies.to_review(user_with(Role.SUPERVISOR))) == [product]
        assert list(policies.to_review(user_with(Role.PRODUCT_EDITOR))) == []

    def test_desk_lists_what_to_review(self, client, house):
        product = ProductFactory(institution=house, name="首贷通")
        ProductPolicy.objects.create(product=product, policy=entered(valid_to=date(2020, 1, 1)))
        client.force_login(user_with(Role.PRODUCT_EDITOR, house))
        assert "所依据的政策已失效，请复核" in text(client.get("/desk/"))
        page = text(client.get("/desk/products/policies/"))
        assert "首贷通" in page
        assert "《首贷贴息》已失效" in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_of_the_review_list_do_not_grow(self, client, house, number):
        entry = entered(valid_to=date(2020, 1, 1))
        for _ in range(number):
            ProductPolicy.objects.create(product=ProductFactory(institution=house), policy=entry)
        user = user_with(Role.PRODUCT_EDITOR, house)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found = list(policies.to_review(user))
            policies.lapsed_of(found)
        assert len(found) == number
        assert len(seen) == 6


class TestPolicyPage:
    def test_products_that_rest_on_it_are_listed_for_whom_they_are_public(self, client):
        page = policy()
        entry = Policy.objects.get()
        for name, hidden in (("首贷通", False), ("私募", True)):
            ProductPolicy.objects.create(product=ProductFactory(name=name, login_required=hidden), policy=entry)
        ProductPolicy.objects.create(product=ProductFactory(name="草稿", live=False), policy=entry)
        body = text(client.get(page.get_absolute_url()))
        assert "依据这项政策的产品" in body
        assert ("首贷通" in body, "私募" in body, "草稿" in body) == (True, False, False)
        client.force_login(user_with(Role.ADVISOR))
        assert "私募" in text(client.get(page.get_absolute_url()))


def test_difference_of_two_versions_names_the_policy():
    from catalogue import versions

    entry, product = entered(number="3 号"), ProductFactory(live=False)
    product.save_revision().publish()
    draft = Product.objects.get(pk=product.pk).get_latest_revision_as_object()
    draft.policy_links.add(ProductPolicy(policy=entry, note="第二条"))
    draft.save_revision()
    found = versions.unpublished(Product.objects.get(pk=product.pk))
    assert [(each.label, each.new) for each in found] == [
        ("依据的政策（新增）", "政策 首贷贴息（3 号）；依据哪一条 第二条")
    ]
