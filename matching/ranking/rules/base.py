"""What all rules speak of: outcomes over a catalogue."""

import numpy as np
import numpy.typing as npt

from ..catalogue import Catalogue

Outcomes = npt.NDArray[np.int8]
PASS, UNKNOWN, FAIL = 1, 0, -1


def full(catalogue: Catalogue, outcome: int = PASS) -> Outcomes:
    return np.full(len(catalogue), outcome, dtype=np.int8)
