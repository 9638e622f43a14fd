"""The server's secret keys: one file, one key a line, the newest first; everything else is derived from them.

Losing the file means that every account needs a new secret and every walk in progress starts again; the file belongs
in the backup, apart from the database.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from hmac import digest
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import OperatorError

KEY_BYTES = 32


class ServerKeys:
    """The keys of this server, newest first; the first is used for what is made now, all for what was made before."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)
        self._peppers = self.derived("account secrets")

    def derived(self, purpose: str, length_bytes: int = KEY_BYTES) -> Sequence[bytes]:
        """For each key one that serves this purpose alone."""
        return [
            HKDF(algorithm=SHA256(), length=length_bytes, salt=None, info=purpose.encode()).derive(key)
            for key in self._keys
        ]

    def secret_digests(self, secret: str) -> Sequence[str]:
        """How a generated account secret is stored: HMAC-SHA-256 under a pepper, once for each key."""
        return [digest(pepper, secret.encode(), "sha256").hex() for pepper in self._peppers]


def write_key_file(path: Path, random: Callable[[int], bytes]) -> None:
    """Make a key file with one new key, for its owner alone, and durable. Raises OperatorError where it can't."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(urlsafe_b64encode(random(KEY_BYTES)).decode() + "\n")
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise OperatorError(f"The secret key file {path} can't be made ({error.strerror}). Set another path.") from None


def read_keys(path: Path) -> ServerKeys:
    """The keys in a file. Raises OperatorError where it is missing, open to others or not of its form."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="ascii").split()
        keys = [urlsafe_b64decode(line) for line in lines]
    except FileNotFoundError:
        raise OperatorError(f"There is no secret key file at {path}. Run `comity init`, or restore it.") from None
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"The secret key file {path} can't be read ({error}). Restore it from the backup."
        ) from None
    if mode & 0o077:
        raise OperatorError(f"Others may read the secret key file {path}. Run `chmod 600 {path}`.")
    if not keys or any(len(key) < KEY_BYTES for key in keys):
        raise OperatorError(
            f"The secret key file {path} holds no key of {KEY_BYTES} bytes. Restore it from the backup."
        )
    return ServerKeys(keys)
