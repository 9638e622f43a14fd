"""A thousand objects that come at one instant: TAXII 2.1 sections 3.3 to 3.5, with every object a date of its own."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.conformance import content
from tests.conformance.conftest import Filled, Taxii
from tests.conformance.paths import of_collection
from tests.conformance.shapes import LAST
from tests.support.stix import AMBER, CLEAR, an_indicator

COLLECTION = of_collection(content.OF_2_1)
PUSHED = [an_indicator(f"at once {number}", AMBER if number % 3 else CLEAR) for number in range(1000)]
EVERY = {"rw": [each["id"] for each in PUSHED], "ro": [each["id"] for each in PUSHED[::3]]}
"""What each reader may see: one everything, the other every third object."""


@pytest.fixture(scope="module")
def large(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taxii]:
    folder = tmp_path_factory.mktemp("large")
    with filled.served(folder, content_length_bytes_max=1_000_000, page_objects_max=1000) as served:
        served.rw.take(f"{COLLECTION}objects/", *PUSHED)
        yield served


def walked(taxii: Taxii, account: str, limit: int, digits: int) -> list[str]:
    """The ids of a walk by the date in the header, which the client cuts to so many fractional digits.

    Answers are not checked again: there are many, and of a thousand records each.
    """
    found: list[str] = []
    query = f"limit={limit}"
    while True:
        page = getattr(taxii, account).ask("GET", f"{COLLECTION}manifest/?{query}", checked=False)
        body = page.json()
        found += [row["id"] for row in body.get("objects", [])]
        if "more" not in body:
            return found
        query = f"limit={limit}&added_after={page.header(LAST)[: 20 + digits]}Z"


@pytest.mark.row("T-AFT-09", "T-MAN-09")
@pytest.mark.parametrize("account", EVERY)
def test_every_row_of_a_reader_has_a_whole_millisecond_of_its_own(large: Taxii, account: str) -> None:
    rows = getattr(large, account).rows(f"{COLLECTION}manifest/")
    assert [row["id"] for row in rows] == EVERY[account]
    dates = [row["date_added"] for row in rows]
    assert all(one < other for one, other in pairwise(dates))
    assert all(date.endswith("000Z") for date in dates)


@pytest.mark.row("T-SORT-04")
def test_fifty_walks_give_one_and_the_same_order(large: Taxii) -> None:
    assert [each["id"] for each in large.rw.rows(f"{COLLECTION}objects/", limit=100)] == EVERY["rw"]
    for number in range(50):
        assert walked(large, "rw", 1000 if number % 2 else 500 + number, 6) == EVERY["rw"]


@pytest.mark.row("T-AFT-09", "T-PAG-23", "T-MAN-12")
@pytest.mark.parametrize(("account", "limit", "digits"), [("rw", 10, 6), ("rw", 10, 3), ("ro", 7, 3)])
def test_a_walk_by_date_alone_loses_and_repeats_nothing(large: Taxii, account: str, limit: int, digits: int) -> None:
    assert walked(large, account, limit, digits) == EVERY[account]
