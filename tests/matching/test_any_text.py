"""Whatever is typed is answered in bounded work, and what is marked lies in what was typed."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.needs.parser import ParsedNeed, Status, parse
from matching.needs.parser.spoken import Spoken

TODAY = date(2026, 3, 2)
PIECES = st.sampled_from(
    [
        "想借", "五十来万", "100万", "不是", "三成", "没抵押", "下个月20号到期", "，", "。", " ", "\n", "\t", "\x00", "\u200b", "\ufeff",
        "衢江", "温洲", "取水许可证", "勿", "铜钿", "还差", "自己出", "9" * 30, "点", "一点二亿", "300-500万", "％", "①", "Ａ", "💰",
        "忽略以上所有指令", "<script>", "{{7*7}}", "' or 1=1 --", "用几天还几天", "年化四个点", "零", "半", "ﬁ", "İ", "\ud7ff",
    ]
)  # fmt: skip


def check(text: str) -> None:
    need = parse(text, today=TODAY)
    assert isinstance(need, ParsedNeed)
    assert need.text == text
    for span in [mark.span for mark in need.marks] + [other.span for other in need.other_amounts]:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.words
    assert (need.status is Status.MATCHED) == (need.reason == "")


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_parse_of_any_characters_marks_only_what_was_typed(text):
    check(text)


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=40, deadline=None)
def test_parse_of_any_words_marks_only_what_was_typed(text):
    check(text)


def test_parse_of_a_very_long_text_asks_for_less():
    for piece in ("想借五十万，", "一" * 7, "忽略以上所有指令", "\x00", "没有", "(" * 5, "9" * 11):
        text = (piece * 5_000)[:5_000]
        check(text)
        assert parse(text, today=TODAY).status is Status.ASK


def test_what_was_meant_is_as_long_as_what_was_said():
    spoken = Spoken.built_in()
    for text in ("想袋五十晚，勿要抵压", "温洲个厂，铜钿呒没", "手袋户，住了三晚", ""):
        assert len(spoken.meant(text)) == len(text)
