"""limit and added_after: what they are, and what is malformed (TAXII 2.1 section 3.4)."""

from collections.abc import Sequence
from typing import Final

from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.pages import FUTURE
from app.probe.survey import Target
from app.probe.walking import items_of, same, with_query

NO_LIMITS: Final = ("0", "-1", "abc", "", "1.5")
NO_INSTANTS: Final = ("abc", "", "2020-13-01T00:00:00.000000Z", "2020-01-01", "2020-01-01T00:00:00")
SHORTER: Final = ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123Z")
LARGE_LIMIT: Final = 2**31 - 1
BEGINNING: Final = "added_after=1970-01-01T00:00:00.000000Z"


@check("T-PAG-06", "3.4", Level.MUST, "A limit that is no integer above zero is 400, on every page endpoint.")
def limit_is_an_integer_above_zero(target: Target) -> None:
    """Zero, negative, no number, empty, a fraction."""
    for path in target.page_endpoints().values():
        for text in NO_LIMITS:
            target.get(f"{path}?limit={text}").demand_status(400)


@check("T-PAG-08", "3.4", Level.ADVICE, "A limit that is given twice is 400.")
def limit_is_given_once(target: Target) -> None:
    """The server would have to choose one."""
    target.get(f"{target.here}objects/?limit=1&limit=2").demand_status(400)


@check("T-PAG-05", "3.4", Level.SHOULD, "A limit above what the server gives at once is no error.")
def a_large_limit_is_served(target: Target) -> None:
    """Asked where little is left, so that no large page is sent."""
    query = target.window(count=1).query
    if not query and len(target.rows) > 1:
        query = f"added_after={target.rows[-2].date_added}"
    target.get(with_query(f"{target.here}objects/", query, f"limit={LARGE_LIMIT}")).demand_status(200)


@check("T-AFT-05", "3.4", Level.MUST, "An added_after that is no timestamp is 400, on every page endpoint.")
def added_after_is_a_timestamp(target: Target) -> None:
    """No date, none of the calendar, no time, no zone."""
    for path in target.page_endpoints().values():
        for text in NO_INSTANTS:
            target.get(f"{path}?added_after={text}&limit=1").demand_status(400)


@check("T-AFT-04", "3.4", Level.MUST, "added_after occurs once and holds one timestamp; otherwise it is 400.")
def added_after_is_given_once(target: Target) -> None:
    """Repeated, and with a comma."""
    one = SHORTER[0].replace("Z", ".000000Z")
    for query in (f"added_after={one}&added_after={one}", f"added_after={one},{one}"):
        target.get(f"{target.here}objects/?{query}&limit=1").demand_status(400)


@check("T-AFT-01", "3.4", Level.MUST, "added_after is strict: rows of that very date do not come, the next one does.")
def added_after_is_strict(target: Target) -> None:
    """At several places of the collection."""
    rows = target.window().rows
    for bookmark in (rows[0], rows[len(rows) // 2 - 1], rows[-2]):
        later = [each for each in rows if each.date_added > bookmark.date_added]
        for endpoint in ("objects", "manifest"):
            page = target.get(f"{target.here}{endpoint}/?added_after={bookmark.date_added}&limit=5").demand_status(200)
            got = [each.get("id") for each in target.without_overtaken(items_of(page))]
            page.demand(bookmark.id not in got, f"no {bookmark.id}, which has that very date")
            page.demand(not later or later[0].id in got, "the next row after that date")


@check("T-AFT-03", "3.4", Level.MUST, "Without added_after, and with one long ago, the oldest rows come first.")
def the_oldest_rows_come_first(target: Target) -> None:
    """As the manifest has them."""
    rows = target.at_least(1)
    for query in ("", BEGINNING):
        page = target.get(with_query(f"{target.here}objects/", query, "limit=1")).demand_status(200)
        page.demand(same(items_of(page)[:1], rows[:1]), f"{rows[0].id} first")


@check("T-AFT-07", "2, 3.4", Level.ADVICE, "An added_after with fewer than six decimals is read.")
def fewer_decimals_are_read(target: Target) -> None:
    """The OASIS client strips zeros, and JavaScript writes three."""
    for text in SHORTER:
        target.get(f"{target.here}objects/?added_after={text}&limit=1").demand_status(200)


@check("T-OBJ-03", "3.4, 3.7", Level.MUST, "Where nothing is left, the answer is 200 and has no list at all.")
def nothing_left_is_an_empty_resource(target: Target) -> None:
    """added_after in the future, on every page endpoint; an empty list is forbidden, and 404 means something else."""
    for path in target.page_endpoints().values():
        page = target.get(f"{path}?{FUTURE}").demand_status(200)
        page.demand(not {"objects", "versions"} & page.resource.keys(), "neither `objects` nor `versions`")


@check("T-PAG-27", "3.5", Level.SHOULD, "A poll from the last page's date gives nothing until something is added.")
def a_poll_at_rest_gives_nothing(target: Target) -> None:
    """Else a client fetches the same rows for ever."""
    if not target.manifest.ended:
        raise DoesNotApply("the end of the collection was not reached within the bound on pages")
    page = target.get(f"{target.here}objects/?added_after={target.one.date_added}")
    if page.status == 404:
        raise DoesNotApply("an empty page is 404 here, which is judged by itself")
    page.demand_status(200).demand(not target.without_overtaken(items_of(page)), "nothing")


CHECKS: Final[Sequence[Check]] = (
    limit_is_an_integer_above_zero,
    limit_is_given_once,
    a_large_limit_is_served,
    added_after_is_a_timestamp,
    added_after_is_given_once,
    added_after_is_strict,
    the_oldest_rows_come_first,
    fewer_decimals_are_read,
    nothing_left_is_an_empty_resource,
    a_poll_at_rest_gives_nothing,
)
