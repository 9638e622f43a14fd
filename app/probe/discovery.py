"""Server discovery and the API root (TAXII 2.1 sections 4.1 and 4.2)."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import Target
from app.taxii.media_types import TAXII_21


@check("T-SEC-01", "8.2.2", Level.MUST, "The server is reached by HTTPS.")
def it_is_served_by_https(target: Target) -> None:
    """Plain HTTP on the machine itself is for a proxy, or for trying things out."""
    parts = urlsplit(target.asker.base)
    if parts.scheme != "https" and _is_this_machine(parts.hostname or ""):
        raise DoesNotApply("the server is on this machine")
    target.discovery.demand(parts.scheme == "https", "an https:// address")


@check("T-DIS-01", "8.2.1", Level.MUST, "Discovery is at /taxii2/.")
def discovery_is_at_its_place(target: Target) -> None:
    """Nothing else is judged here."""
    target.discovery.demand_status(200)


@check("T-DIS-03", "4.1.1", Level.MUST, "Discovery has a title, and its other members are of their types.")
def discovery_has_its_members(target: Target) -> None:
    """`title`, `description`, `contact`, `default` and `api_roots`."""
    body = target.discovery.resource
    target.discovery.demand(isinstance(body.get("title"), str), "`title`, a string")
    for name in ("description", "contact", "default"):
        target.discovery.demand(isinstance(body.get(name, ""), str), f"`{name}`, if at all, as a string")
    if "api_roots" in body:
        roots = body["api_roots"]
        strings = isinstance(roots, list) and all(isinstance(each, str) for each in roots)
        target.discovery.demand(strings, "`api_roots` as a list of strings")


@check("T-DIS-05", "4.1.1", Level.MUST, "The default API root is one of those that are listed.")
def the_default_root_is_listed(target: Target) -> None:
    """Compared as strings, as clients compare them."""
    body = target.discovery.resource
    if "default" not in body:
        raise DoesNotApply("discovery names no default")
    target.discovery.demand(body["default"] in body.get("api_roots", []), "`default` among `api_roots`")


@check("T-DIS-08", "4.1.1", Level.MUST, "An API root is an https URL, or relative with one slash at its head.")
def roots_are_https_or_relative(target: Target) -> None:
    """`//host/` would be another server, and a bare name means something else on each path."""
    for root in _roots(target):
        relative = root.startswith("/") and not root.startswith("//")
        target.discovery.demand(relative or root.startswith("https://"), f"{root!r} as https://… or /…/")


@check("T-DIS-09", "4.1.1", Level.MUST, "No API root has a query.")
def roots_have_no_query(target: Target) -> None:
    """Clients append to them."""
    for root in _roots(target):
        target.discovery.demand("?" not in root, f"{root!r} without a query")


@check("T-DIS-12", "4.1.1", Level.ADVICE, "Each API root ends in a slash, so that clients can append to it.")
def roots_end_in_a_slash(target: Target) -> None:
    """As all examples of the standard do."""
    for root in _roots(target):
        target.discovery.demand(root.endswith("/"), f"{root!r} with a slash at its end")


@check("T-ROOT-03", "4.2.1", Level.MUST, "The API root has a title, its versions and max_content_length.")
def the_root_has_its_members(target: Target) -> None:
    """`title`, `description`, `versions` and `max_content_length`, by presence and type."""
    answer, body = _root(target)
    answer.demand(isinstance(body.get("title"), str), "`title`, a string")
    answer.demand(isinstance(body.get("description", ""), str), "`description`, if at all, as a string")
    versions = body.get("versions")
    strings = isinstance(versions, list) and bool(versions) and all(isinstance(each, str) for each in versions)
    answer.demand(strings, "`versions`, a list of strings")
    answer.demand("max_content_length" in body, "`max_content_length`")


@check("T-ROOT-04", "4.2.1", Level.MUST, f"The API root names exactly {TAXII_21}.")
def the_root_names_taxii_21(target: Target) -> None:
    """Clients compare the text."""
    answer, body = _root(target)
    answer.demand(TAXII_21 in (body.get("versions") or []), f"{TAXII_21} among `versions`")


@check("T-ROOT-06", "4.2.1", Level.MUST, "max_content_length is an integer above zero.")
def max_content_length_is_above_zero(target: Target) -> None:
    """A JSON number, no string."""
    answer, body = _root(target)
    length = body.get("max_content_length")
    positive = isinstance(length, int) and not isinstance(length, bool) and length > 0
    answer.demand(positive, "`max_content_length`, an integer above zero")


@check("T-ROOT-12", "4.2", Level.MUST, "An API root that does not exist is 404.")
def an_unknown_root_is_404(target: Target) -> None:
    """Its name is random."""
    target.get(f"/{target.unknown}/").demand_status(404)


def _roots(target: Target) -> Sequence[str]:
    found = target.discovery.resource.get("api_roots")
    if not isinstance(found, list) or not found:
        raise DoesNotApply("discovery lists no API root for this account")
    return [str(each) for each in found]


def _root(target: Target) -> tuple[Any, dict[str, Any]]:
    answer = target.get(target.at_root).demand_status(200)
    return answer, answer.resource


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


CHECKS: Final[Sequence[Check]] = (
    it_is_served_by_https,
    discovery_is_at_its_place,
    discovery_has_its_members,
    the_default_root_is_listed,
    roots_are_https_or_relative,
    roots_have_no_query,
    roots_end_in_a_slash,
    the_root_has_its_members,
    the_root_names_taxii_21,
    max_content_length_is_above_zero,
    an_unknown_root_is_404,
)
