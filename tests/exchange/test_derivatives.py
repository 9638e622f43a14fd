"""Sanitised derivatives, from push to pull: what stands in for what may not be shown whole, as its original changes."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.errors import OperatorError
from app.exchange import backing_up, blocks, epoch, quarantine
from app.exchange.officers import mandate
from tests.support.agreements import FILES, HOST_IDENTITY, NORTH_SEA, PARTNERS, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, STIX, a_statement, an_indicator

EXCHANGE = "identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce"
HERE = "/north-sea/collections/indicators"
REVIEWED = "      ownership: creator\n"
REVIEW = "      review: {submitters: [wind-isac]}\n"
LAST = "X-TAXII-Date-Added-Last"
SANITISED = {
    **FILES,
    "partners.yaml": PARTNERS.replace("host: nl-cert\n", f"host: nl-cert\nidentity: {EXCHANGE}\n"),
    "north-sea.yaml": NORTH_SEA.replace("granular: withhold\n", "granular: sanitise\n", 1),
}


def in_part(which: str, *, day: int = 1, secret: str = "Victim named", mark: str = RED, **more: object) -> STIX:
    """A green indicator with a description that is marked by itself."""
    return an_indicator(
        which,
        GREEN,
        version=f"2026-05-0{day}T00:00:00.000Z",
        description=secret,
        granular_markings=[{"marking_ref": mark, "selectors": ["description"]}],
        **more,
    )


@pytest.fixture
def sanitising(exchange: Running) -> Running:
    exchange.apply(SANITISED)
    return exchange


def derivatives(exchange: Running, account: str = "wind-soc", query: str = "") -> list[STIX]:
    """What the exchange has signed of that which the account is given."""
    return [found for found in exchange.objects(account, query) if found.get("created_by_ref") == EXCHANGE]


def test_a_derivative_stands_in_for_what_may_not_be_shown_whole(sanitising: Running, clock: StillClock) -> None:
    original = in_part("one")
    sanitising.take("nl-feed", original, an_indicator("two", GREEN))
    (given,) = derivatives(sanitising)
    now = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    left = {key: value for key, value in original.items() if key not in ("description", "granular_markings")}
    assert given == {**left, "id": given["id"], "created_by_ref": EXCHANGE, "created": now, "modified": now}
    assert given["id"] != original["id"]
    assert original["id"] not in sanitising.ids("wind-soc")
    assert sanitising.ids("nl-soc") == {original["id"], an_indicator("two")["id"]}, "who gave it is shown the original"


def test_what_happens_to_what_was_cut_leaves_no_trace(sanitising: Running, clock: StillClock) -> None:
    """A new version, another marking of the part, another organisation's object: not a byte differs, also later on."""
    sanitising.take("nl-feed", in_part("one"))
    before = answers(sanitising)
    for change in (
        in_part("one", day=2, secret="Another victim, at 203.0.113.77"),
        in_part("one", day=3, mark=AMBER_STRICT),
        in_part("one", day=4, secret="x" * 500),
    ):
        clock.advance(minutes=1)
        sanitising.take("nl-feed", change)
        assert answers(sanitising) == before
    sanitising.client("nl-feed").delete(f"{HERE}/objects/{in_part('one')['id']}/?match[version]=first")
    assert answers(sanitising) == before, "others give it still"


@pytest.mark.parametrize("first", ["Victim: Alpha", "Victim: Beta"])
def test_what_is_cut_decides_over_what_is_kept_only_with_a_change_that_shows(
    sanitising: Running, clock: StillClock, first: str
) -> None:
    """Which word is the secret would show in how the versions differ; that nothing went out, stays as well."""
    kept = {"name": "a server", "x_note": "Attack on Beta Logistics"}
    sanitising.take("nl-feed", in_part("one", secret=first, **kept))
    (given,) = derivatives(sanitising)
    assert ("x_note" in given) == ("Beta" not in first)
    before = answers(sanitising)
    for day, secret in ((2, "Victim: Beta"), (3, "Victim: Alpha"), (4, "a server")):
        clock.advance(hours=1)
        sanitising.take("nl-feed", in_part("one", day=day, secret=secret, **kept))
        assert answers(sanitising) == before
    sanitising.client("nl-feed").delete(f"{HERE}/objects/{in_part('one')['id']}/?match[version]=first")
    sanitising.client("nl-feed").delete(f"{HERE}/objects/{in_part('one')['id']}/?match[version]=last")
    assert answers(sanitising) == before
    sanitising.take("nl-feed", in_part("one", day=5, secret="Victim: Beta", labels=["more"], **kept))
    assert [found.keys() & {"x_note", "labels"} for found in derivatives(sanitising)] == [{"labels"}]


