"""Media types and what Accept leaves (TAXII 2.1 sections 1.6.8 and 3.1; RFC 9110 section 12.5.1)."""

from collections.abc import Sequence
from typing import Final

from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import DISCOVERY, Target
from app.taxii.media_types import TAXII_21

BARE: Final = "application/taxii+json"
UNSPOKEN: Final = "application/taxii+json;version=9.9"
OTHERS: Final = ("application/json", "text/html", "application/xml", "application/stix+json;version=2.1")
GARBAGE: Final = (";;;", "a", "application/taxii+json;version", "x" * 8000)


@check("T-NEG-01", "3.1", Level.MUST, f"Accept: {TAXII_21} is served on every endpoint.")
def the_versioned_type_is_served(target: Target) -> None:
    """Every endpoint that can be read."""
    for path in target.read_endpoints().values():
        target.get(path).demand_status(200)


@check("T-NEG-02", "1.6.8.2, 3.1", Level.MUST, f"Accept: {BARE}, without a version, is served on every endpoint.")
def the_bare_type_is_served(target: Target) -> None:
    """It is a defined type, so it is no reason for 406."""
    for path in target.read_endpoints().values():
        target.get(path, {"Accept": BARE}).demand_status(200)


@check("T-NEG-03", "3.1", Level.SHOULD, "Without a version in Accept, the answer is in the highest TAXII version.")
def the_bare_type_means_the_highest_version(target: Target) -> None:
    """Version 2.1 is the highest there is."""
    answer = target.get(DISCOVERY, {"Accept": BARE})
    if answer.status != 200:
        raise DoesNotApply("the bare type is not served")
    answer.demand("version=2.1" in answer.headers.get("Content-Type", "").replace('"', ""), "version=2.1")


@check("T-NEG-06", "RFC 9110, 8.3.1", Level.MUST, "Letter case, blanks and quotes in a media type do not matter.")
def letter_case_and_quotes_do_not_matter(target: Target) -> None:
    """Type, subtype and parameter names in other letters, the value as a quoted string."""
    for accept in ('Application/TAXII+JSON; Version="2.1"', "application/taxii+json ; version=2.1"):
        target.get(DISCOVERY, {"Accept": accept}).demand_status(200)


@check("T-NEG-07", "RFC 9110, 12.5.1", Level.MUST, "One acceptable member of a list is enough.")
def one_member_of_a_list_is_enough(target: Target) -> None:
    """At any weight above zero."""
    target.get(DISCOVERY, {"Accept": f"text/html, {TAXII_21};q=0.3"}).demand_status(200)


@check("T-NEG-08", "RFC 9110, 12.4.2", Level.MUST, "A type with q=0 is not served.")
def a_weight_of_zero_excludes(target: Target) -> None:
    """Alone, so that nothing is left."""
    target.get(DISCOVERY, {"Accept": f"{TAXII_21};q=0"}).demand_status(406)


@check("T-NEG-09", "RFC 9110, 12.5.1", Level.MUST, "The more specific of two ranges counts.")
def the_more_specific_range_counts(target: Target) -> None:
    """`*/*` is excluded, the type itself is not."""
    target.get(DISCOVERY, {"Accept": f"*/*;q=0, {TAXII_21}"}).demand_status(200)


@check("T-NEG-10", "3.1", Level.ADVICE, "A TAXII version that the server does not speak is 406.")
def an_unknown_version_is_406(target: Target) -> None:
    """The standard lets a server answer otherwise; a client would take it for the version it asked for."""
    target.get(DISCOVERY, {"Accept": UNSPOKEN}).demand_status(406)


@check("T-NEG-11", "1.6.8.2", Level.SHOULD, "Of a known and an unknown version, the known one is served.")
def the_known_version_of_two_is_served(target: Target) -> None:
    """In either order."""
    for accept in (f"{UNSPOKEN}, {TAXII_21}", f"{TAXII_21}, {UNSPOKEN}"):
        target.get(DISCOVERY, {"Accept": accept}).demand_status(200)


@check("T-NEG-12", "3.1", Level.ADVICE, "Wildcards are served, as older clients send them.")
def wildcards_are_served(target: Target) -> None:
    """The last one is what older OpenCTI sends."""
    for accept in ("*/*", "application/*", "application/json, text/plain, */*"):
        target.get(DISCOVERY, {"Accept": accept}).demand_status(200)


@check("T-NEG-13", "3.1", Level.ADVICE, "A request without Accept is served, or refused with 406.")
def a_missing_accept_does_no_harm(target: Target) -> None:
    """It breaks the client's duty, and is common."""
    target.get(DISCOVERY, {"Accept": None}).demand_status(200, 406)


@check("T-NEG-14", "3.1", Level.ADVICE, "What is not TAXII is 406.")
def other_types_are_406(target: Target) -> None:
    """A page in the type that was asked for would be no TAXII resource."""
    for accept in OTHERS:
        target.get(DISCOVERY, {"Accept": accept}).demand_status(406)


@check("T-NEG-15", "5.3", Level.MUST, "The manifest takes the Accept of its table: the TAXII and the STIX type.")
def the_manifest_takes_the_accept_of_its_table(target: Target) -> None:
    """Both in one header."""
    accept = f"{TAXII_21}, application/stix+json;version=2.1"
    target.get(f"{target.here}manifest/?limit=2", {"Accept": accept}).demand_status(200)


@check("T-NEG-18", "RFC 9110, 12.5.1", Level.SHOULD, "An Accept that can't be read is refused, not failed at.")
def a_malformed_accept_is_refused(target: Target) -> None:
    """Or passed over, where the server takes it for none."""
    for accept in GARBAGE:
        target.get(DISCOVERY, {"Accept": accept}).demand_status(200, 400, 406, 431)


@check("T-NEG-30", "3.1", Level.ADVICE, "Content-Type is written as clients compare it: version=2.1 without quotes.")
def content_type_is_written_plainly(target: Target) -> None:
    """The OASIS client looks for each of its own tokens between semicolons."""
    tokens = {each.strip() for each in target.discovery.headers.get("Content-Type", "").split(";")}
    if not any(each.lower().startswith("version") for each in tokens):
        raise DoesNotApply("Content-Type names no version at all, which is judged by itself")
    target.discovery.demand({BARE, "version=2.1"} <= tokens, f"Content-Type: {TAXII_21}")


CHECKS: Final[Sequence[Check]] = (
    the_versioned_type_is_served,
    the_bare_type_is_served,
    the_bare_type_means_the_highest_version,
    letter_case_and_quotes_do_not_matter,
    one_member_of_a_list_is_enough,
    a_weight_of_zero_excludes,
    the_more_specific_range_counts,
    an_unknown_version_is_406,
    the_known_version_of_two_is_served,
    wildcards_are_served,
    a_missing_accept_does_no_harm,
    other_types_are_406,
    the_manifest_takes_the_accept_of_its_table,
    a_malformed_accept_is_refused,
    content_type_is_written_plainly,
)
