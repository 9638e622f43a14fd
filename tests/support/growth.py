"""How much longer work takes when it is given more: two sizes in one run, so that no clock has to be trusted."""

import time
from collections.abc import Callable

TIMES_AS_MUCH = 4


def grows_as_its_text(work: Callable[[str], object], text_of: Callable[[int], str], few: int) -> bool:
    """Whether four times as much text takes about four times as long, and not the square of that; of three tries one
    is enough.
    """
    ratios = (_seconds(work, text_of(TIMES_AS_MUCH * few)) / _seconds(work, text_of(few)) for _ in range(3))
    return any(ratio < 9 for ratio in ratios)


def _seconds(work: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        work(text)
        best = min(best, time.process_time() - start)
    return best