def test_where_nothing_went_out_nothing_does_until_something_else_changes(
    sanitising: Running, clock: StillClock
) -> None:
    sanitising.take("nl-feed", in_part("one", secret="Beta", name="Beta", pattern="[file:name = 'Beta']"))
    sanitising.take("nl-feed", in_part("one", day=2, secret="Alpha", name="Beta", pattern="[file:name = 'Beta']"))
    assert not derivatives(sanitising)
    sanitising.client("nl-feed").delete(f"{HERE}/objects/{in_part('one')['id']}/")
    sanitising.take("nl-feed", in_part("one", day=3, secret="Alpha", name="Beta", pattern="[file:name = 'Beta']"))
    assert len(derivatives(sanitising)) == 1, "what is withdrawn is forgotten"


def test_a_visible_change_is_a_new_version_and_what_is_withdrawn_has_never_been(
    sanitising: Running, clock: StillClock
) -> None:
    sanitising.take("nl-feed", in_part("one"))
    (first,) = derivatives(sanitising)
    last = sanitising.client("wind-soc").get(f"{HERE}/objects/").headers[LAST]
    clock.advance(hours=1)
    sanitising.take("nl-feed", in_part("one", day=2, name="better"))
    (second,) = sanitising.client("wind-soc").get(f"{HERE}/objects/?added_after={last}").json()["objects"]
    assert second == {**first, "name": "better", "modified": stamp(clock)}
    assert derivatives(sanitising, query="match[version]=all") == [first, second]
    clock.advance(hours=1)
    sanitising.take("nl-feed", in_part("one", day=3))
    third = {**first, "modified": stamp(clock)}
    assert derivatives(sanitising) == [third], "back to an earlier content is a version as well"
    assert sanitising.client("nl-feed").delete(f"{HERE}/objects/{in_part('one')['id']}/?match[version]=last").is_success
    clock.advance(hours=1)
    sanitising.client("nl-feed").delete(f"{HERE}/objects/{in_part('one')['id']}/?match[version]=last")
    assert derivatives(sanitising, query="match[version]=all")[-1]["name"] == first["name"]
    assert {found["name"] for found in derivatives(sanitising, query="match[version]=all")} == {first["name"]}


@pytest.mark.parametrize("how", ["tightened", "withdrawn"])
def test_what_gives_nothing_more_ends_in_a_revoked_version_that_says_nothing(
    sanitising: Running, clock: StillClock, how: str
) -> None:
    """And in a derivative of a new id, should it give something again."""
    original = in_part("one", labels=["a-label"])
    sanitising.take("nl-feed", original)
    (first,) = derivatives(sanitising)
    clock.advance(hours=1)
    if how == "tightened":
        sanitising.take("nl-feed", an_indicator("one", RED, version="2026-05-02T00:00:00.000Z"))
    else:
        assert sanitising.client("nl-feed").delete(f"{HERE}/objects/{original['id']}/").is_success
    (last,) = derivatives(sanitising, query="match[version]=all")
    assert (last["id"], last["created"], last["modified"]) == (first["id"], first["created"], stamp(clock))
    assert last["revoked"] is True
    assert last["object_marking_refs"] == [GREEN]
    said = json.dumps(last)
    assert not any(each in said for each in ("198.51.100.3", "indicator one", "a-label"))
    assert sanitising.client("wind-soc").get(f"{HERE}/objects/{first['id']}/?match[version]=all").json()["objects"] == [
        last
    ]
    clock.advance(hours=1)
    sanitising.take("nl-feed", in_part("one", day=3))
    again = [found for found in derivatives(sanitising) if found["id"] != first["id"]]
    assert [found["name"] for found in again] == ["indicator one"]
    assert {found["id"] for found in derivatives(sanitising)} == {first["id"], again[0]["id"]}
    assert in_part("one")["id"] not in sanitising.ids("wind-soc")


def test_a_revoked_original_revokes_its_derivative(sanitising: Running, clock: StillClock) -> None:
    sanitising.take("nl-feed", in_part("one"))
    (first,) = derivatives(sanitising)
    clock.advance(hours=1)
    sanitising.take("nl-feed", in_part("one", day=2, revoked=True))
    assert derivatives(sanitising) == [{**first, "modified": stamp(clock), "revoked": True}]


