"""What all rules speak of: outcomes over a catalogue."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..columns import Columns, Combinations

Outcomes = npt.NDArray[np.int8]
PASS, UNKNOWN, FAIL = 1, 0, -1


def full(catalogue: Columns, outcome: int = PASS) -> Outcomes:
    return np.full(len(catalogue), outcome, dtype=np.int8)


def each_once(catalogue: Columns, column: Combinations, outcome_of: Callable[[Any], int]) -> Outcomes:
    """The outcome of every product, worked out once for each distinct value of a coded column."""
    table = np.array([outcome_of(value) for value in column.values], dtype=np.int8)
    return table[column.rows] if len(catalogue) else full(catalogue)
