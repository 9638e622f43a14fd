"""How often an account may ask: counted from its own requests alone, so that what others do shows in no answer.

Each process counts for itself, in memory: an account that stays within the rate is never refused, and one that does
not is refused by each worker on its own. Nothing is kept but one instant for each account.
"""

from datetime import datetime
from typing import Final

from pyrate_limiter import GCRA, Duration, Rate

from app.errors import TooManyRequests

_MILLISECONDS: Final = 1000


class Rates:
    """So many requests a minute for each account, all of them at once if it likes (a leaky bucket, GCRA)."""

    def __init__(self, requests_per_minute: int) -> None:
        self._rates = [Rate(requests_per_minute, Duration.MINUTE)]
        self._bucket = GCRA()
        self._filled: dict[int, tuple[float, ...]] = {}
        self._latest = 0

    def admit(self, account_id: int, now: datetime) -> None:
        """Count one request of this account. Raises TooManyRequests with the seconds after which one is taken.

        Called by the event loop alone, so that two requests never count as one.
        """
        filled = self._filled.get(account_id) or self._bucket.initial(self._rates)
        self._latest = max(self._latest, int(now.timestamp() * _MILLISECONDS))  # a clock set back locks nobody out
        self._filled[account_id], decision = self._bucket.step(self._rates, filled, self._latest, 1)
        if decision.retry_after_ms is not None:
            raise TooManyRequests(self._rates[0].limit, -(-decision.retry_after_ms // _MILLISECONDS))
