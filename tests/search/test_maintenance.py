"""Outbox, rebuild, verify, repair, the commands and the site's own words."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction
from openpyxl import Workbook

from catalogue.models import Product
from portal.page_cache import read_epoch
from search import defaults, maintenance, outbox, words
from search.analysis import Vocabulary
from search.engines import engine, local, remote
from search.engines.embedded.filling import Filling
from search.engines.embedded.schema import tables
from search.engines.embedded.writing import building
from search.errors import BadInput, UnknownEngine
from search.evaluation import evaluate, measures
from search.events import answers_changed
from search.models import Change, LexiconTerm, SynonymGroup, VocabularyState
from search.queries import find
from tests.factories import ProductFactory
from tests.search.conftest import KIND

pytestmark = pytest.mark.django_db


def command(*arguments: str, capsys) -> tuple[int, str]:
    code = 0
    try:
        call_command("search", *arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, capsys.readouterr().out


class TestRebuild:
    def test_bulk_loading_is_found_after_a_rebuild(self, sample):
        with outbox.suspended():
            ProductFactory(name="潮汐贷")
        assert find(KIND, "潮汐贷").total == 0
        assert maintenance.rebuild([KIND]) == {KIND: 1}
        assert find(KIND, "潮汐贷").total == 1

    def test_bulk_change_can_be_told(self, sample):
        product = ProductFactory(name="潮汐贷")
        assert find(KIND, "潮汐贷").total == 1
        Product.objects.filter(pk=product.pk).update(name="朝霞贷")
        outbox.changes([(KIND, product.pk)])
        assert find(KIND, "朝霞贷").total == 1

    def test_change_after_a_rebuild_is_newer_than_it(self, sample):
        product = ProductFactory(name="潮汐贷")
        maintenance.rebuild([KIND])
        product.name = "朝霞贷"
        product.save()
        assert find(KIND, "朝霞贷").ids == [product.pk]

    def test_public_changes_are_told_to_others(self, sample):
        told = []
        answers_changed.connect(lambda sender, **kwargs: told.append(sender), weak=False, dispatch_uid="test")
        try:
            ProductFactory(login_required=True)
            outbox.settle()
            assert Product not in told[1:]
            told.clear()
            product = ProductFactory()
            outbox.settle()
            assert Product in told
            product.login_required = True
            product.save()
            told.clear()
            outbox.settle()
            assert Product in told  # it is no longer for everybody
            product.save()
            told.clear()
            outbox.settle()
            assert told == []
        finally:
            answers_changed.disconnect(dispatch_uid="test")

    def test_kept_pages_end_with_the_answers_they_show(self, sample):
        ProductFactory(name="潮汐贷")
        before = read_epoch()
        outbox.settle()
        assert read_epoch() > before


class TestBringUpToDate:
    def test_index_made_by_an_older_version_is_rebuilt_once(self, sample, only):
        with outbox.suspended():
            ProductFactory(name="潮汐贷")
        engine().set_mark("built_for", "older")
        maintenance.bring_up_to_date()
        assert find(KIND, "潮汐贷").total == 1
        with outbox.suspended():
            ProductFactory(name="朝霞贷")
        maintenance.bring_up_to_date()
        assert find(KIND, "朝霞贷").total == 0


class TestVerify:
    @pytest.fixture
    def broken(self, sample):
        products = {name: ProductFactory(name=name) for name in ("好好贷", "改名贷", "漏掉贷")}
        outbox.settle()
        with outbox.suspended():
            products["改名贷"].name = "新名贷"
            products["改名贷"].save()
            products["多余贷"] = ProductFactory(name="多余贷")
        outbox.changes([(KIND, products["多余贷"].pk)])
        outbox.settle()
        with outbox.suspended():
            products["多余贷"].pk, gone = None, products["多余贷"].pk
            Product.objects.filter(pk=gone).delete()
        engine().delete(KIND, {products["漏掉贷"].pk: 10**9})
        return {"stale": products["改名贷"].pk, "surplus": gone, "missing": products["漏掉贷"].pk}

    def test_differences_are_named_and_repaired(self, broken, capsys):
        code, out = command("verify", "--kind", KIND, "--json", capsys=capsys)
        assert code == 1
        assert {each["what"]: each["id"] for each in json.loads(out)} == broken
        assert command("repair", "--kind", KIND, "--json", capsys=capsys)[0] == 0
        assert command("verify", "--kind", KIND, "--json", capsys=capsys) == (0, "[]\n")
        assert find(KIND, "新名贷").total == find(KIND, "漏掉贷").total == 1
        assert find(KIND, "多余贷").total == 0


class TestCommands:
    def test_status_counts(self, sample, capsys):
        ProductFactory()
        outbox.settle()
        code, out = command("status", "--json", capsys=capsys)
        status = json.loads(out)
        assert (code, status["engine"]) == (0, "embedded")
        assert status["kinds"][KIND] == {"indexed": 1, "database": 1}

    def test_unknown_kind_is_wrong_input(self, sample, capsys):
        assert command("rebuild", "--kind", "nonsense", capsys=capsys)[0] == 2

    def test_rebuild_tells_what_it_wrote(self, sample, capsys):
        ProductFactory()
        code, out = command("rebuild", "--kind", KIND, "--engine", "embedded", "--json", capsys=capsys)
        assert (code, json.loads(out)) == (0, {KIND: 1})


class TestSweep:
    def test_what_a_crash_left_over_is_applied(self, sample):
        with outbox.suspended():
            product = ProductFactory(name="潮汐贷")
        outbox.settle()
        # Committed, and the process died before it applied it.
        Change.objects.create(kind=KIND, object_id=product.pk, remote=remote() is not None)
        outbox.sweep()
        assert find(KIND, "潮汐贷").total == 1

    def test_what_a_killed_rebuild_left_goes_and_a_living_one_stays(self, sample):
        fresh = Filling(local().storage, KIND)
        fresh.begin()
        outbox.sweep()
        assert tables(local().storage.connection(), fresh.place) != {}
        local().set_mark(building(KIND), "0123456789abcdef 1700000000")
        outbox.sweep()
        assert tables(local().storage.connection(), fresh.place) == {}
        assert local().get_mark(building(KIND)) == ""

    def test_changes_of_a_kind_that_is_gone_do_not_block(self, sample):
        Change.objects.create(kind="gone", object_id=1)
        outbox.sweep()


class TestWords:
    def test_synonyms_take_effect_with_the_next_search(self, sample):
        product = ProductFactory(name="潮汐贷", summary="续借周转")
        assert find(KIND, "搭桥").total == 0
        SynonymGroup.objects.create(words="搭桥、续借")
        assert find(KIND, "搭桥").ids == [product.pk]

    def test_new_term_takes_effect_with_a_rebuild(self, sample, only):
        ProductFactory(name="甬舟通贷")
        maintenance.rebuild()
        assert maintenance.status().current
        LexiconTerm.objects.create(term="甬舟通")
        assert words.analyser().tokens("甬舟通贷")[0] == "甬舟通"
        assert not maintenance.status().current
        maintenance.rebuild()
        assert maintenance.status().current
        assert find(KIND, "甬舟通").total == 1

    def test_change_made_by_another_process_counts_with_the_next_search(self, sample):
        product = ProductFactory(name="潮汐贷", summary="续借周转")
        assert find(KIND, "搭桥").total == 0
        SynonymGroup.objects.bulk_create([SynonymGroup(words="搭桥、续借")])  # no signal: this process knows nothing
        VocabularyState.objects.update_or_create(pk=1, defaults={"version": 7})
        assert find(KIND, "搭桥").ids == [product.pk]

    def test_change_that_is_rolled_back_leaves_nothing(self, sample):
        ProductFactory(name="潮汐贷", summary="续借周转")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            SynonymGroup.objects.create(words="搭桥、续借")
            assert find(KIND, "搭桥").total == 1
            raise ZeroDivisionError
        assert find(KIND, "搭桥").total == 0
        SynonymGroup.objects.create(words="搭档、续借")
        assert (find(KIND, "搭桥").total, find(KIND, "搭档").total) == (0, 1)

    def test_one_way_group_leads_from_its_first_word(self, sample):
        general, special = ProductFactory(name="渔民贷"), ProductFactory(name="紫菜贷")
        SynonymGroup.objects.create(words="渔民、紫菜", is_one_way=True)
        assert find(KIND, "渔民").ids == [general.pk, special.pk]
        assert find(KIND, "紫菜").ids == [special.pk]

    def test_reading_has_one_syllable_a_character(self):
        with pytest.raises(ValidationError):
            LexiconTerm(term="乐清", reading="yue").full_clean()
        LexiconTerm(term="乐清", reading="yue qing").full_clean()

    def test_synonyms_are_at_least_two(self):
        with pytest.raises(ValidationError):
            SynonymGroup(words="过桥").full_clean()
        assert SynonymGroup(words="过桥、转贷，续贷 周转").word_list == ["过桥", "转贷", "续贷", "周转"]


class TestDefaults:
    def test_defaults_say_in_the_tables_what_is_built_in(self):
        assert defaults.load()["synonyms"] == SynonymGroup.objects.count()
        built_in, kept = Vocabulary.built_in(), words.analyser().vocabulary
        assert kept.terms == built_in.terms
        assert set(kept.synonyms) == set(built_in.synonyms)
        assert kept.related == built_in.related
        assert kept.readings == built_in.readings
        assert kept.version == built_in.version

    def test_defaults_are_loaded_once_and_leave_edits_alone(self, sample):
        defaults.load()
        SynonymGroup.objects.filter(words__startswith="过桥、", is_one_way=False).update(words="过桥、搭桥")
        LexiconTerm.objects.get(term="取水权").delete()
        assert defaults.load() == {"terms": 0, "synonyms": 0}
        state = VocabularyState.objects.get()
        state.defaults = "older, without 取水贷"
        state.loaded.remove("词 取水贷")
        state.save()
        LexiconTerm.objects.get(term="取水贷").delete()
        assert defaults.load() == {"terms": 1, "synonyms": 0}
        assert SynonymGroup.objects.get(words__startswith="过桥、", is_one_way=False).words == "过桥、搭桥"
        assert not LexiconTerm.objects.filter(term="取水权").exists()

    def test_editor_takes_a_word_out_of_a_built_in_group(self, sample):
        ProductFactory(name="转贷资金")
        defaults.load()
        assert find(KIND, "过桥").total == 1
        group = SynonymGroup.objects.get(words__startswith="过桥、", is_one_way=False)
        group.words = "过桥、倒贷"
        group.save()
        assert find(KIND, "过桥").total == 0

    def test_command_says_what_was_added(self, capsys):
        code, out = command("words", "--json", capsys=capsys)
        assert (code, json.loads(out)["synonyms"]) == (0, SynonymGroup.objects.count())


class TestEvaluate:
    @pytest.fixture
    def files(self, tmp_path):
        book = Workbook()
        sheet = book.active
        sheet.append(["名称", "发布机构", "一句话介绍"])
        for row in (
            ("惠担贷", "衢江银行", "随借随还"),
            ("取水贷", "遂昌农商行", "取水权质押"),
            ("科技保", "南湖保险", "研发损失险"),
        ):
            sheet.append(row)
        book.save(tmp_path / "catalogue.xlsx")
        (tmp_path / "queries.tsv").write_text("id\ttext\n1\thdd\n2\t水权\n3\t研发险\n4\t不算\n", encoding="utf-8")
        (tmp_path / "judgements.tsv").write_text(
            "id\tname\tgrade\n1\t惠担贷\t3\n2\t取水贷\t2\n3\t科技保\t3\n", encoding="utf-8"
        )
        return [tmp_path / name for name in ("catalogue.xlsx", "queries.tsv", "judgements.tsv")]

    def test_figures_over_any_catalogue(self, files, capsys):
        arguments = [f"--{path.stem}={path}" for path in files]
        code, out = command("evaluate", *arguments, "--json", capsys=capsys)
        result = json.loads(out)
        assert code == 0
        assert {name: result[name] for name in ("ndcg@5", "recall@10", "mrr", "queries")} == {
            "ndcg@5": 1.0, "recall@10": 1.0, "mrr": 1.0, "queries": 3,
        }  # fmt: skip
        assert result["per_query"]["1"]["results"][0] == "惠担贷"

    @pytest.mark.parametrize(
        ("place", "content", "told"),
        [
            (2, "id\tname\tgrade\n1\t惠担贷\tgood\n", r"judgements.tsv，第 2 行，“grade”列：.*good"),
            (2, "id\tname\tgrade\n\n1\t惠担贷\t4\n", r"第 3 行，“grade”列"),
            (2, "id\tname\tgrade\n1\t惠担贷\n", r"第 2 行，“grade”列：这一行的列数不够"),
            (2, "id\tname\tgrade\n\t惠担贷\t3\n", r"第 2 行，“id”列：没有填"),
            (2, "id\tproduct\tgrade\n1\t惠担贷\t3\n", r"第 1 行，“name”列：第一行缺少这一列"),
            (1, "id\ttext\n1\thdd\n1\t水权\n", r"queries.tsv，第 3 行，“id”列：“1”前面已经有了"),
            (1, "", r"queries.tsv，第 1 行，“id”列"),
        ],
    )
    def test_wrong_row_is_named(self, files, place, content, told):
        files[place].write_text(content, encoding="utf-8")
        with pytest.raises(BadInput, match=told):
            evaluate(*files)

    def test_wrong_files_end_the_command(self, files, capsys):
        arguments = [f"--{path.stem}={path}" for path in files]
        files[1].write_bytes("id\ttext\n1\t过桥\n".encode("gbk"))
        assert command("evaluate", *arguments, capsys=capsys)[0] == 2
        with pytest.raises(BadInput, match=r"queries.tsv，第 2 行：不是 UTF-8 编码"):
            evaluate(*files)
        files[0].write_text("not a workbook", encoding="utf-8")
        with pytest.raises(BadInput, match=r"catalogue.xlsx：打不开这个工作簿"):
            evaluate(*files)
        with pytest.raises(BadInput, match=r"none.tsv：读不了"):
            evaluate(files[0].with_name("none.tsv"), *files[1:])

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            ([["产品编号", "介绍"], [1, "贷款"]], r"第 1 行，“名称”列：第一行没有“名称”一列"),
            ([["名称", "介绍"], ["甲贷", "贷款"], [None, "贷款"]], r"第 3 行，“名称”列：没有名称"),
            ([["名称", "介绍"]], "没有产品"),
            ([], "没有“名称”一列"),
        ],
    )
    def test_wrong_catalogue_is_told(self, files, rows, told):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(files[0])
        with pytest.raises(BadInput, match=told):
            evaluate(*files)

    def test_files_as_spreadsheets_write_them(self, files):
        book = Workbook()
        for row in (
            [],
            ["*名称", "内部编号", "最高额度（元）", None],
            ["惠担贷", 7, 5000000.0, "说明"],
            [None, None, None, None],
            ["惠担贷", 8, 300000, None],
            ["取水贷", 9, None, None],
        ):
            book.active.append(row)
        book.save(files[0])
        files[1].write_bytes(
            '\ufeffID\tText\tkind\r\n1\t"""惠担贷"""\r\n\r\n02\t取\u2028水贷\tname\r\nx3\t5000000\r\n'.encode()
        )
        files[2].write_bytes(
            "id\tname\tgrade\r\n1\t惠担贷\t2.0\r\n1\t惠擔貸\t3\r\n02\t取水贷\t3\r\n02\t无名贷\t1\r\n9\t取水贷\t3\r\n"
            "x3\t惠担贷\t2\r\n".encode()
        )
        result = evaluate(*files)
        assert (result["unknown_products"], result["unknown_queries"]) == (["无名贷"], ["9"])
        assert {key: each["results"][:1] for key, each in result["per_query"].items()} == {
            "1": ["惠担贷"], "02": ["取水贷"], "x3": ["惠担贷"],
        }  # fmt: skip
        assert result["per_query"]["1"]["ndcg@5"] == 1.0  # one answer, though two products bear the name
        assert result["recall@10"] == 1.0

    def test_engine_that_is_not_configured(self, files, settings):
        settings.ELASTICSEARCH_URL = []
        with pytest.raises(UnknownEngine):
            evaluate(*files, "elastic")

    def test_measures_by_hand(self):
        figures = measures(["乙", "甲", "丙"], {"甲": 3, "丁": 2, "丙": 1})
        gained = 7 / 1.5849625 + 1 / 2
        ideal = 7 + 3 / 1.5849625 + 1 / 2
        assert figures["ndcg@5"] == pytest.approx(gained / ideal, abs=1e-4)
        assert (figures["recall@10"], figures["mrr"]) == (0.5, 0.5)
        assert measures(["甲"], {"甲": 1})["mrr"] is None
