"""No figure of fewer than five enterprises, neither shown nor to be had by taking one shown figure from another."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

LEAST = 5
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def enterprises(owners: Ints, mask: Mask | None = None) -> int:
    """How many different ones; quicker where `owners` are in order, as those of unmet needs are."""
    found = owners if mask is None else owners[mask]
    steps = np.diff(found)
    return len(found) and (1 + int(np.count_nonzero(steps)) if (steps >= 0).all() else len(np.unique(found)))


def is_small(owners: Ints, mask: Mask) -> bool:
    """Between one and four: what must not be told."""
    return 0 < enterprises(owners, mask) < LEAST


class Told:
    """What has been told so far of one population. A further figure is told only if no difference becomes a small one."""

    def __init__(self, owners: Ints) -> None:
        self.owners = owners
        self.masks: list[Mask] = []

    def may(self, mask: Mask) -> bool:
        if enterprises(self.owners, mask) < LEAST:
            return False
        for other in self.masks:
            if (mask & ~other).any() and (other & ~mask).any():
                continue  # neither holds the other: their difference is no figure of anything
            if is_small(self.owners, mask ^ other):
                return False
        return True

    def tell(self, mask: Mask) -> bool:
        """Whether it may be told; if so, it counts as told from now on."""
        if not self.may(mask):
            return False
        self.masks.append(mask)
        return True


def hidden(parts: Sequence[Mask], owners: Ints, also: Iterable[int] = ()) -> set[int]:
    """Which of `parts` that together make a told whole must stay untold; `also` must anyway.

    One hidden part alone would be the whole less the rest; so the next smallest goes with it, until what is hidden is
    two parts at least and five enterprises together.
    """
    counts = [enterprises(owners, part) for part in parts]
    untold = {place for place, count in enumerate(counts) if 0 < count < LEAST}
    untold |= {place for place in also if counts[place]}
    others = sorted((count, place) for place, count in enumerate(counts) if count and place not in untold)
    while untold and others and _tells(untold, parts, owners):
        untold.add(others.pop(0)[1])
    return untold


def hidden_in_grid(
    rows: Ints, columns: Ints, owners: Ints, shown_rows: Iterable[int], shown_columns: Iterable[int]
) -> set[tuple[int, int]]:
    """The cells of a table that must stay untold: each row and each column of which the sum is told is such a whole.

    `rows`, `columns`: the codes of each member. Of other rows and columns nothing is told at all.
    """
    names, heads = sorted(set(rows.tolist())), sorted(set(columns.tolist()))
    parts = {(row, column): (rows == row) & (columns == column) for row in names for column in heads}
    counts = {cell: enterprises(owners, part) for cell, part in parts.items()}
    told_rows, told_columns = set(shown_rows), set(shown_columns)
    untold = {
        (row, column)
        for (row, column), count in counts.items()
        if count and (count < LEAST or row not in told_rows or column not in told_columns)
    }
    lines = [[(row, column) for column in heads] for row in names if row in told_rows]
    lines += [[(row, column) for row in names] for column in heads if column in told_columns]
    changed = True
    while changed:
        changed = False
        for line in lines:
            kept_back = {cell for cell in line if cell in untold}
            rest = sorted((counts[cell], cell) for cell in line if counts[cell] and cell not in untold)
            if kept_back and rest and _tells(kept_back, parts, owners):
                untold.add(rest[0][1])
                changed = True
    return untold


def _tells(untold: Collection[Any], parts: Any, owners: Ints) -> bool:
    """Whether the sum of what is hidden gives away what is in it."""
    return len(untold) < 2 or enterprises(owners, np.any([parts[place] for place in untold], axis=0)) < LEAST
