"""Passwords that people chose: argon2id, in a pool of its own, a verified one remembered for a short while.

Verifying one is slow on purpose; the pool bounds what that can cost the others. A verified password is remembered in
memory under a digest keyed with random bytes of this process, together with the account's epoch, so that a changed
or disabled account is never let in from memory.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hmac import digest
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

REMEMBERED_MAX = 10_000


class Passwords:
    """Hashes and verifies chosen passwords."""

    def __init__(self, random: Callable[[int], bytes], checks: int, remembered_seconds: int) -> None:
        self._hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._pool = ThreadPoolExecutor(checks, "password")
        self._key = random(32)
        self._random = random
        self._remembered_for = timedelta(seconds=remembered_seconds)
        self._remembered: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()
        self._nobodys: str | None = None

    def hashed(self, password: str) -> str:
        """The text by which the password is stored."""
        return self._hasher.hash(password)

    async def matches(self, stored: str | None, epoch: int, password: str, now: datetime) -> bool:
        """Whether this is the password. `stored` None (no such account) takes as long as a wrong password."""
        key = self._remembering(stored or "", epoch, password)
        if stored is not None and self._is_remembered(key, now):
            return True
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._pool, self._verify, stored, password)
        if right:
            self._remember(key, now)
        return right

    def close(self) -> None:
        """End the pool."""
        self._pool.shutdown()

    def _verify(self, stored: str | None, password: str) -> bool:
        if stored is None:
            stored = self._hash_of_nobody()
            password += "\x00"  # can't be anybody's
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hash_of_nobody(self) -> str:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(self._random(32))
        return self._nobodys

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
