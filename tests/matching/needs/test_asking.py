"""Words tied to their fields; what is asked back on the spot; where what is no need is led on."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from matching.models import Need
from tests.factories import ProductFactory, enterprise_user

from ..test_pages import NEW, body, filled

pytestmark = pytest.mark.django_db


def test_a_word_of_the_sentence_leads_to_its_field_and_the_field_tells_the_words(client):
    page = body(client.get(NEW, {"text": "高新技术企业，想借 50 万元周转，年营业收入两千万，没有抵押物"}))
    assert '<a href="#id_amount_high"><mark>50 万元</mark></a>' in page
    assert '<a href="#id_trait_high_tech"><mark>高新技术企业</mark></a>' in page
    for anchor in ("id_amount_high", "id_trait_high_tech", "id_purposes", "id_guarantee_kinds", "id_said"):
        assert f'id="{anchor}"' in page
    assert "原话：“50 万元”" in page
    assert "年营业收入：2000 万元" in page


def test_words_of_the_sentence_are_no_markup(client):
    page = body(client.get(NEW, {"text": "<b>高新技术企业</b>想借<i>50</i>万周转，没有抵押物"}))
    assert "<b>高新" not in page
    assert "<i>50" not in page


def test_what_was_said_besides_can_be_unticked(sign_in):
    text = "想借 50 万元周转，年营业收入两千万，没有抵押物"
    client, said = sign_in(enterprise_user()), {"text": text, "said_shown": "1"}
    client.post(NEW, filled(**said, said=["revenue", "guarantee_refused"]))
    assert Need.objects.get().details["revenue"] == "20000000"
    client.post(NEW, filled(**said))
    need = Need.objects.first()
    assert (need.details, "revenue" in {mark["field"] for mark in need.marks}) == ({}, False)
    client.post(f"/needs/{need.pk}/edit/", {"amount_high": "50", "purposes": ["working_capital"]})
    need.refresh_from_db()
    assert need.amount_high == Decimal(500_000)


def test_too_little_is_asked_for_and_answered_on_the_spot(client):
    product = ProductFactory(name="周转快贷", purposes=["working_capital"], amount_max=1_000_000)
    page = client.get(NEW, {"text": "想贷点款，急"})
    form = page.context["form"]
    assert (page.context["parsed"].status, form.asked) == ("ask", ["amount_high", "purposes", "guarantee_kinds"])
    assert 'name="purposes"' in body(page)
    data = {name: value for name, value in form.carried} | {"confirmed": "1", "step": "preview"}  # noqa: C416
    answer = client.post(NEW, data | {"amount_high": "30", "purposes": ["working_capital"]})
    found = client.get(answer.url)
    assert [card.product for card in found.context["matches"].cards] == [product]
    assert (found.context["need"].text, found.context["need"].amount_high) == ("想贷点款，急", Decimal(300_000))


def test_questions_left_open_are_said_and_the_text_is_kept(client):
    page = client.get(client.post(NEW, {"text": "想贷点款，急", "confirmed": "1", "step": "preview"}).url)
    assert "请至少填写金额、用途或想要的服务中的一项" in body(page)
    assert page.context["form"]["text"].value() == "想贷点款，急"


@pytest.mark.parametrize(
    ("text", "label", "path", "carried"),
    [
        ("我要投诉银行乱收费", "去提交投诉与建议", "/me/requests/new/", {"category": ["other"], "text": None}),
        ("我们公司想上市，怎么走流程", "找金融顾问", "/advisors/", {}),
        ("贷款还不上了怎么办", "找金融顾问", "/advisors/", {}),
        ("包过的贷款有吗，给你好处费", "看产品正规要付哪些费用", "/cost/", {}),
        ("想贷款买婚房", "看看有哪些经营融资产品", "/products/", {}),
    ],
)
def test_what_is_no_need_is_led_on_with_what_was_typed(client, text, label, path, carried):
    page = client.get(NEW, {"text": text})
    step = page.context["steps"][0]
    parts = urlsplit(step.url)
    assert (step.label, parts.path) == (label, path)
    assert parse_qs(parts.query) == {name: value or [text] for name, value in carried.items()}
    assert f">{text}</textarea>" in body(page)


def test_complaint_goes_on_with_its_words(sign_in):
    client = sign_in(enterprise_user())
    step = client.get(NEW, {"text": "我要投诉银行乱收费"}).context["steps"][0]
    form = client.get(step.url).context["form"]
    assert (form["text"].value(), form["category"].value()) == ("我要投诉银行乱收费", "other")


def test_five_thousand_characters_are_kept_and_answered(client):
    text = "想借五十万周转" * 715
    page = client.get(NEW, {"text": text})
    assert page.context["parsed"].reason_code == "too_long"
    assert "一次最多读 500 个" in page.context["parsed"].reason
    assert f">{text}</textarea>" in body(page)


def test_a_sentence_that_is_just_too_long_is_not_cut_in_silence(sign_in):
    text = "想借 50 万周转" + "，急" * 260
    client = sign_in(enterprise_user())
    assert client.get(NEW, {"text": text, "confirmed": "1"}).context["parsed"].reason_code == "too_long"
    assert client.get(client.post(NEW, filled(text=text)).url).context["text"] == text
    assert Need.objects.count() == 0
