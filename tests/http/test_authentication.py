"""Credentials in headers."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from app.errors import NotIdentified
from app.exchange.identify import BasicCredentials, Presented, SecretKey
from app.http.authentication import presented


def headers(*pairs: tuple[str, str | bytes]) -> Headers:
    return Headers(
        raw=[(name.encode(), value if isinstance(value, bytes) else value.encode("latin-1")) for name, value in pairs]
    )


def basic(credentials: str | bytes, scheme: str = "Basic") -> tuple[str, str]:
    octets = credentials if isinstance(credentials, bytes) else credentials.encode()
    return ("authorization", f"{scheme} {b64encode(octets).decode()}")


READ: dict[str, tuple[tuple[str, str | bytes], Presented]] = {
    "Basic": (basic("user:password"), BasicCredentials("user", "password")),
    "MISP's lower case": (basic("user:password", "basic"), BasicCredentials("user", "password")),
    "upper case": (basic("user:password", "BASIC"), BasicCredentials("user", "password")),
    "colons and UTF-8 in the password": (basic("user:p:ä:1"), BasicCredentials("user", "p:ä:1")),
    "Latin-1, as Python's requests encodes it": (
        basic("user:p:ä:1".encode("latin-1")),
        BasicCredentials("user", "p:ä:1"),
    ),
    "an empty password": (basic("user:"), BasicCredentials("user", "")),
    "Bearer": (("authorization", "Bearer abc"), SecretKey("abc")),
    "bearer": (("authorization", "bearer abc"), SecretKey("abc")),
    "Token": (("authorization", "Token abc"), SecretKey("abc")),
    "two blanks behind the scheme": (("authorization", "Bearer  abc"), SecretKey("abc")),
    "a key header": (("x-api-key", "abc"), SecretKey("abc")),
}


@pytest.mark.parametrize(("header", "expected"), READ.values(), ids=READ)
def test_read(header: tuple[str, str | bytes], expected: Presented) -> None:
    assert presented(headers(header)) == expected


REFUSED: dict[str, list[tuple[str, str | bytes]]] = {
    "nothing": [],
    "an empty header": [("authorization", "")],
    "a scheme alone": [("authorization", "Basic")],
    "no base64": [("authorization", "Basic !!!")],
    "base64 without a colon": [basic("user")],
    "two headers": [basic("user:password"), basic("user:password")],
    "two ways at once": [basic("user:password"), ("x-api-key", "abc")],
    "two keys": [("x-api-key", "abc"), ("x-api-key", "abc")],
    "an empty key": [("x-api-key", " ")],
    "an unknown scheme": [("authorization", "Digest abc")],
    "a bare secret": [("authorization", "abc")],
    "Bearer without a secret": [("authorization", "Bearer ")],
    "a secret with a blank": [("authorization", "Bearer a b")],
    "a secret that is not ASCII": [("authorization", b"Bearer \xe4")],
    "base64 of another alphabet": [("authorization", "Basic dXNlcjpw_w==")],
    "U+0000 in the user": [basic("us\0er:password")],
    "a line feed in the password": [basic("user:pass\nword")],
}


@pytest.mark.parametrize("pairs", REFUSED.values(), ids=REFUSED)
def test_refused(pairs: list[tuple[str, str | bytes]]) -> None:
    with pytest.raises(NotIdentified) as refusal:
        presented(headers(*pairs))
    assert refusal.value.description == ""


@given(st.sampled_from(["Basic ", "Bearer ", "Token ", ""]), st.binary())
def test_whatever_is_presented_it_is_read_or_refused(scheme: str, credentials: bytes) -> None:
    try:
        read = presented(headers(("authorization", scheme.encode() + credentials)))
    except NotIdentified:
        return
    assert isinstance(read, BasicCredentials | SecretKey)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=":")), st.text("aä:€ ½"))
def test_every_user_and_password_comes_through_basic(user: str, password: str) -> None:
    assert presented(headers(basic(f"{user}:{password}"))) == BasicCredentials(user, password)
