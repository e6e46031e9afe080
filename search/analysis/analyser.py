"""Puts the chain together: text → tokens for the index, text → query."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate

from .names import Names
from .normalise import HAN_RUN, TOKEN, form, normalise
from .pinyin import Reader, looks_like_pinyin
from .query import Alternative, Group, Query, Term
from .segment import Segmenter, bigrams, loose_runs
from .vocabulary import Vocabulary

QUERY_CHARACTERS = 200  # what is typed beyond is not read, so that every query ends
QUERY_GROUPS = 16
LOOSE_GROUPS = 24
TERMS = 320  # of all groups together
REMEMBERED = 40  # characters of a clause, or of a run in it, whose tokens are kept for the next time
STOPS = "，、；：！？\n"  # no token reaches over one of these, or over 。
PAIRS = 24  # of one run of characters
SHORT = 8  # characters of a name that is read from every one of them
UNITS = {"千": 10**3, "万": 10**4, "w": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "元": 1, "块": 1}
AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,4})?) ?(百万|千万|[千万亿元块]|w(?![a-z]))")
NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿零几]+[元块]?|\d{1,2}|\d+\.\d+")
# 买台, 租两辆, 养几头 before what is meant; only where no dictionary knows a word.
LEADING = re.compile(
    "(?:[买卖租换修建养种][一两几]?[台辆头只条部间套艘批家]|[一两几][台辆头只条部间套艘批家]|[买卖用拿做搞弄来去又还会该得让没])(?=..)"
)
FIELDS = ("title", "grams", "pinyin", "keywords", "body")


@dataclass(slots=True)
class DocumentTokens:
    """Tokens per field. `grams` are the title's characters and pairs, `pinyin` its readings."""

    title: list[str]
    grams: list[str]
    pinyin: list[str]
    keywords: list[str]
    body: list[str]


