"""limit, more and next: that a walk gives everything, each once (TAXII 2.1 sections 3.4 and 3.5)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from app.probe.asking import Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import Target, Window
from app.probe.walking import LAST, Walk, by_dates, by_next, has_more, items_of, with_query

LIMITS: Final = (1, 2, 3)
STEP: Final = 2
"""Rows of a page in a walk."""
UNKNOWN_TOKEN: Final = "bm8gc3VjaCB0b2tlbg"  # noqa: S105  (a `next` that nobody issued)


@check("T-PAG-01", "3.4", Level.MUST, "A page holds no more than its limit.")
def a_page_keeps_its_limit(target: Target) -> None:
    """On objects, manifest, one object and its versions."""
    target.at_least(1)
    for limit in LIMITS:
        for path in target.page_endpoints(limit=limit).values():
            page = target.get(path).demand_status(200)
            page.demand(len(items_of(page)) <= limit, f"at most {limit}, not {len(items_of(page))}")


@check("T-PAG-02", "3.4", Level.MUST, "A page whose limit is enough holds all, and does not say `more`.")
def a_page_that_holds_all_says_so(target: Target) -> None:
    """At exactly the number of rows, and one above it."""
    window = _ended(target)
    for endpoint in ("manifest", "objects"):
        for limit in (len(window.rows), len(window.rows) + 1):
            page = _page(target, endpoint, window, limit)
            page.demand(len(items_of(page)) == len(window.rows), f"all {len(window.rows)} rows")
            page.demand(not has_more(page), "no `more`: nothing is left")


@check("T-PAG-03", "3.4, 3.5", Level.MUST, "A page that leaves something out says `more`.")
def a_page_that_is_cut_says_so(target: Target) -> None:
    """One row short."""
    window = target.window()
    for endpoint in ("manifest", "objects"):
        page = _page(target, endpoint, window, len(window.rows) - 1)
        page.demand(has_more(page) or len(items_of(page)) >= len(window.rows), "`more`: true")


@check("T-OBJ-06", "3.7", Level.ADVICE, "A page that says `more` gives `next`, on the manifest too.")
def a_page_with_more_gives_next(target: Target) -> None:
    """Without it a walk has to go by dates, and the OASIS client repeats the first page for ever."""
    for endpoint in ("manifest", "objects"):
        page = _first_of_several(target, endpoint)
        page.demand(isinstance(page.resource.get("next"), str), "`next`, a string")


@check("T-PAG-09", "3.5", Level.MUST, "A walk along next gives every object once.")
def a_walk_along_next_is_complete(target: Target) -> None:
    """With a small limit."""
    window = _with_next(target, "objects")
    walk = by_next(target.asker, f"{target.here}objects/", window.query, STEP)
    _demand_complete(walk, window, walk.items)


@check("T-PAG-24", "3.5, 5.3", Level.MUST, "A walk along next gives every manifest record once.")
def a_walk_along_next_of_the_manifest_is_complete(target: Target) -> None:
    """Where the manifest gives `next`."""
    window = _with_next(target, "manifest")
    walk = by_next(target.asker, f"{target.here}manifest/", window.query, STEP)
    _demand_complete(walk, window, walk.items)


@check("T-PAG-23", "3.5", Level.MUST, "A walk by X-TAXII-Date-Added-Last gives every object once.")
def a_walk_by_dates_is_complete(target: Target) -> None:
    """With a small limit, and without `next`."""
    window = _with_dates(target, "objects")
    walk = by_dates(target.asker, f"{target.here}objects/", window.query, STEP)
    _demand_complete(walk, window, target.without_overtaken(walk.items))


@check("T-MAN-12", "3.5", Level.MUST, "A walk by dates gives every manifest record once.")
def a_walk_by_dates_of_the_manifest_is_complete(target: Target) -> None:
    """With a small limit, and without `next`."""
    window = _with_dates(target, "manifest")
    walk = by_dates(target.asker, f"{target.here}manifest/", window.query, STEP)
    _demand_complete(walk, window, target.without_overtaken(walk.items))


@check("T-PAG-11", "3.5", Level.ADVICE, "One value of next gives the same page each time it is sent.")
def next_may_be_sent_twice(target: Target) -> None:
    """An answer may be lost; if its page can't be had again, the client has lost what was on it."""
    path = _following(target, "limit=2")
    first = target.asker.ask("GET", path).demand_status(200)
    again = target.asker.ask("GET", path).demand_status(200)
    again.demand(items_of(again) == items_of(first), "the same page as before")


