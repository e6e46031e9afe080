"""`python -m tests.perf.plot bench.p50 < lines > out.svg`: time against the number of documents, both logarithmic.

Reads the lines of `make bench`; draws every bench whose name ends in what is named, one line per name and database.
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 64, 210, 24, 48
COLOURS = ("#0f5e5a", "#b4552d", "#6b5ca5", "#8a8d91", "#2f6db3", "#a3872c", "#3d8b50", "#9b3a4d")


def series(lines: Iterable[str], ending: str) -> dict[str, list[tuple[int, float]]]:
    """Name and database → [(documents, value)], by size."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in lines:
        row = json.loads(line)
        if row["bench"].endswith(f".{ending}") and row["value"]:
            name = f"{row['bench'].removesuffix(f'.{ending}').split('.', 1)[-1]} · {row['database']}"
            found[name].append((row["n"], float(row["value"])))
    return {name: sorted(points) for name, points in sorted(found.items())}


def drawn(found: dict[str, list[tuple[int, float]]], title: str) -> str:
    sizes = sorted({n for points in found.values() for n, _value in points})
    values = [value for points in found.values() for _n, value in points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(n: int) -> float:
        return LEFT + (math.log10(n) - first) / ((last - first) or 1) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(value) - low) / ((high - low) or 1) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" role="img">',
        f'<title>{escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        line = y(10**power)
        parts.append(f'<path d="M{LEFT} {line:.1f}H{WIDTH - RIGHT}" stroke="#e3e5e8"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{line + 4:.1f}" text-anchor="end" fill="#555">{10**power:g} ms</text>')
    for n in sizes:
        parts.append(f'<text x="{x(n):.1f}" y="{HEIGHT - 20}" text-anchor="middle" fill="#555">{n:,}</text>')
    ends = sorted(((y(points[-1][1]), name) for name, points in found.items()))
    places: dict[str, float] = {}
    for place, name in ends:  # labels that would lie on each other move down
        places[name] = max(place, max(places.values(), default=-99) + 16)
    for colour, (name, points) in zip(COLOURS * 3, found.items(), strict=False):
        path = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for n, value in points]
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{places[name] + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    ending = sys.argv[1]
    sys.stdout.write(drawn(series(sys.stdin, ending), f"{ending} against the number of documents"))


if __name__ == "__main__":
    main()
