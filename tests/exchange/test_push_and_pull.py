"""What is pushed is pulled by those who may see it, as it was pushed, by nobody else."""

import pytest

from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.exchanges import TAXII, Running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, a_statement, an_address, an_indicator

READERS = {"nl-soc", "wind-soc", "water-soc", "port-soc", "duty-officer"}

WHO_SEES = {
    "clear, by the host": (CLEAR, READERS),
    "green": (GREEN, READERS),
    "amber, also for a client": (AMBER, {"nl-soc", "wind-soc", "water-soc", "duty-officer"}),
    "amber+strict, never for a client": (AMBER_STRICT, {"nl-soc", "duty-officer"}),
    "no marking: the collection's default, amber": (None, {"nl-soc", "wind-soc", "water-soc", "duty-officer"}),
}


@pytest.mark.parametrize("says", WHO_SEES)
def test_each_reader_is_given_what_the_marking_permits(exchange: Running, says: str) -> None:
    mark, readers = WHO_SEES[says]
    pushed = an_indicator("one", *([mark] if mark else []), created_by_ref=HOST_IDENTITY)
    exchange.take("nl-feed", pushed)
    assert {account for account in READERS if exchange.objects(account) == [pushed]} == readers
    assert {account for account in READERS if exchange.objects(account)} == readers


def test_red_goes_to_the_account_named_for_it_and_to_the_organisation_that_gave_it(exchange: Running) -> None:
    pushed = an_indicator("red", RED, created_by_ref=WIND_IDENTITY)
    exchange.take("wind-feed", pushed)
    assert {account for account in READERS if exchange.objects(account)} == {"wind-soc", "duty-officer"}


def test_what_is_given_is_byte_for_byte_what_was_pushed(exchange: Running) -> None:
    raw = (
        b'{"type":"indicator","spec_version":"2.1","id":"indicator--9f9d61b0-6a0a-4a0e-8a9f-3f2f9a5b4c11",'
        b'"created":"2026-05-01T00:00:00.000Z","modified":"2026-05-01T00:00:00.000000Z","pattern_type":"stix",'
        b'"pattern":"[url:value = \'https://example.org/\\u00e9\']", "valid_from":"2026-05-01T00:00:00Z",'
        b'"x_weight":1.10,"x_big":12345678901234567890,"x_tiny":1e-7,"object_marking_refs":["' + CLEAR.encode() + b'"]}'
    )
    answer = exchange.client("nl-feed").post(
        "/north-sea/collections/indicators/objects/",
        content=b'{"objects": [ ' + raw + b" ]}",
        headers={"Content-Type": TAXII},
    )
    assert answer.json()["success_count"] == 1, answer.text
    assert exchange.client("port-soc").get("/north-sea/collections/indicators/objects/").content == (
        b'{"objects":[' + raw + b"]}"
    )


def test_a_bad_object_fails_with_a_reason_and_the_good_ones_are_kept(exchange: Running) -> None:
    good, bad = an_indicator("good", CLEAR), an_indicator("bad", CLEAR, pattern=None)
    status = exchange.post("nl-feed", good, bad, {"type": "indicator"})
    assert (status["total_count"], status["success_count"], status["failure_count"]) == (3, 1, 2)
    assert "pattern" in status["failures"][0]["message"]
    assert exchange.ids("port-soc") == {good["id"]}


def test_a_status_is_for_the_accounts_of_its_submitters_organisation(exchange: Running) -> None:
    status = exchange.post("nl-feed", an_indicator("one", CLEAR))
    path = f"/north-sea/status/{status['id']}/"
    assert exchange.client("nl-soc").get(path).json() == status
    for stranger in ("wind-soc", "port-soc", "outsider-soc"):
        assert exchange.client(stranger).get(path).status_code == 404


def test_a_duplicate_is_a_success_that_adds_nothing(exchange: Running) -> None:
    one = an_indicator("one", CLEAR)
    exchange.take("nl-feed", one)
    before = exchange.client("port-soc").get("/north-sea/collections/indicators/manifest/").json()
    status = exchange.post("nl-feed", one, dict(reversed(one.items())))
    assert status["success_count"] == 2
    assert exchange.client("port-soc").get("/north-sea/collections/indicators/manifest/").json() == before


def test_one_version_with_other_content_by_one_organisation_fails_and_changes_nothing(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("one", CLEAR))
    (failure,) = exchange.post("nl-feed", an_indicator("one", CLEAR, name="another"))["failures"]
    assert "Set a later `modified`." in failure["message"]
    assert exchange.objects("port-soc") == [an_indicator("one", CLEAR)]


def test_who_changes_a_marking_definition_is_told_to_make_a_new_one(exchange: Running) -> None:
    """It has no versions (STIX 2.1 section 7.2.1), so that a later `modified` would be no remedy."""
    exchange.take("nl-feed", a_statement("one"))
    (failure,) = exchange.post("nl-feed", a_statement("one", definition={"statement": "All rights reserved"}))[
        "failures"
    ]
    assert "give the content a new id" in failure["message"]