class Analyser:
    """Built once per vocabulary (about 0.1 s); safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self.vocabulary = vocabulary or Vocabulary.built_in()
        self.segmenter = Segmenter(self.vocabulary.lexicon)
        self.reader = Reader(self.vocabulary.readings)
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for group in self.vocabulary.synonyms:
            for word in group:
                self._synonyms[word] = tuple(other for other in group if other != word)
        self._related = self.vocabulary.related
        self._known_ways = lru_cache(maxsize=2_000)(self._ways)
        self._meant = lru_cache(maxsize=2_000)(self._meant_by)
        # Documents say many things in the same words.
        self._piece = lru_cache(maxsize=30_000)(self._tokens_of)
        self._clause = lru_cache(maxsize=20_000)(lambda text: tuple(self.tokens(form(text))))
        self.no_names = Names((), self.reader)

    # Documents

    def document(self, title: str, keywords: Iterable[str], body: Iterable[str]) -> DocumentTokens:
        words_of: list[str] = []
        grams: list[str] = []
        keys: list[str] = []
        for piece in TOKEN.findall(form(title)):
            if not HAN_RUN.match(piece):
                words_of.append(piece)
                continue
            words = self.segmenter.words(piece)
            words_of += self._tokens_of_words(words)
            grams += piece
            grams += bigrams(piece)
            keys += self._keys_of(piece, words)
        return DocumentTokens(words_of, grams, list(dict.fromkeys(keys)), self._said(keywords), self._said(body))

    def _said(self, texts: Iterable[str]) -> list[str]:
        said: list[str] = []
        for text in texts:
            for clause in _clauses(text):
                said += self._clause(clause) if len(clause) <= REMEMBERED else self.tokens(form(clause))
        return said

    def tokens(self, text: str) -> list[str]:
        """Words of a normalised text, words inside words, and pairs of characters that no dictionary joins."""
        return [
            token
            for piece in TOKEN.findall(text)
            for token in (self._piece(piece) if len(piece) <= REMEMBERED else self._tokens_of(piece))
        ]

    def _tokens_of(self, piece: str) -> tuple[str, ...]:
        """Of a run of characters, or of anything else that holds no such run."""
        if not HAN_RUN.match(piece):
            return (piece,)
        return tuple(self._tokens_of_words(self.segmenter.words(piece)))

    def _tokens_of_words(self, words: list[str]) -> list[str]:
        found: list[str] = []
        for loose, run in loose_runs(words):
            if loose:
                found += [character for character in run if character not in self.vocabulary.stop_words]
                found += bigrams(run)
            elif run not in self.vocabulary.stop_words:
                found.append(run)
                found += self.segmenter.parts(run)
        return found

    def _keys_of(self, run: str, words: list[str]) -> list[str]:
        """Readings of a run of a name: from every character of a short one (xwd finds 民营小微贷), else from the start
        of each word."""
        if len(run) > SHORT:
            return self.reader.keys(run, list(accumulate(map(len, words), initial=0))[:-1])
        return self.reader.keys(run, list(range(len(run) - 1)) or [0])

    # Queries

    def query(self, typed: str, names: Names | None = None) -> Query:
        """`names` are those that typos are repaired against; none, no repair."""
        names = names or self.no_names
        text = " ".join(normalise(typed[:QUERY_CHARACTERS]).text[:QUERY_CHARACTERS].split())
        groups: list[Group] = []
        idle: list[Group] = []
        repairs: list[tuple[str, str]] = []
        letters: list[str] = []
        light: list[Group] = []
        light += [_amount(match) for match in AMOUNT.finditer(text)]
        for piece in TOKEN.findall(AMOUNT.sub(" ", text)):
            if HAN_RUN.match(piece):
                found, mended = self._chinese(piece, names)
                repairs += mended
                for group in found:
                    (idle if self._is_idle(group.text) else groups).append(group)
            else:
                if piece.isalpha() and piece.isascii():
                    letters.append(piece)
                groups.append(self._lettered(piece))
        if len(letters) > 1 and len(letters) == len(groups) and looks_like_pinyin("".join(letters)):
            groups = [_letters("".join(letters))]  # "hui dan dai" is one name, typed with spaces
        groups = list({group.text: group for group in (groups or idle)}.values())[:QUERY_GROUPS]
        weighty = [group for group in groups if not self._is_light(group.text)]
        light += [group for group in groups if self._is_light(group.text)]
        light = list({group.text: group for group in light}.values())[:QUERY_GROUPS]
        if not weighty:
            weighty, light = light, []
        return Query(text, _bounded(weighty), tuple(dict.fromkeys(repairs)), _bounded(light))

    def loosened(self, query: Query, missing: Collection[str] = ()) -> Query:
        """`query` with the words and pairs inside its words as groups of their own: what holds most of them is near to
        what was asked for. For documents that come after all that hold everything. Of `missing` words, which no document
        holds, single characters will do too (树苗 → 苗)."""
        groups = {group.text: group for group in query.groups}
        for group in query.groups:
            if not HAN_RUN.fullmatch(group.text):
                continue
            inner = [*self.segmenter.parts(group.text[:PAIRS]), *bigrams(group.text[: PAIRS + 1])]
            if group.text in missing or (len(group.text) > 2 and not self.segmenter.knows(group.text)):
                inner += [character for character in group.text if not self._is_light(character)]
            for text in inner:
                if text not in groups and not self._is_idle(text) and not self._is_light(text):
                    found = self._word(text, loose=False)
                    groups[text] = Group(
                        text, tuple(Alternative(each.terms, each.weight * 0.5, "near", each.shown) for each in found)
                    )
        return Query(query.text, _bounded(tuple(groups.values())[:LOOSE_GROUPS]), query.repairs, query.light)

    def mended(self, query: Query, names: Names) -> Query:
        """`query` with names one step away as further alternatives of the words that they stand for."""
        groups, repairs = list(query.groups), list(query.repairs)
        for run in HAN_RUN.findall(query.text):
            whole = [(run, meant) for meant in names.close(run)]
            for typed, meant in whole or [(run[each.start : each.end], each.meant) for each in names.within(run)]:
                mended = self._joined(groups, typed, meant, run)
                if mended != groups:
                    groups = mended
                    repairs.append((typed, meant))
        for group in query.groups:
            if group.text.isascii() and group.text.isalpha():
                for meant in names.spelt(group.text):
                    groups = self._joined(groups, group.text, meant, group.text)
                    repairs.append((group.text, meant))
        return Query(query.text, _bounded(groups), tuple(dict.fromkeys(repairs)), query.light)

    def _joined(self, groups: list[Group], typed: str, meant: str, run: str) -> list[Group]:
        """Groups with `meant` as a further way for those that overlap `typed` in `run`."""
        start = run.find(typed)
        found = [Alternative(each.terms, each.weight * 0.7, "repair", each.shown) for each in self._whole(meant)]
        mended = []
        for group in groups:
            place = run.find(group.text)
            touches = place >= 0 and place < start + len(typed) and start < place + len(group.text)
            mended.append(Group(group.text, (*group.alternatives, *found)) if touches else group)
        return mended

    def _chinese(self, run: str, names: Names) -> tuple[list[Group], list[tuple[str, str]]]:
        words = [part for word in self.segmenter.words(run) for part in self._apart(word, names)]
        pieces = loose_runs(words)
        loose = [flag for flag, piece in pieces for _character in piece]
        mended = names.same_sound(run, loose)
        groups, repairs, place = [], [], 0
        for flag, whole in pieces:
            piece = whole if not flag or whole in names else self._without_stops(whole)
            if flag and piece not in names and (leading := LEADING.match(piece)):
                piece = piece[leading.end() :]
            start = place + whole.index(piece)
            end = start + len(piece)
            place += len(whole)
            alternatives = self._word(piece, loose=flag)
            for repair in mended:
                # A repair stands in for each piece that it overlaps: whichever was typed right is found either way.
                if repair.start < end and start < repair.end:
                    repairs.append((run[repair.start : repair.end], repair.meant))
                    alternatives += [
                        Alternative(each.terms, each.weight * 0.8, "repair", each.shown)
                        for each in self._word(repair.meant, loose=False)
                    ]
            groups.append(Group(piece, tuple(alternatives)))
        return groups, repairs

    def _apart(self, word: str, names: Names) -> tuple[str, ...]:
        """农业贷款 → 农业, 贷款: a long word of the dictionary that the vocabulary says nothing of, but of its parts it does."""
        if len(word) < 4 or word in names or word in self.vocabulary.lexicon:
            return (word,)
        pieces = self.segmenter.pieces(word)
        return pieces if any(each in self._synonyms or each in self._related for each in pieces) else (word,)

    def _without_stops(self, run: str) -> str:
        """我想借 → 借; a run of nothing else stays as it is."""
        start, end = 0, len(run)
        while start < end and run[start] in self.vocabulary.stop_words:
            start += 1
        while end > start and run[end - 1] in self.vocabulary.stop_words:
            end -= 1
        return run[start:end] or run

    def _is_idle(self, text: str) -> bool:
        stops = self.vocabulary.stop_words
        return text in stops or all(character in stops for character in text)

    def _is_light(self, text: str) -> bool:
        light = self.vocabulary.light_words
        if text in light or NUMERAL.fullmatch(text) is not None:
            return True
        return len(text) < 4 and all(each in light for each in text) and not self.segmenter.knows(text)  # 买台

    def _word(self, piece: str, *, loose: bool) -> list[Alternative]:
        return list(self._known_ways(piece, loose))

    def _ways(self, piece: str, loose: bool) -> list[Alternative]:
        found = self._whole(piece) if not loose or len(piece) > 1 else [_alternative([piece], 1.0, "word", piece)]
        return found + self._others(piece)

    def _lettered(self, piece: str) -> Group:
        group = _letters(piece)
        return Group(piece, (*group.alternatives, *self._others(piece)))

    def _others(self, piece: str) -> list[Alternative]:
        """What the vocabulary has beside a word."""
        found: list[Alternative] = []
        for synonym in self._synonyms.get(piece, ()):
            found += [
                Alternative(each.terms, each.weight * 0.7, "synonym", each.shown) for each in self._whole(synonym)
            ]
        for narrower in self._meant(piece):
            found += [
                Alternative(each.terms, each.weight * 0.5, "related", each.shown) for each in self._whole(narrower)
            ]
        return found

    def _meant_by(self, piece: str) -> tuple[str, ...]:
        """What the vocabulary leads to from what people say; also from the words inside it (开饭店: 饭店)."""
        meant = self._related.get(piece, ())
        if len(piece) > 2 and meant and piece not in self._synonyms:
            for inner in self.segmenter.parts(piece):
                if not self._is_light(inner):
                    meant = (*meant, *self._synonyms.get(inner, ()))
                    if inner in self._synonyms:
                        meant = (*meant, inner)
        return tuple(dict.fromkeys(meant))

    def _whole(self, word: str) -> list[Alternative]:
        """A word or name as a token, and as all its pairs (in titles, or where no dictionary joined it)."""
        tokens = TOKEN.findall(word)
        if tokens != [word]:  # pos机, 信用(无抵押): no text has that as one token
            terms = [term.text for token in tokens for term in self._whole(token)[0].terms]
            return [_alternative(terms, 0.9, "parts", word)] if terms else []
        pairs = bigrams(word[: PAIRS + 1]) if HAN_RUN.fullmatch(word) else []
        if len(word) == 2 or not pairs:
            return [_alternative([word], 1.0, "word", word)]
        if self.segmenter.knows(word):
            found = [_alternative([word], 1.0, "word", word), _alternative(pairs, 0.9, "parts", word)]
            pieces = self.segmenter.pieces(word)
            return [*found, _alternative(list(pieces), 0.7, "parts", word)] if pieces else found
        found = [_alternative(pairs, 0.9, "parts", word)]
        words = self.segmenter.words(word)
        if any(len(each) > 1 for each in words):  # a name that the dictionary takes apart: 民营小微贷 → 民营 小 微 贷
            tokens = [
                token for flag, run in loose_runs(words) for token in (bigrams(run) if flag and len(run) > 1 else [run])
            ]
            found.append(_alternative(tokens, 0.8, "parts", word))
        return found


def _clauses(text: str) -> list[str]:
    for stop in STOPS:
        text = text.replace(stop, "。")
    return text.split("。")


def _bounded(groups: Sequence[Group]) -> tuple[Group, ...]:
    """So few terms that no engine refuses the question (Elasticsearch: 1,024 clauses); the lightest alternatives go first."""
    room = max(TERMS // max(len(groups), 1), 12)
    bounded = []
    for group in groups:
        if sum(len(each.terms) for each in group.alternatives) <= room:
            bounded.append(group)
            continue
        kept: list[Alternative] = []
        left = room
        for each in sorted(group.alternatives, key=lambda each: -each.weight):
            if len(each.terms) <= left or not kept:
                kept.append(each)
                left -= len(each.terms)
        bounded.append(Group(group.text, tuple(kept)))
    return tuple(bounded)


def _alternative(terms: list[str], weight: float, why: str, shown: str) -> Alternative:
    return Alternative(tuple(Term(text) for text in dict.fromkeys(terms)), weight, why, shown)


def _amount(match: re.Match[str]) -> Group:
    """300万: as it is written, or as the number of 元 that a table holds."""
    number, unit = match.groups()
    yuan = Decimal(number) * UNITS[unit]
    found = [_alternative([number], 0.5, "word", number)]
    if yuan == yuan.to_integral_value():
        found.append(_alternative([str(int(yuan))], 1.0, "word", match.group()))
    return Group(match.group(), tuple(found))


def _letters(piece: str) -> Group:
    found = [_alternative([piece], 1.0, "word", piece)]
    if len(piece) > 1 and piece.isalpha() and piece.isascii():
        found.append(Alternative((Term(piece, prefix=True),), 0.9, "pinyin", piece))
    return Group(piece, tuple(found))


__all__ = ["FIELDS", "Analyser", "DocumentTokens"]