def test_an_original_that_may_be_shown_again_takes_the_place_of_its_derivative(
    sanitising: Running, clock: StillClock
) -> None:
    whole = an_indicator("one", GREEN, version="2026-05-02T00:00:00.000Z")
    sanitising.take("nl-feed", in_part("one"))
    (first,) = derivatives(sanitising)
    clock.advance(hours=1)
    sanitising.take("nl-feed", whole)
    (last,) = derivatives(sanitising)
    assert (last["id"], last["revoked"]) == (first["id"], True)
    assert whole in sanitising.objects("wind-soc")
    clock.advance(hours=1)
    sanitising.take("nl-feed", in_part("one", day=3))
    assert whole["id"] not in sanitising.ids("wind-soc")
    assert {found.get("revoked", False) for found in derivatives(sanitising)} == {True, False}


def test_every_member_has_a_derivative_of_its_own_of_what_is_for_its_levels(
    sanitising: Running, clock: StillClock
) -> None:
    """Wind ISAC is shown amber, as the water boards are; the port is not."""
    parts = [
        {"marking_ref": RED, "selectors": ["description"]},
        {"marking_ref": AMBER, "selectors": ["labels"]},
    ]
    made = {**in_part("one", labels=["a-label"]), "granular_markings": parts}
    sanitising.take("nl-feed", made)
    (wind,), (water,), (port,) = (derivatives(sanitising, f"{each}-soc") for each in ("wind", "water", "port"))
    assert {**wind, "id": water["id"]} == water
    assert wind["id"] != water["id"]
    assert wind["labels"] == ["a-label"]
    assert set(wind["object_marking_refs"]) == {GREEN, AMBER}
    assert "labels" not in port
    assert port["object_marking_refs"] == [GREEN]
    assert port["id"] != wind["id"]
    assert not derivatives(sanitising, "nl-soc")
    before = answers(sanitising, "port-soc")
    clock.advance(hours=1)
    sanitising.take("nl-feed", {**made, "modified": "2026-05-02T00:00:00.000Z", "labels": ["another"]})
    assert derivatives(sanitising)[0]["labels"] == ["another"]
    assert answers(sanitising, "port-soc") == before
    for each in ("port-soc", "water-soc"):
        assert sanitising.client(each).get(f"{HERE}/objects/{wind['id']}/").status_code == 404


def test_a_definition_that_comes_later_is_looked_at_again(sanitising: Running, clock: StillClock) -> None:
    """What nobody understands is withheld whole, or goes with the part; what is accepted stays with its definition."""
    ours = a_statement("ours", CLEAR)
    marks = [{"marking_ref": RED, "selectors": ["description"]}, {"marking_ref": ours["id"], "selectors": ["labels"]}]
    sanitising.take("nl-feed", {**in_part("one", labels=["a-label"]), "granular_markings": marks})
    (first,) = derivatives(sanitising)
    assert "labels" not in first
    clock.advance(hours=1)
    sanitising.take("nl-feed", ours)
    assert sanitising.objects("wind-soc")[-2:] == [
        ours,
        {
            **first,
            "modified": stamp(clock),
            "labels": ["a-label"],
            "object_marking_refs": [GREEN, ours["id"]],
        },
    ]
    clock.advance(hours=1)
    sanitising.client("nl-feed").delete(f"{HERE}/objects/{ours['id']}/")
    (third,) = derivatives(sanitising)
    assert third == {**first, "modified": stamp(clock)}


def test_a_partner_can_neither_take_nor_use_what_is_the_exchanges(sanitising: Running) -> None:
    sanitising.take("nl-feed", in_part("one"))
    (given,) = derivatives(sanitising)
    target = f"{HERE}/objects/{given['id']}/"
    assert sanitising.client("wind-feed").delete(target).status_code == 403
    assert sanitising.client("nl-feed").delete(target).status_code == 404, "who gave the original is not shown it"
    (ports,) = derivatives(sanitising, "port-soc")
    later = {**ports, "modified": "2026-06-01T12:03:00.000Z", "name": "taken over"}
    refused = sanitising.post("wind-feed", later)
    assert refused["failure_count"] == 1
    assert EXCHANGE in refused["failures"][0]["message"]
    for by, signer in (("wind-feed", WIND_IDENTITY), ("nl-feed", HOST_IDENTITY), ("water-feed", None)):
        own = {key: value for key, value in {**later, "created_by_ref": signer}.items() if value}
        sanitising.take(by, own)
    assert sanitising.objects("port-soc") == [ports], "whatever others give under its id stands back"
    identity = {"type": "identity", "spec_version": "2.1", "id": EXCHANGE, "name": "The exchange"}
    dated = {**identity, "created": given["created"], "modified": given["created"], "object_marking_refs": [CLEAR]}
    assert sanitising.post("wind-feed", dated)["failure_count"] == 1
    sanitising.take("nl-feed", dated)
    assert sanitising.objects("port-soc") == [ports, dated]


