"""The analysis chain alone: no database, no Django."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import Analyser, Names, Vocabulary, highlight, normalise, snippet
from search.analysis.pinyin import looks_like_pinyin

ANALYSER = Analyser()


def groups(text: str, names: Names | None = None) -> list[str]:
    return [group.text for group in ANALYSER.query(text, names).groups]


class TestNormalise:
    @pytest.mark.parametrize(
        ("typed", "normal"),
        [
            ("惠擔貸", "惠担贷"),
            ("ＨＤＤ　５０", "hdd 50"),
            ("㈱ﬁ", "(株)fi"),
            ("Café", "cafe"),
            ("huì dān", "hui dan"),
            ("零\u200b宽\ufeff字", "零宽字"),
            ("制\0表\t", "制 表 "),
            ("\ud800", " "),
        ],
    )
    def test_forms_of_writing_become_one(self, typed, normal):
        assert normalise(typed).text == normal

    def test_offsets_lead_back_to_what_was_written(self):
        text = normalise("㈱ＨＤＤ惠擔貸")
        start = text.text.index("惠担贷")
        assert text.original[slice(*text.span(start, start + 3))] == "惠擔貸"
        assert text.original[slice(*text.span(0, 3))] == "㈱"

    @given(st.text())
    def test_every_place_has_one_it_came_from(self, typed):
        normal = normalise(typed)
        assert len(normal.offsets) == len(normal.text)
        assert list(normal.offsets) == sorted(normal.offsets)
        assert all(0 <= place < len(typed) for place in normal.offsets)

    @given(st.text())
    def test_normal_form_stays_as_it_is(self, typed):
        once = normalise(typed).text
        assert normalise(once).text == once


class TestDocuments:
    def test_title_gives_words_parts_and_readings(self):
        tokens = ANALYSER.document("取水贷", [], [])
        assert tokens.title == ["取水贷", "取水"]
        assert tokens.grams == ["取", "水", "贷", "取水", "水贷"]
        assert set(tokens.pinyin) == {"qushuidai", "qsd", "shuidai", "sd"}

    def test_long_words_carry_the_words_inside(self):
        assert ANALYSER.tokens("担保费") == ["担保费", "保费", "担保"]

    def test_characters_that_no_word_joins_go_in_pairs(self):
        assert ANALYSER.tokens("潮汐贷") == ["潮汐", "贷"]
        assert ANALYSER.tokens("甬舟贷") == ["甬", "舟", "贷", "甬舟", "舟贷"]

    def test_numbers_and_letters_are_whole(self):
        assert ANALYSER.tokens("lpr 3.45% 5g") == ["lpr", "3.45", "5g"]

    @given(st.text())
    def test_tokens_hold_neither_spaces_nor_quotes(self, typed):
        for token in ANALYSER.tokens(normalise(typed).text):
            assert token
            assert not set(token) & set(" \t\n\"'*():^\0")


class TestReadings:
    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("银行", "yin hang"),
            ("农商行", "nong shang hang"),
            ("主办行", "zhu ban hang"),
            ("随借随还", "sui jie sui huan"),
            ("无还本续贷", "wu huan ben xu dai"),
            ("还款", "huan kuan"),
            ("长兴", "chang xing"),
            ("增长", "zeng zhang"),
            ("重庆", "chong qing"),
            ("乐清", "yue qing"),
            ("台州", "tai zhou"),
            ("遂昌", "sui chang"),
            ("衢担贷", "qu dan dai"),
        ],
    )
    def test_characters_with_several_readings(self, text, reading):
        assert " ".join(ANALYSER.reader.syllables(text)) == reading

    @pytest.mark.parametrize(
        ("text", "is_one"), [("huidandai", True), ("zhoushan", True), ("credit", False), ("hdd", False)]
    )
    def test_letters_that_are_syllables(self, text, is_one):
        assert looks_like_pinyin(text) is is_one

    def test_site_readings_overrule(self):
        analyser = Analyser(Vocabulary.built_in().extended(readings={"行": ["xing"], "银行": ["yin", "xing"]}))
        assert analyser.reader.syllables("银行") == ("yin", "xing")


class TestQueries:
    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("舟山 转贷", ["舟山", "转贷"]),
            ("我想借五十万周转一下", ["借", "周转"]),
            ("企业 300万 信用贷", ["信用贷"]),
            ("公司", ["公司"]),
            ("300万", ["300万"]),
            ("hui dan dai", ["huidandai"]),
            ("惠擔貸", ["惠担贷"]),
            ("的", ["的"]),
            ("", []),
            ("!!! 、、", []),
        ],
    )
    def test_what_was_asked(self, typed, read):
        assert groups(typed) == read

    def test_amounts_and_light_words_are_wanted_but_not_required(self):
        query = ANALYSER.query("企业 300万 信用贷 五十万元")
        assert [group.text for group in query.light] == ["300万", "企业", "五十万元"]
        assert [term.text for term in query.light[0].alternatives[1].terms] == ["3000000"]

    def test_related_words_lead_one_way(self):
        said = ANALYSER.query("农民").groups[0].alternatives
        assert "菇农" in [each.shown for each in said if each.why == "related"]
        assert "农民" not in [each.shown for each in ANALYSER.query("菇农").groups[0].alternatives]

    def test_loosened_query_asks_for_the_pieces_of_words(self):
        query = ANALYSER.loosened(ANALYSER.query("衢江惠甬贷"))
        assert [group.text for group in query.groups] == ["衢江", "惠甬贷", "惠甬", "甬贷", "惠", "甬", "贷"]
        assert {each.why for group in query.groups[2:] for each in group.alternatives} == {"near"}

    def test_missing_words_are_near_by_their_characters(self):
        query = ANALYSER.query("买树苗")
        assert [group.text for group in query.groups] == ["树苗"]
        assert [group.text for group in ANALYSER.loosened(query, {"树苗"}).groups] == ["树苗", "树", "苗"]

    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            ("农业贷款", ["农业", "贷款"]),  # the dictionary's word, of which the vocabulary knows the parts
            ("想买台挖机", ["挖机"]),
            ("年化3点多 纯信用", ["纯信用"]),
        ],
    )
    def test_what_is_meant_by_longer_runs(self, typed, read):
        assert groups(typed) == read

    def test_what_people_say_brings_what_is_meant_by_the_words_in_it(self):
        analyser = Analyser(Vocabulary().extended(synonyms=[["饭店", "餐饮"]], related={"开饭店": ["创业"]}))
        said = {each.shown: each.why for each in analyser.query("开饭店").groups[0].alternatives}
        assert said["创业"] == said["餐饮"] == "related"

    def test_words_of_several_pieces_are_looked_for_piece_by_piece(self):
        analyser = Analyser(Vocabulary().extended(synonyms=[["刷卡", "POS机", "信用（无抵押）", "（）"]]))
        terms = {term.text for term in analyser.query("刷卡").terms}
        assert terms >= {"刷卡", "pos", "机"}
        assert all(term.isalnum() for term in terms)

    def test_synonyms_of_letters(self):
        analyser = Analyser(Vocabulary().extended(synonyms=[["IPO", "上市"]]))
        assert "上市" in [each.shown for each in analyser.query("ipo").groups[0].alternatives]

    def test_synonyms_weigh_less(self):
        (group,) = ANALYSER.query("过桥").groups
        assert {each.shown for each in group.alternatives} >= {"过桥", "转贷", "续贷周转"}
        assert max(each.weight for each in group.alternatives if each.why == "synonym") < 1

    @pytest.mark.parametrize(
        ("typed", "meant"), [("过侨", "过桥"), ("抵压", "抵押"), ("代款", "贷款"), ("惠旦贷款", "惠担贷")]
    )
    def test_same_sound_is_repaired(self, typed, meant):
        names = Names([*ANALYSER.vocabulary.lexicon], ANALYSER.reader)
        assert [repair[1] for repair in ANALYSER.query(typed, names).repairs] == [meant]

    def test_what_is_spelt_right_is_left_alone(self):
        names = Names([*ANALYSER.vocabulary.lexicon], ANALYSER.reader)
        for text in ("过桥", "惠担贷", "小微企业贷款", "取水权质押"):
            assert ANALYSER.query(text, names).repairs == ()

    @pytest.mark.parametrize("typed", ["民营小贷", "民营微小贷", "民营小微微贷", "民营小薇贷"])
    def test_names_one_step_away(self, typed):
        assert Names(["民营小微贷", "取水贷"], ANALYSER.reader).close(typed) == ["民营小微贷"]

    def test_only_the_nearest_names_are_meant(self):
        names = Names(["富企医药提升贷", "富企医药快贷"], ANALYSER.reader)
        assert names.close("富企医药升提贷") == ["富企医药提升贷"]
        assert names.close("富企医药快贷") == []

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("想申请无还续本贷", "无还本续贷"),  # swapped
            ("民营小贷怎么办", "民营小微贷"),  # missing
            ("遂昌县主办办行在哪", "遂昌县主办行"),  # too many, in the name of an institution
            ("科技企业货款风险池", "科技企业贷款风险池"),  # looks alike
            ("请问资产质压贷", "知产质押贷"),  # z for zh
            ("民银小微带", "民营小微贷"),  # n for ng
        ],
    )
    def test_typo_inside_a_sentence(self, typed, meant):
        names = Names(
            ["民营小微贷", "取水贷", "无还本续贷", "遂昌县主办行", "科技企业贷款风险池", "知产质押贷"], ANALYSER.reader
        )
        assert [each.meant for each in names.within(typed)] == [meant]

    def test_sentence_without_a_typo_is_left_alone(self):
        names = Names(["民营小微贷", "小微贷", "取水贷"], ANALYSER.reader)
        for text in ("小微贷", "想要取水贷", "民营小微贷利率", "火锅底料", "取水"):
            assert names.within(text) == []

    @pytest.mark.parametrize(("letters", "meant"), [("huidnadai", ["惠担贷"]), ("qushudai", ["取水贷"]), ("loan", [])])
    def test_letters_one_step_from_a_name(self, letters, meant):
        assert Names(["惠担贷", "取水贷"], ANALYSER.reader).spelt(letters) == meant

    def test_long_queries_end(self):
        assert len(ANALYSER.query("贷款 舟山 " * 5000).groups) == 2
        assert len(ANALYSER.query(" ".join(f"a{number}" for number in range(1000))).groups) == 16

    def test_site_synonyms_join_built_in_ones(self):
        vocabulary = Vocabulary.built_in().extended(synonyms=[["过桥", "搭桥"]])
        group = next(group for group in vocabulary.synonyms if "搭桥" in group)
        assert {"过桥", "转贷", "搭桥"} <= set(group)

    def test_version_follows_what_documents_depend_on(self):
        built_in = Vocabulary.built_in()
        assert built_in.extended(terms=["甬舟贷"]).version != built_in.version
        assert built_in.extended(terms=["过桥"]).version == built_in.version
        assert built_in.without(["过桥"]).version != built_in.version

    @pytest.mark.parametrize(
        ("typed", "ask"),
        [("huidandi", Names.spelt), ("会担带怎么办理", Names.within)],
        ids=["letters", "sounds"],
    )
    def test_two_threads_may_be_the_first_to_ask_of_names(self, typed, ask):
        class Slow:
            """Somebody else asks while the names are being read for the first time."""

            asked: list[str] | None = None

            def syllables(self, run: str) -> tuple[str, ...]:
                if self.asked is None:
                    self.asked = []
                    with ThreadPoolExecutor(1) as other:
                        self.asked = other.submit(ask, names, typed).result()
                return ANALYSER.reader.syllables(run)

        reader = Slow()
        reader.asked = []
        names = Names(["惠担贷", "取水贷"], reader)
        reader.asked = None
        first = ask(names, typed)
        assert (reader.asked, bool(first)) == (first, True)


class TestHighlights:
    def test_original_writing_is_marked(self):
        marks = highlight("民營小微貸款（ＬＰＲ＋３０）", ["小微贷", "lpr"])
        assert [(mark.text, mark.hit) for mark in marks] == [
            ("民營", False), ("小微貸", True), ("款（", False), ("ＬＰＲ", True), ("＋３０）", False),
        ]  # fmt: skip

    def test_figures_are_marked_whole(self):
        assert [mark.hit for mark in highlight("30 万元，3 天", ["3"])] == [False, True, False]

    def test_letters_mark_what_they_spell(self):
        marks = highlight("推荐惠担贷产品", ["huidan"], ANALYSER.reader)
        assert [mark.text for mark in marks if mark.hit] == ["惠担"]
        marks = highlight("推荐惠担贷产品", ["hdd"], ANALYSER.reader)
        assert [mark.text for mark in marks if mark.hit] == ["惠担贷"]

    def test_snippet_shows_where_most_words_are(self):
        text = "贷款说明。" * 30 + "取水权质押，随借随还。" + "贷款说明。" * 30
        shown = "".join(mark.text for mark in snippet([text], ["贷款", "取水权", "随借随还"]))
        assert "取水权质押，随借随还" in shown
        assert len(shown) < 100

    @given(st.text(), st.lists(st.text(min_size=1, max_size=4), max_size=4))
    def test_pieces_make_up_the_text(self, text, words):
        normal = [normalise(word).text for word in words]
        assert "".join(mark.text for mark in highlight(text, normal, ANALYSER.reader)) == text


def test_analysis_runs_without_django():
    script = "import sys; sys.modules['django'] = None; from search.analysis import Analyser; print(Analyser().query('转贷').text)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=".")
    assert done.stdout.strip() == "转贷"
