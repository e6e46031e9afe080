"""The one order of all engines: BM25F over a document's fields, then what names say, then the newer document.

Only numbers that every engine has alike go in: the candidate's own tokens and the shared table of frequencies.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .analysis import Query
from .analysis.normalise import HAN_RUN
from .analysis.query import Group
from .engines import Candidate
from .statistics import Frequencies

# Field → weight of one occurrence. A title counts by words, by characters and pairs, and by sound.
WEIGHTS = {"title": 6.0, "grams": 3.0, "pinyin": 4.0, "keywords": 3.0, "body": 1.0}
SATURATION = 1.2
SLOPE = {"keywords": 0.5, "body": 0.75}  # how much a long field is held against it
EXACT, STARTS, CONTAINS, INSIDE = 40.0, 15.0, 9.0, 12.0  # what a name adds
SOUNDS, SOUNDS_WHOLE = 30.0, 36.0  # a part of the name, or all of it, is read as was typed
SHARED, SHARED_MOST = 2.0, 8.0  # each three characters of a sentence that a name has, and all of them
INNER = 0.4  # of the worth of a word that was typed: the words inside it
FEW = 24  # terms that are looked for one by one; of more, a document's tokens say which it holds


@dataclass(frozen=True, slots=True)
class Scored:
    """`coverage`: how much of what was asked for it holds, 0 to 1. `name`: what its name adds."""

    id: int
    score: float
    coverage: float
    name: float


@dataclass(frozen=True, slots=True)
class Held:
    """A term of a matched alternative: in which fields how often, how rare it is, what it brings by itself."""

    text: str
    fields: dict[str, int]
    idf: float
    points: float


@dataclass(frozen=True, slots=True)
class Share:
    """One group's part of a score. Its points are the mean of its terms', times the alternative's weight; the sum of all
    points times coverage² and what the name adds are the score. `worth`: its part of the coverage (0: it is light)."""

    typed: str
    way: str
    points: float
    worth: float
    terms: tuple[Held, ...]


def shares(query: Query, candidate: Candidate, known: Frequencies) -> list[Share]:
    return _Scorer(query, known).shares(candidate)


def rank(query: Query, candidates: Iterable[Candidate], known: Frequencies) -> list[Scored]:
    """Best first; equal scores by the higher id."""
    scorer = _Scorer(query, known)
    return sorted((scorer.score(each) for each in candidates), key=lambda each: (-each.score, -each.id))


class _Scorer:
    def __init__(self, query: Query, known: Frequencies) -> None:
        self.query = query
        self.slopes = [(1 - slope, slope, known.lengths.get(field) or 1.0) for field, slope in SLOPE.items()]
        self.names = list(
            dict.fromkeys([query.text, query.text.replace(" ", "")] + [meant for _typed, meant in query.repairs])
        )
        # One list of terms, each counted once in each document, and groups that refer to them by place.
        terms = query.terms
        place = {term: number for number, term in enumerate(terms)}
        self.terms = [
            (
                f" {term.text}" if term.prefix else f" {term.text} ",
                term.prefix,
                max(known.idf(term.text), 0.05),
                not term.text.isascii() and len(term.text) < 3,  # may stand among characters and pairs
                term.text.isascii(),  # or among readings
            )
            for term in terms
        ]
        self.places = {term.text: number for number, term in enumerate(terms) if not term.prefix}
        self.prefixes = [number for number, term in enumerate(terms) if term.prefix]
        self.groups = [
            (
                group.text,
                max(known.idf(group.text), 0.2) * _part(group) if is_required else 0.0,
                [(tuple(place[term] for term in each.terms), each.weight, each.why) for each in group.alternatives],
            )
            for is_required, groups in ((True, query.groups), (False, query.light))
            for group in groups
        ]
        self.total = sum(worth for _typed, worth, _alternatives in self.groups) or 1.0
        self.triples = {
            run[place : place + 3] for run in HAN_RUN.findall(query.text) for place in range(min(len(run) - 2, 30))
        }
        self.sounds = [group.text for group in query.groups if group.text.isascii() and group.text.isalpha()]

    def score(self, candidate: Candidate) -> Scored:
        points = self._all_points(candidate)
        total, covered = 0.0, 0.0
        for _typed, worth, alternatives in self.groups:
            best, _way, _terms = _best(alternatives, points)
            if best:
                total += best
                covered += worth
        coverage = covered / self.total
        name = self._name(candidate)
        return Scored(candidate.id, round(total * coverage * coverage + name, 4), coverage, name)

    def shares(self, candidate: Candidate) -> list[Share]:
        """What each matched group's points are made of."""
        points = self._all_points(candidate)
        found = []
        for typed, worth, alternatives in self.groups:
            best, way, places = _best(alternatives, points)
            if best:
                held = tuple(
                    Held(
                        self.terms[place][0].strip(),
                        self._fields(candidate, place),
                        self.terms[place][2],
                        points[place],
                    )
                    for place in places
                )
                found.append(Share(typed, way, round(best, 4), worth, held))
        return found

    def _all_points(self, candidate: Candidate) -> list[float]:
        """BM25F of each term. Most are alternatives that this document does without."""
        points = [0.0] * len(self.terms)
        everything = candidate.everything
        if len(self.places) > FEW:
            held = [self.places[text] for text in self.places.keys() & everything.split()]
        else:  # or a part of a longer token: that counts nothing
            held = [place for text, place in self.places.items() if text in everything]
        if not held and not self.prefixes:
            return points
        # How long keywords and body are beside the usual.
        (level, slope, mean), (body_level, body_slope, body_mean) = self.slopes
        keywords = level + slope * candidate.lengths[0] / mean
        body = body_level + body_slope * candidate.lengths[1] / body_mean
        for place in held:
            text, _prefix, idf, is_gram, is_sound = self.terms[place]
            weight = WEIGHTS["title"] * candidate.title.count(text)
            if is_gram:
                weight += WEIGHTS["grams"] * candidate.grams.count(text)
            if is_sound:
                weight += WEIGHTS["pinyin"] * candidate.pinyin.count(text)
            weight += WEIGHTS["keywords"] * candidate.keywords.count(text) / keywords
            weight += WEIGHTS["body"] * candidate.body.count(text) / body
            points[place] = idf * weight / (weight + SATURATION)
        for place in self.prefixes:
            text, _prefix, idf, *_where = self.terms[place]
            if text in candidate.pinyin:
                points[place] = idf * WEIGHTS["pinyin"] / (WEIGHTS["pinyin"] + SATURATION)
        return points

    def _fields(self, candidate: Candidate, place: int) -> dict[str, int]:
        text, prefix, *_more = self.terms[place]
        counts = {field: getattr(candidate, field).count(text) for field in (["pinyin"] if prefix else WEIGHTS)}
        return {field: count for field, count in counts.items() if count}

    def _name(self, candidate: Candidate) -> float:
        name = candidate.name
        if name in self.names:
            return EXACT
        for sound in self.sounds:
            if f" {sound} " in candidate.pinyin:
                whole = candidate.pinyin.split(maxsplit=2)[:2]  # the first readings are those of all of it
                return SOUNDS_WHOLE if sound in whole else SOUNDS
        best = min(SHARED * sum(part in name for part in self.triples), SHARED_MOST)
        for asked in self.names:
            if not asked:
                continue
            if name.startswith(asked):
                best = max(best, STARTS)
            elif asked in name:
                best = max(best, CONTAINS)
            elif len(name) > 1 and name in asked:
                best = max(best, INSIDE)
        return best


def _part(group: Group) -> float:
    """How much a group counts in the coverage: what stands inside another group, less than that one."""
    return INNER if all(each.why == "near" for each in group.alternatives) else 1.0


def _best(
    alternatives: list[tuple[tuple[int, ...], float, str]], points: list[float]
) -> tuple[float, str, tuple[int, ...]]:
    """The alternative that brings most of those whose terms are all there: its points, way and terms."""
    best: tuple[float, str, tuple[int, ...]] = (0.0, "", ())
    for places, weight, why in alternatives:
        value = 0.0
        for place in places:
            if not points[place]:
                break
            value += points[place]
        else:
            value *= weight / len(places)
            if value > best[0]:
                best = (value, why, places)
    return best
