"""All filters at once, by a plain list: TAXII 2.1 section 3.4, for two readers who may not see the same."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance import content
from tests.conformance.callers import Caller
from tests.conformance.conftest import Filled, Taxii
from tests.conformance.oracle import Asked, Row, cut, log_of, moment, page, selected
from tests.conformance.paths import HERE, MANIFEST, OBJECTS
from tests.conformance.shapes import FIRST, LAST
from tests.support.cases import examples, record_cases
from tests.support.direct import Answer
from tests.support.stix import AMBER, GREEN, STIX, stix_id

EXAMPLES = 60
PAGE_DEFAULT, PAGE_MAX = 40, 50
READERS = ("rw", "ro")
NAMES = ("a", "b", "c")
TIMES = ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00.250Z", "2026-03-02T00:00:00.000Z")
UNKNOWN = stix_id("tool", "that there is not")


def entangled() -> Sequence[STIX]:
    """Versions in two encodings, some of them amber, in no order."""
    places = random.Random(1)
    made = []
    for kind, name, time, newer in itertools.product(("malware", "tool"), NAMES, TIMES, (False, True)):
        marks = [AMBER if places.random() < 0.25 else GREEN]
        spec = {"spec_version": "2.1"} if newer else {"labels": ["remote-access-trojan"]}
        family = {"is_family": False} if newer and kind == "malware" else {}
        made.append(
            {
                "type": kind,
                "id": stix_id(kind, f"entangled {name}"),
                "created": TIMES[0],
                "modified": time,
                "name": name,
                "object_marking_refs": marks,
                **spec,
                **family,
            }
        )
    return places.sample(made, 28)


@dataclass(frozen=True)
class Known:
    """A server, and the log of each reader as a plain list."""

    callers: Mapping[str, Caller]
    logs: Mapping[str, Sequence[Row]]


@pytest.fixture(scope="module")
def taxii(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taxii]:
    """With more beside the base content, pushed in turn by two organisations that sign nothing: a reader is given
    its own, and those of the one whose came first.
    """
    with filled.served(tmp_path_factory.mktemp("together")) as served:
        for place, each in enumerate(entangled()):
            (served.rw if place % 2 else served.owner).take(OBJECTS, each)
        served.rw.delete(f"{OBJECTS}{stix_id('malware', 'entangled a')}/?match[version]=last")
        yield served


@pytest.fixture(scope="module")
def known(taxii: Taxii) -> Known:
    callers = {name: getattr(taxii, name) for name in READERS}
    return Known(callers, {name: log_of(caller, HERE) for name, caller in callers.items()})


def test_the_two_readers_see_different_logs(known: Known) -> None:
    rw, ro = ({(row.id, row.version, row.spec) for row in known.logs[name]} for name in READERS)
    assert len(known.logs["rw"]) == len(rw) > PAGE_DEFAULT
    assert len(known.logs["ro"]) == len(ro) > 20
    assert rw - ro
    assert ro - rw


IDS = [content.VERSIONED, content.BOTH_SPECS, content.ADDRESS, content.AMBER_ONE, UNKNOWN]
IDS += [stix_id(kind, f"entangled {name}") for kind in ("malware", "tool") for name in NAMES]
TYPES = ["malware", "tool", "indicator", "ipv4-addr", "marking-definition", "x-acme-thing", "report"]
SELECTING = ["first", "last", *TIMES[:2], content.V2, "2026-03-03T00:00:00Z"]


def lists(values: Sequence[str], *, most: int = 4) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=most, unique_by=moment).map(tuple)


QUERIES = st.builds(
    Asked,
    ids=lists(IDS),
    types=lists(TYPES),
    versions=st.just(("all",)) | lists(SELECTING),
    specs=lists(["2.0", "2.1", "9.9"]),
)
STARTS = st.none() | st.tuples(st.integers(0, 60), st.sampled_from([-1, 0, 1]), st.sampled_from([6, 3, 0]))
LIMITS = st.lists(st.sampled_from([None, 1, 2, 3, 5, 2**53 - 1]), min_size=1, max_size=4)
WAYS = st.sampled_from(["next alone", "next and filters", "date", "date in milliseconds", "both"])


def start(log: Sequence[Row], drawn: tuple[int, int, int] | None) -> str | None:
    """A bookmark at, or a millisecond beside, the date of some row, with so many fractional digits."""
    if drawn is None:
        return None
    place, milliseconds, digits = drawn
    at = log[place % len(log)].at + timedelta(milliseconds=milliseconds)
    return shortened(at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), digits)


def shortened(date: str, digits: int) -> str:
    return f"{date[: 20 + digits].rstrip('.')}Z" if digits < 6 else date


def holds(answer: Answer, endpoint: str) -> Sequence[Any]:
    rows: Sequence[Any] = answer.json().get("versions" if endpoint == "versions" else "objects", [])
    return [(row["id"], row["version"], row["date_added"]) for row in rows] if endpoint == "manifest" else rows


def expects(rows: Sequence[Row], endpoint: str) -> Sequence[Any]:
    match endpoint:
        case "manifest":
            return [(row.id, row.version, row.date_added) for row in rows]
        case "versions":
            return [row.version for row in rows]
    return [row.content for row in rows]


@dataclass
class Walk:
    """A client that walks, and the list that says what it has to be given."""

    caller: Caller
    log: Sequence[Row]
    endpoint: str
    path: str
    asked: Asked
    sent: str

    def step(
        self, query: Sequence[str], started: datetime | None, cursor: datetime | None, limit: int | None
    ) -> Answer:
        """One page, compared with what the list says."""
        given = self.caller.get(f"{self.path}?{'&'.join(part for part in query if part)}")
        rows, more = page(selected(self.log, self.asked, started), cursor, min(limit or PAGE_DEFAULT, PAGE_MAX))
        assert given.status == 200
        assert holds(given, self.endpoint) == expects(rows, self.endpoint)
        assert given.json().get("more", False) == more
        if rows:
            assert (given.header(FIRST), given.header(LAST)) == (rows[0].date_added, rows[-1].date_added)
        return given

    def go(self, began: str | None, limits: Sequence[int | None], way: str) -> None:
        """All pages, going on as the client does."""
        started = cursor = cut(began) if began else None
        query = [self.sent, f"added_after={began}" if began else ""]
        for limit in itertools.cycle(limits):
            given = self.step([*query, f"limit={limit}" if limit else ""], started, cursor, limit)
            if not given.json().get("more"):
                return
            last = str(given.header(LAST))
            date = shortened(last, 3 if way == "date in milliseconds" else 6)
            cursor = cut(date)
            if way.startswith("date"):
                started = cursor  # to the server this is another walk
                query = [self.sent, f"added_after={date}"]
            else:
                query = [f"next={given.json()['next']}"]
                query += {"both": [self.sent, f"added_after={date}"], "next and filters": [self.sent]}.get(way, [])


@pytest.mark.row("T-FLT-17", "T-OBJ-11", "T-PAG-09", "T-FSPEC-01", "T-FVER-16", "A-08", "A-09")
def test_any_query_gives_what_a_plain_list_gives(known: Known) -> None:
    @settings(max_examples=examples(EXAMPLES))
    @given(st.sampled_from(READERS), st.sampled_from(["objects", "manifest"]), QUERIES, STARTS, LIMITS, WAYS)
    def tried(reader: str, endpoint: str, asked: Asked, began: Any, limits: Any, way: str) -> None:
        log = known.logs[reader]
        walk = Walk(known.callers[reader], log, endpoint, f"{HERE}{endpoint}/", asked, asked.query)
        walk.go(start(log, began), limits, way)
        record_cases("section 3.4: any query gives what a plain list gives")

    tried()


@pytest.mark.row("T-FLT-17", "T-ONE-04", "T-ONE-07", "T-VRS-07", "T-ONE-05", "T-VRS-06")
def test_any_query_for_one_object_gives_what_a_plain_list_gives(known: Known) -> None:
    @settings(max_examples=examples(EXAMPLES))
    @given(
        st.sampled_from(READERS),
        st.sampled_from(["object", "versions"]),
        st.sampled_from(IDS),
        QUERIES,
        STARTS,
        LIMITS,
        WAYS,
    )
    def tried(reader: str, endpoint: str, id_: str, asked: Asked, began: Any, limits: Any, way: str) -> None:
        log, caller = known.logs[reader], known.callers[reader]
        taken = Asked(versions=asked.versions if endpoint == "object" else None, specs=asked.specs)
        whole = Asked((id_,), None, taken.versions if endpoint == "object" else ("all",), asked.specs)
        path = f"{OBJECTS}{id_}/{'versions/' if endpoint == 'versions' else ''}"
        if any(row.id == id_ for row in log):
            Walk(caller, log, endpoint, path, whole, taken.query).go(start(log, began), limits, way)
        else:
            assert caller.get(f"{path}?{taken.query}").status == 404
        record_cases("section 3.4: any query gives what a plain list gives")

    tried()


MATRIX = list(
    itertools.product(
        (None, (content.VERSIONED, content.BOTH_SPECS, stix_id("tool", "entangled b"), content.ADDRESS)),
        (None, ("malware",), ("indicator", "ipv4-addr")),
        (None, ("first",), ("all",), ("last", TIMES[0])),
        (None, ("2.0",), ("2.0", "2.1")),
    )
)


@pytest.mark.row("T-MAN-08", "T-MAN-05")
@pytest.mark.parametrize("reader", READERS)
def test_the_manifest_is_filtered_as_the_objects_are(known: Known, reader: str) -> None:
    assert len(MATRIX) >= 50
    caller = known.callers[reader]
    given = 0
    for place, fields in enumerate(MATRIX):
        query = f"limit={3 + place % 5}&{Asked(*fields).query}"
        records, objects = (caller.get(f"{path}?{query}") for path in (MANIFEST, OBJECTS))
        listed = [(row["id"], row["version"]) for row in records.json().get("objects", [])]
        there = [
            (each["id"], each.get("modified", each.get("created", version)))
            for each, (_, version) in zip(objects.json().get("objects", []), listed, strict=True)
        ]
        assert there == listed
        assert [records.header(name) for name in (FIRST, LAST)] == [objects.header(name) for name in (FIRST, LAST)]
        assert records.json().get("more") == objects.json().get("more")
        given += len(listed)
    assert given > len(MATRIX), "most of these queries match something"
