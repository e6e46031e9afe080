"""How long one sentence takes to be understood. Floor: one pass of a plain regular expression of all words over the text.

`matching.parse.long`: a text of 5,000 characters, which is not read to its end.
"""

import re
import statistics
from collections.abc import Callable, Iterator
from datetime import date
from time import perf_counter

from tests.relevance import needs

ROUNDS = 5
TODAY = date(2026, 3, 2)


def run() -> Iterator[dict]:
    from matching.needs.parser import parse
    from matching.needs.parser.lexicon import Lexicon
    from search.analysis.normalise import normalise

    texts = [each.text for each in needs.sentences() if len(each.text) < 1_000]
    words = {phrase for table in Lexicon.built_in()._plain.values() for phrase in table}
    floor = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    least = milliseconds(lambda text: floor.findall(normalise(text).text), texts)
    ours = milliseconds(lambda text: parse(text, today=TODAY), texts)
    for name, at in (("p50", 50), ("p95", 95)):
        value, bottom = percentile(ours, at), percentile(least, at)
        yield {
            "bench": f"matching.parse.{name}", "value": round(value, 3), "unit": "ms", "floor": round(bottom, 3),
            "ratio": round(value / bottom, 2), "n": len(texts),
        }  # fmt: skip
    # As long as is read, and far beyond.
    for name, text in (
        ("full", ("衢江茶叶店想借五十万周转，没抵押，" * 90)[:1_000]),
        ("long", "想借五十万周转，" * 625),
    ):
        value = statistics.median(milliseconds(lambda each: parse(each, today=TODAY), [text]))
        yield {"bench": f"matching.parse.{name}", "value": round(value, 3), "unit": "ms", "n": len(text)}


def milliseconds(do: Callable[[str], object], texts: list[str]) -> list[float]:
    """The best of some rounds for each text; the first round only warms up."""
    best = [float("inf")] * len(texts)
    for turn in range(ROUNDS + 1):
        for place, text in enumerate(texts):
            start = perf_counter()
            do(text)
            taken = (perf_counter() - start) * 1_000
            if turn:
                best[place] = min(best[place], taken)
    return best


def percentile(values: list[float], at: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[at - 1]