@check("T-PAG-12", "3.5", Level.ADVICE, "limit may change in the middle of a walk.")
def limit_may_change_during_a_walk(target: Target) -> None:
    """The OASIS client asks with another one after the first page."""
    page = target.asker.ask("GET", _following(target, "limit=1")).demand_status(200)
    page.demand(len(items_of(page)) == 1, "one object")


@check("T-PAG-13", "3.5", Level.ADVICE, "next is enough, without limit.")
def next_works_without_limit(target: Target) -> None:
    """The server's own page size counts."""
    window = target.window()
    page = target.asker.ask("GET", _following(target, "")).demand_status(200)
    ids = [each.get("id") for each in items_of(page)]
    page.demand(window.rows[1].id in ids and window.rows[0].id not in ids, f"{window.rows[1].id} and what follows")


@check("T-PAG-15", "3.4", Level.SHOULD, "A next that was never issued is 400, never a page.")
def an_unknown_next_is_refused(target: Target) -> None:
    """A client that gets the first page again starts anew, or runs in circles."""
    for endpoint in ("manifest", "objects"):
        target.get(f"{target.here}{endpoint}/?limit=1&next={UNKNOWN_TOKEN}").demand_status(400)


def _ended(target: Target) -> Window:
    window = target.window()
    if not window.ended:
        raise DoesNotApply("the end of the collection was not reached within the bound on pages")
    return window


def _page(target: Target, endpoint: str, window: Window, limit: int) -> Answer:
    path = with_query(f"{target.here}{endpoint}/", window.query, f"limit={limit}")
    return target.get(path).demand_status(200)


def _first_of_several(target: Target, endpoint: str) -> Answer:
    page = _page(target, endpoint, target.window(), 1)
    if not has_more(page):
        raise DoesNotApply("no page says `more`, which is judged by itself")
    return page


def _with_next(target: Target, endpoint: str) -> Window:
    if not isinstance(_first_of_several(target, endpoint).resource.get("next"), str):
        raise DoesNotApply(f"the server gives no `next` with {endpoint}")
    return target.window()


def _with_dates(target: Target, endpoint: str) -> Window:
    if LAST not in _first_of_several(target, endpoint).headers:
        raise DoesNotApply("pages do not name their dates, which is judged by itself")
    return target.window()


def _following(target: Target, size: str) -> str:
    """The path of a second page; a new walk each time, as a token may serve once."""
    window = _with_next(target, "objects")
    path = with_query(f"{target.here}objects/", window.query, "limit=1")
    token = target.asker.ask("GET", path).demand_status(200).resource.get("next")
    return with_query(f"{target.here}objects/", window.query, size, f"next={quote(str(token), safe='')}")


def _demand_complete(walk: Walk, window: Window, items: Sequence[Any]) -> None:
    items = items if window.ended else items[: len(window.rows)]
    ids = sorted(str(each.get("id")) for each in items)
    wanted = sorted(each.id for each in window.rows)
    walk.pages[-1].demand(ids == wanted, f"a walk that gives {wanted}, not {ids}")


CHECKS: Final[Sequence[Check]] = (
    a_page_keeps_its_limit,
    a_page_that_holds_all_says_so,
    a_page_that_is_cut_says_so,
    a_page_with_more_gives_next,
    a_walk_along_next_is_complete,
    a_walk_along_next_of_the_manifest_is_complete,
    a_walk_by_dates_is_complete,
    a_walk_by_dates_of_the_manifest_is_complete,
    next_may_be_sent_twice,
    limit_may_change_during_a_walk,
    next_works_without_limit,
    an_unknown_next_is_refused,
)
