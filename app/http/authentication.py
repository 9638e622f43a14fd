"""What a request presents to say who it is from (RFC 7617, RFC 6750 and what products send).

| header | read as |
|---|---|
| `Authorization: Basic base64(user:password)` | a user and a password, or a generated secret as the password |
| `Authorization: Bearer SECRET`, `Authorization: Token SECRET` | a generated secret |
| `X-API-Key: SECRET` | a generated secret |

Scheme words may be in any letter case (MISP writes `basic`). A request presents one of these, once. Everything else is
the same 401, whatever is wrong with it.
"""

import binascii
import re
from base64 import b64decode
from typing import Final

from starlette.datastructures import Headers

from app.errors import NotIdentified
from app.exchange.identify import BasicCredentials, Presented, SecretKey

CHALLENGES: Final = (
    (b"www-authenticate", b'Basic realm="comity", charset="UTF-8"'),
    (b"www-authenticate", b'Bearer realm="comity"'),
)

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def presented(headers: Headers) -> Presented:
    """The credentials of a request; NotIdentified if it has none, several, or any that do not read."""
    authorizations, keys = headers.getlist("authorization"), headers.getlist("x-api-key")
    if len(authorizations) + len(keys) != 1:
        raise NotIdentified
    if keys:
        return _secret_key(keys[0])
    scheme, _, credentials = authorizations[0].strip().partition(" ")
    match scheme.lower():
        case "basic":
            return _basic(credentials.strip())
        case "bearer" | "token":
            return _secret_key(credentials)
        case _:
            raise NotIdentified


def _secret_key(text: str) -> SecretKey:
    secret = text.strip()
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise NotIdentified
    return SecretKey(secret)


def _basic(encoded: str) -> BasicCredentials:
    """The user and password of RFC 7617: UTF-8, the first colon separates, no control characters."""
    try:
        octets = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NotIdentified from None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")  # what Python's requests makes of a password with an umlaut
    user, colon, password = text.partition(":")
    if not colon or _CONTROL.search(text):
        raise NotIdentified
    return BasicCredentials(user, password)
