"""What an erasure of an enterprise reaches of its needs."""

import pytest

from accounts.models import Notice
from accounts.roles import Role
from matching import privacy
from matching.alerts.telling import News, tell
from matching.needs import actions as needs
from tests.factories import ProductFactory, enterprise_user, user_with

from .conftest import TEXT, make_need

pytestmark = pytest.mark.django_db


def test_words_of_an_erased_enterprises_needs_stay_in_no_notice():
    need = make_need(enterprise_user(), tells_new=True)
    product, advisor = ProductFactory(), user_with(Role.ADVISOR)
    other = make_need(enterprise_user(), tells_new=True)
    for each in (need, other):
        tell(each.pk, [News(product.pk, product.name, 1)])
    needs.pass_on(need, to=advisor)
    privacy.ERASER.enterprise(need.enterprise)
    assert list(Notice.objects.filter(text__contains=TEXT).values_list("user", flat=True)) == [other.author_id]
    assert not Notice.objects.filter(url=need.get_absolute_url()).exists()