def test_an_address_has_one_version_everywhere(exchange: Running) -> None:
    address = an_address("198.51.100.7", CLEAR)
    status = exchange.post("nl-feed", address)
    version = status["successes"][0]["version"]
    client = exchange.client("port-soc")
    base = "/north-sea/collections/indicators"
    assert client.get(f"{base}/manifest/").json()["objects"][0]["version"] == version
    assert client.get(f"{base}/objects/{address['id']}/versions/").json() == {"versions": [version]}
    assert exchange.objects("port-soc", f"match[version]={version}") == [address]


def test_a_definition_that_arrives_late_comes_before_what_it_marks(exchange: Running) -> None:
    statement = a_statement("late")
    marked = an_indicator("marked", CLEAR, statement["id"])
    exchange.take("nl-feed", marked)
    assert exchange.ids("port-soc") == set()
    exchange.take("nl-feed", statement)
    assert [found["id"] for found in exchange.objects("port-soc")] == [statement["id"], marked["id"]]


def test_anothers_definition_resolves_nothing(exchange: Running) -> None:
    statement = a_statement("theirs")
    exchange.take("wind-feed", statement)
    exchange.take("nl-feed", an_indicator("marked", CLEAR, statement["id"]))
    assert exchange.ids("port-soc") == {statement["id"]}


def test_what_a_definition_marks_is_shown_with_it_or_not_at_all(exchange: Running) -> None:
    statement = a_statement("elsewhere")
    exchange.take("wind-feed", statement, to="north-sea/collections/letter-box")
    marked = an_indicator("marked", CLEAR, statement["id"])
    exchange.take("wind-feed", marked)
    assert exchange.ids("port-soc") == set()
    assert exchange.ids("wind-soc") == {marked["id"]}, "its own organisation sees what it gave"
    exchange.take("wind-feed", statement)
    assert [found["id"] for found in exchange.objects("port-soc")] == [statement["id"], marked["id"]]
    path = f"/north-sea/collections/indicators/objects/{statement['id']}/"
    assert exchange.client("wind-feed").delete(path).status_code == 200
    assert exchange.ids("port-soc") == set()


def test_withdrawing_takes_back_what_the_organisation_gave_and_leaves_others(exchange: Running) -> None:
    one = an_indicator("one", CLEAR)
    exchange.take("nl-feed", one)
    exchange.take("wind-feed", one)
    path = f"/north-sea/collections/indicators/objects/{one['id']}/"
    assert exchange.client("water-feed").delete(path).status_code == 403
    assert exchange.client("nl-feed").delete(path).status_code == 200
    assert exchange.objects("port-soc") == [one]
    assert exchange.client("wind-feed").delete(path).status_code == 200
    assert exchange.client("port-soc").get(path).status_code == 404
    assert exchange.client("wind-feed").delete(path).status_code == 404


@pytest.mark.row("T-MAN-13")
def test_a_version_that_is_newest_again_comes_to_a_poller_who_is_past_it(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("one", CLEAR))
    exchange.take("nl-feed", an_indicator("one", CLEAR, version="2026-05-02T00:00:00.000Z"))
    client = exchange.client("port-soc")
    base = "/north-sea/collections/indicators/objects/"
    last = client.get(base).headers["X-TAXII-Date-Added-Last"]
    assert client.get(f"{base}?added_after={last}").json() == {}
    one = an_indicator("one")["id"]
    exchange.client("nl-feed").delete(f"{base}{one}/?match[version]=last")
    assert client.get(f"{base}?added_after={last}").json()["objects"] == [an_indicator("one", CLEAR)]


def test_a_newer_version_that_may_not_be_seen_takes_the_earlier_ones_along(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("one", CLEAR))
    assert exchange.ids("port-soc")
    exchange.take("nl-feed", an_indicator("one", AMBER_STRICT, version="2026-05-02T00:00:00.000Z"))
    assert exchange.ids("port-soc") == set()
    assert (
        exchange.client("port-soc")
        .get(f"/north-sea/collections/indicators/objects/{an_indicator('one')['id']}/")
        .status_code
        == 404
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_walking_by_next_and_by_date_gives_everything_once(exchange: Running, limit: int) -> None:
    exchange.take("nl-feed", *(an_indicator(n, CLEAR if n % 3 else AMBER) for n in range(10)))
    for reader in ("nl-soc", "port-soc"):
        whole = [found["id"] for found in exchange.objects(reader)]
        assert [found["id"] for found in exchange.objects(reader, f"limit={limit}")] == whole
        client = exchange.client(reader)
        walked: list[str] = []
        after = "1970-01-01T00:00:00Z"
        while True:
            page = client.get(f"/north-sea/collections/indicators/objects/?limit={limit}&added_after={after}")
            if page.json() == {}:
                break
            walked += [found["id"] for found in page.json()["objects"]]
            last = page.headers["X-TAXII-Date-Added-Last"]
            after = last[:23] + "Z"  # cut to milliseconds, as several clients do
        assert walked == whole
