"""URLs and e-mail addresses: what names a host is written in one way, and the rest stays as it is."""

import re
from typing import NamedTuple

from app.stix.observables.hosts import host_of, host_text, is_name
from app.stix.observables.texts import folded

# the parts of RFC 3986, appendix B; what is no URI at all falls apart nowhere
_URL = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?([^/?#\\]*)(.*)", re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(r"(\[[^\]]*\]|[^:]*+)(?::([0-9]*))?")
_DEFAULT_PORTS = {"ftp": 21, "http": 80, "https": 443, "ws": 80, "wss": 443}
_WEB = ("http", "https")


class Url(NamedTuple):
    """A URL in parts: scheme and host in their normal forms, the rest as it was written. `port` is "" if usual."""

    scheme: str
    user: str
    host: str
    port: str
    rest: str

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return "".join(
            [
                f"{self.scheme}://" if self.scheme else "",
                f"{self.user}@" if self.user else "",
                shown,
                f":{self.port}" if self.port else "",
                self.rest,
            ]
        )


def url_of(text: str) -> Url | None:
    """The parts of a URL, also of one without a scheme; None where the text names no host."""
    found = _URL.fullmatch(text)
    if found is None:
        return None
    scheme = (found[1] or "").lower()
    user, _, behind = found[2].rpartition("@")
    place = _PLACE.fullmatch(behind)
    if place is None or not place[1]:
        return None
    host = _host_within(place[1])
    number = place[2] or ""
    port = number.lstrip("0") or ("0" if number else "")
    usual = port == str(_DEFAULT_PORTS.get(scheme, ""))
    rest = found[3] if found[3].startswith("/") or (scheme not in _WEB and scheme) else f"/{found[3]}"
    return Url(scheme, user, host, "" if usual else port, rest)


def schemes_beside(url: Url) -> list[Url]:
    """The same URL with and without the schemes of the web: one that is written without a scheme may have either."""
    if not url.scheme:
        return [url._replace(scheme=scheme) for scheme in _WEB]
    return [url._replace(scheme="")] if url.scheme in _WEB else []


def email_of(text: str) -> tuple[str, str] | None:
    """The local part of an e-mail address as it was written, and its domain; None where it has not both."""
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        return None
    return local, _host_within(domain)


def _host_within(text: str) -> str:
    """The host in its normal form; what is no host keeps its signs, since some of them would end the host."""
    host = host_of(text)
    return folded(text) if isinstance(host, str) and not is_name(host) else host_text(host)
