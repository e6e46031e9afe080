"""The chain keeps clauses, runs and readings for the next time and looks phrases up by their first pair; what comes out is
what it would be without."""

import random

import pytest
from pypinyin import Style
from pypinyin.constants import PHRASES_DICT
from pypinyin.core import Pinyin
from pypinyin.seg.simpleseg import seg

from search.analysis import Analyser
from search.analysis.normalise import HAN_RUN, TOKEN, form
from search.analysis.pinyin import KEY_LENGTH, STARTS, Reader
from search.analysis.segment import bigrams, loose_runs

ANALYSER = Analyser()
PIECES = [
    "舟山", "小微企业", "取水贷", "冷链物流", "随借随还，担保费按实际用款天数计算。", "乐清", "重庆", "银行", "长兴", "无需抵押物；", "惠擔貸", "ＨＤＤ", "3.5", "３，5",
    "3。5", ".5", "5.", "a_b", "X1", "hello", "㎡", "ﬁ", "é", "①", "々", "〇", "\U00020000", "😀", "\u200b", "\u0301", "\n", "\t", "　", " ", "，", "。",
    "；", "：", "！", "？", "、", ",", ".", "（", "）", "《", "”", "—", "…", "%", "‰", "的", "和", "与", "贷", "款", "智", "鑫",
]  # fmt: skip


def text(chance: random.Random, most: int) -> str:
    said = "".join(chance.choice(PIECES) for _ in range(chance.randint(0, most)))
    odd = "".join(chr(chance.choice([chance.randrange(32, 0x250), chance.randrange(0x3000, 0x9FA5)])) for _ in range(6))
    return said + odd if chance.random() < 0.3 else said


def tokens(written: str) -> list[str]:
    """Word for word, as the chain is described."""
    stops, found = ANALYSER.vocabulary.stop_words, []
    for piece in TOKEN.findall(form(written)):
        if not HAN_RUN.match(piece):
            found.append(piece)
            continue
        for loose, run in loose_runs(ANALYSER.segmenter.words(piece)):
            if loose:
                found += [*(character for character in run if character not in stops), *bigrams(run)]
            elif run not in stops:
                found += [run, *ANALYSER.segmenter.parts(run)]
    return found


@pytest.mark.parametrize("seed", range(40))
def test_tokens_are_those_of_the_chain_step_by_step(seed):
    chance = random.Random(seed)
    title, keywords, body = text(chance, 6), [text(chance, 4) for _ in range(3)], [text(chance, 40) for _ in range(2)]
    for _time in range(2):  # the second time much of it is known
        made = ANALYSER.document(title, keywords, body)
        assert made.title == tokens(title)
        assert made.grams == [gram for run in HAN_RUN.findall(form(title)) for gram in (*run, *bigrams(run))]
        assert made.keywords == [token for each in keywords for token in tokens(each)]
        assert made.body == [token for each in body for token in tokens(each)]


def test_readings_are_those_of_pypinyin():
    chance, phrases, reader, pypinyin = random.Random(11), sorted(PHRASES_DICT), Reader({}), Pinyin()
    for _round in range(3000):
        run = ""
        while len(run) < 2 or chance.random() < 0.6:  # whole phrases, their beginnings and their ends
            phrase = chance.choice(phrases)
            cut = chance.randint(0, len(phrase))
            run += chance.choice([phrase, phrase[:cut], phrase[cut:]])
        run = "".join(HAN_RUN.findall(run))
        assert reader._dictionary.words(run) == seg(run)
        read = pypinyin.lazy_pinyin(run, style=Style.NORMAL, errors=list)
        assert list(reader.syllables(run)) == [syllable.lower() for syllable in read]


def test_later_readings_overrule_earlier_ones():
    reader = Reader({"长": ("chang",), "行长": ("hang", "zhang"), "长行": ("chang", "xing")})
    assert reader.syllables("银行长行") == ("yin", "hang", "chang", "xing")


def test_keys_are_readings_from_each_start_cut_to_what_is_typed():
    reader, run = Reader({}), "舟山茶叶合作社周转贷款担保"
    syllables = reader.syllables(run)
    starts = list(range(len(run)))
    expected = {}
    for start in starts[:STARTS]:
        expected["".join(syllables[start:])[:KEY_LENGTH]] = None
        expected["".join(each[0] for each in syllables[start:])[:KEY_LENGTH]] = None
    assert reader.keys(run, starts) == list(expected)