def answers(exchange: Running, account: str = "wind-soc") -> list[tuple[object, ...]]:
    """All that an account is told of the collection, byte for byte."""
    client = exchange.client(account)
    paths = ["objects/", "objects/?match[version]=all", "manifest/?match[version]=all"]
    paths += [f"objects/{each['id']}/{what}" for each in derivatives(exchange, account) for what in ("", "versions/")]
    return [
        (answer.status_code, tuple(sorted(answer.headers.items())), answer.content)
        for answer in (client.get(f"{HERE}/{path}") for path in paths)
    ]


def stamp(clock: StillClock) -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_what_waits_for_an_officer_gives_nothing_until_it_is_released(sanitising: Running, clock: StillClock) -> None:
    """Refused, it has never been; taken back by an officer, it ends like any other."""
    files = {**SANITISED, "north-sea.yaml": SANITISED["north-sea.yaml"].replace(REVIEWED, f"{REVIEWED}{REVIEW}", 1)}
    sanitising.apply(files)
    act = mandate(sanitising.exchange, "officer", sanitising.secrets["officer"], "somebody", "a test")
    sanitising.take("wind-feed", in_part("kept"), in_part("refused"))
    assert not derivatives(sanitising, "port-soc")
    quarantine.refuse(sanitising.exchange, act, "north-sea/indicators", in_part("refused")["id"])
    clock.advance(hours=1)
    quarantine.release(sanitising.exchange, act, "north-sea/indicators", in_part("kept")["id"])
    (given,) = derivatives(sanitising, "port-soc")
    assert (given["name"], given["created"]) == ("indicator kept", stamp(clock))
    before = answers(sanitising, "port-soc")
    sanitising.take("wind-feed", in_part("kept", day=2, name="changed"))
    assert answers(sanitising, "port-soc") == before, "what is held ends nothing either"
    blocks.withdraw_of(sanitising.exchange, act, "north-sea/indicators", in_part("kept")["id"], "wind-isac")
    assert [each["revoked"] for each in derivatives(sanitising, "port-soc")] == [True]
    with pytest.raises(OperatorError):
        blocks.withdraw_of(sanitising.exchange, act, "north-sea/indicators", given["id"], "wind-isac")


def test_a_restored_backup_goes_on_under_the_same_ids(sqlite_databases: Any, tmp_path: Path, clock: StillClock) -> None:
    """Of the derivatives that there are, and of those that will be."""
    for name in ("here", "there", "elsewhere"):
        (tmp_path / name).mkdir()
    with sqlite_databases.new(tmp_path / "here") as url, running(url, tmp_path, SANITISED, clock) as first:
        first.take("nl-feed", in_part("one"))
        file = Path(url.removeprefix("sqlite:///"))
        backing_up.back_up(file, tmp_path / "backup.db")
        later = in_part("one", day=2, name="better"), in_part("two")
        first.take("nl-feed", *later)
        wanted = {each["name"]: each["id"] for each in derivatives(first)}
        backing_up.restore(tmp_path / "backup.db", tmp_path / "there" / file.name, clock, "a test")
        with running(f"sqlite:///{tmp_path}/there/{file.name}", tmp_path, {}, clock, seed=99) as second:
            epoch.begin(second.exchange.database, second.exchange.ledger_database, clock, "a test")
            second.secrets.update(first.secrets)
            second.take("nl-feed", *later)
            assert {each["name"]: each["id"] for each in derivatives(second)} == wanted
    with (
        sqlite_databases.new(tmp_path / "elsewhere") as url,
        running(url, tmp_path, SANITISED, seed=99) as other,
    ):
        other.take("nl-feed", *later)
        assert not {each["id"] for each in derivatives(other)} & set(wanted.values()), "another exchange has other ids"
