"""The judged sentences: from a file, by a command, from staff."""

import json

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry
from accounts.roles import Role
from catalogue.models import Product
from matching.demo import JUDGED
from matching.models import JudgedNeed
from matching.weights import judged
from tests.factories import ProductFactory, user_with

HEAD = "text\tbest\tacceptable\n"


@pytest.fixture
def file(tmp_path):
    def inner(text: str):
        path = tmp_path / "judged.tsv"
        path.write_text(text, encoding="utf-8")
        return path

    return inner


def test_file_is_read_with_names_set_apart(file):
    (row,) = judged.read(file(HEAD + "想借 50 万\t惠担贷\t农担贷、衢担贷; 小微贷\n\n"))
    assert (row.text, row.best, row.acceptable) == ("想借 50 万", "惠担贷", ["农担贷", "衢担贷", "小微贷"])


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("text\tbest\n", [(1, "没有这一列：acceptable")]),
        (HEAD + "只有原话\n\t惠担贷\n", [(2, "原话和最合适的产品都要填"), (3, "原话和最合适的产品都要填")]),
        (HEAD + "a\tx\na\ty\n", [(3, "与前面的一行原话相同")]),
        ("", [(1, "没有这一列：text、best、acceptable")]),
    ],
)
def test_wrong_file_names_every_row(file, text, problems):
    with pytest.raises(judged.BadFile) as caught:
        judged.read(file(text))
    assert [(each.row, each.reason) for each in caught.value.problems] == problems


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_corrects_by_text(file, capsys):
    path = file(HEAD + "想借 50 万\t惠担贷\t\n要保险\t科技保\t\n")
    call_command("judged", "load", str(path))
    call_command("judged", "load", str(path))
    call_command("judged", "load", str(file(HEAD + "想借 50 万\t农担贷\t惠担贷\n")))
    assert capsys.readouterr().out.splitlines() == [
        "2 句：新增 2，更正 0",
        "2 句：新增 0，更正 0",
        "1 句：新增 0，更正 1",
    ]
    assert list(JudgedNeed.objects.values_list("text", "best", "acceptable")) == [
        ("想借 50 万", "农担贷", ["惠担贷"]),
        ("要保险", "科技保", []),
    ]


@pytest.mark.django_db
def test_wrong_file_loads_nothing(file, capsys):
    with pytest.raises(SystemExit) as caught:
        call_command("judged", "load", str(file(HEAD + "想借 50 万\t惠担贷\t\n缺产品\t\t\n")))
    assert (caught.value.code, JudgedNeed.objects.count()) == (2, 0)
    assert "第 3 行" in capsys.readouterr().err


@pytest.mark.django_db
def test_score_of_the_weights_in_force(capsys):
    ProductFactory(name="周转快贷", purposes=["working_capital"])
    JudgedNeed.objects.create(text="想借 50 万周转", best="周转快贷")
    JudgedNeed.objects.create(text="想借 20 万周转", best="别家的贷")
    call_command("judged", "score", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["sentences"], found["left_out"], found["best"], found["share"]["best"]) == (1, 1, 1, 100.0)


@pytest.mark.django_db
def test_reviewed_sentence_is_recorded_without_its_words():
    staff = user_with(Role.SUPERVISOR)
    judged.add_reviewed(text="想借 50 万收茶", best="惠担贷", by=staff)
    judged.add_reviewed(text="想借 50 万收茶", best="农担贷", acceptable=["惠担贷"], by=staff)
    row = JudgedNeed.objects.get()
    assert (row.best, row.acceptable, row.source) == ("农担贷", ["惠担贷"], "correction")
    entries = AuditEntry.objects.filter(model="matching.judgedneed").order_by("pk")
    assert [(each.verb, each.actor) for each in entries] == [("created", staff), ("changed", staff)]
    assert entries[0].changes["text"] == [None, {"length": 9}]


@pytest.mark.django_db
def test_demo_sentences_name_products_of_the_demo():
    import accounts.demo
    import catalogue.demo

    accounts.demo.load()
    catalogue.demo.load()
    names = set(Product.objects.values_list("name", flat=True))
    rows = judged.read(JUDGED)
    assert [(row.text, row.right - names) for row in rows if row.right - names] == []
    assert len(rows) >= 20
