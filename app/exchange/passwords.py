"""Passwords that people chose: argon2id, in a pool of its own, a verified one remembered for a short while.

Verifying one is slow on purpose; the pool bounds what that can cost the others. A verified password is remembered in
memory under a digest keyed with random bytes of this process, together with the account's epoch, so that a changed
or disabled account is never let in from memory.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hmac import digest
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.exchange.places import Places

REMEMBERED_MAX = 10_000


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What verifying one password costs, and how much of that may go on at once."""

    memory_kibibytes: int
    passes: int
    checks: int
    waiting_max: int
    remembered_seconds: int


class Passwords:
    """Hashes and verifies chosen passwords."""

    def __init__(self, random: Callable[[int], bytes], cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(cost.passes, cost.memory_kibibytes, parallelism=1)
        self._pool = ThreadPoolExecutor(cost.checks, "password")
        self._places = Places(cost.checks + cost.waiting_max)
        self._key = random(32)
        self._nobody = random(32)
        self._remembered_for = timedelta(seconds=cost.remembered_seconds)
        self._remembered: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()

    @cached_property
    def _nobodys(self) -> str:
        """What the passwords of accounts that there are not are verified against.

        Made with the first verification, whosever that is: commands verify none, and this takes as long as all else
        that opens an exchange.
        """
        return self._hasher.hash(self._nobody)

    def hashed(self, password: str) -> str:
        """The text by which the password is stored."""
        return self._hasher.hash(password)

    async def matches(self, stored: str | None, epoch: int, password: str, now: datetime) -> bool:
        """Whether this is the password. `stored` None (no such account) takes as long as a wrong password.

        Raises Unavailable where too many are waiting already.
        """
        key = self._remembering(stored or "", epoch, password)
        if stored is not None and self._is_remembered(key, now):
            return True
        with self._places.one():
            right = await asyncio.get_running_loop().run_in_executor(self._pool, self._verify, stored, password)
        if right:
            self._remember(key, now)
        return right

    def close(self) -> None:
        """End the pool."""
        self._pool.shutdown()

    def _verify(self, stored: str | None, password: str) -> bool:
        nobodys = self._nobodys
        try:
            right = self._hasher.verify(stored or nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return right and stored is not None

    def _remembering(self, stored: str, epoch: int, password: str) -> bytes:
        return digest(self._key, f"{stored}\n{epoch}\n{password}".encode(), "sha256")

    def _is_remembered(self, key: bytes, now: datetime) -> bool:
        with self._lock:
            until = self._remembered.get(key)
            return until is not None and now < until

    def _remember(self, key: bytes, now: datetime) -> None:
        with self._lock:
            self._remembered[key] = now + self._remembered_for
            while len(self._remembered) > REMEMBERED_MAX:
                self._remembered.popitem(last=False)
