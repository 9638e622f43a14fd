"""Law 7: only its creator changes an object.

Nobody versions, marks, revokes, deletes or signs as another what others are shown of it. What is hidden may decide what
is shown to whom, never what becomes of a push.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.laws.generated_pushes import NEVER_DEFINED, NOBODY, as_stix, pushed
from tests.support.agreements import HOST_IDENTITY, WIND_IDENTITY
from tests.support.cases import record_cases
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.stix import (
    AMBER,
    AMBER_STRICT,
    CLEAR,
    GREEN,
    RED,
    STIX,
    a_statement,
    an_address,
    an_indicator,
    stix_id,
)

HERE = "north-sea/collections/indicators"
EARLIER, LATER = "2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00.000Z"
OTHERS = ("port-soc", "water-soc", "nl-soc", "duty-officer")
"""Who must notice nothing of what wind-isac does to nl-cert's objects."""

Attempt = Callable[[str], tuple[list[STIX], STIX]]


def the_hosts_identity(**more: Any) -> STIX:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": HOST_IDENTITY,
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "name": "The host, as Wind ISAC sees it",
        "object_marking_refs": [CLEAR],
        **more,
    }


def signed(by: str, which: str, **more: Any) -> STIX:
    return an_indicator(which, CLEAR, created_by_ref=by, **more)


def the_address(name: str, by: str) -> STIX:
    return {**an_address(name, CLEAR), "value": "198.51.100.7", "x_by": by}


ATTEMPTS: Mapping[str, Attempt] = {
    "a later version of an object that nobody signed": lambda one: (
        [an_indicator(one, CLEAR)],
        an_indicator(one, CLEAR, version=LATER, name="taken over"),
    ),
    "a later version that is marked so that others would see less": lambda one: (
        [an_indicator(one, CLEAR)],
        an_indicator(one, RED, version=LATER),
    ),
    "a later version that revokes it": lambda one: (
        [an_indicator(one, CLEAR)],
        an_indicator(one, CLEAR, version=LATER, revoked=True),
    ),
    "the same version under another marking": lambda one: ([an_indicator(one, GREEN)], an_indicator(one, CLEAR)),
    "the same version with other content": lambda one: (
        [an_indicator(one, CLEAR)],
        an_indicator(one, CLEAR, name="other"),
    ),
    "an earlier version": lambda one: (
        [an_indicator(one, CLEAR, version=LATER)],
        an_indicator(one, CLEAR, name="before it was"),
    ),
    "a later version under the identity of nobody": lambda one: (
        [signed(NOBODY, one)],
        signed(NOBODY, one, version=LATER),
    ),
    "a later version signed as itself": lambda one: (
        [signed(HOST_IDENTITY, one)],
        signed(WIND_IDENTITY, one, version=LATER),
    ),
    "a later version in its creator's name": lambda one: (
        [signed(HOST_IDENTITY, one)],
        signed(HOST_IDENTITY, one, version=LATER),
    ),
    "its creator's identity object": lambda one: ([signed(HOST_IDENTITY, one)], the_hosts_identity()),
    "other content of an address": lambda one: (
        [the_address(one, "the host")],
        the_address(one, "wind"),
    ),
    "another definition of its marking": lambda one: (
        [a_statement(one, CLEAR), an_indicator(one, CLEAR, a_statement(one)["id"])],
        a_statement(one, RED),
    ),
    "a definition of a marking that it left undefined": lambda one: (
        [an_indicator(one, CLEAR, a_statement(one)["id"])],
        a_statement(one, NEVER_DEFINED),
    ),
}
"""What nl-cert has given, and what wind-isac pushes then."""


def log_of(exchange: Running, account: str) -> tuple[list[STIX], Any]:
    manifest = exchange.client(account).get(f"/{HERE}/manifest/?match[version]=all").json()
    return exchange.objects(account, "match[version]=all"), manifest


def test_what_another_pushes_changes_nothing_of_what_is_shown(exchange: Running) -> None:
    for says, attempt in ATTEMPTS.items():
        objects, tried = attempt(f"then {says}")
        exchange.take("nl-feed", *objects)
        before = {account: log_of(exchange, account) for account in OTHERS}
        exchange.post("wind-feed", tried)
        assert {account: log_of(exchange, account) for account in OTHERS} == before, says


def test_what_came_first_from_another_does_not_stand_in_its_creators_way(exchange: Running) -> None:
    """The same in the other order: the creator's push succeeds, and its own organisation is shown its own."""
    for says, attempt in ATTEMPTS.items():
        objects, tried = attempt(f"first {says}")
        exchange.post("wind-feed", tried)
        exchange.take("nl-feed", *objects)
        own = exchange.objects("nl-soc", "match[version]=all")
        assert all(each in own for each in objects), says


def test_an_owner_who_comes_second_replaces_the_squatter_in_every_log(exchange: Running) -> None:
    squatted = an_indicator("one", CLEAR, version=LATER, name="squatted")
    owned = an_indicator("one", CLEAR, created_by_ref=HOST_IDENTITY)
    exchange.take("wind-feed", squatted)
    assert exchange.objects("port-soc", "match[version]=all") == [squatted]
    exchange.take("nl-feed", owned)
    for account in ("port-soc", "water-soc", "duty-officer"):
        assert exchange.objects(account, "match[version]=all") == [owned]


IN_ANOTHERS_NAME = {
    "an indicator": signed(HOST_IDENTITY, "one"),
    "a definition": a_statement("in its name", CLEAR, created_by_ref=HOST_IDENTITY),
    "its identity object": the_hosts_identity(),
    "its identity object, signed by another": the_hosts_identity(created_by_ref=WIND_IDENTITY),
}


def test_nobody_signs_as_another_member(exchange: Running) -> None:
    """And the refusal is the same whether the object is there and hidden, or not there."""
    for says, attempt in IN_ANOTHERS_NAME.items():
        refusals = [exchange.post("wind-feed", attempt)["failures"]]
        exchange.take("nl-feed", {**attempt, "object_marking_refs": [AMBER_STRICT], "created_by_ref": HOST_IDENTITY})
        refusals.append(exchange.post("wind-feed", attempt)["failures"])
        exchange.client("nl-feed").delete(f"/{HERE}/objects/{attempt['id']}/")
        assert refusals[0] == refusals[1], says
        assert HOST_IDENTITY in refusals[0][0]["message"], says


@pytest.mark.row("T-DEL-21")
def test_the_right_to_write_is_no_right_to_delete_anothers(exchange: Running) -> None:
    seen, hidden = an_indicator("seen", CLEAR), an_indicator("hidden", AMBER_STRICT)
    exchange.take("nl-feed", seen, hidden)
    before = {account: log_of(exchange, account) for account in OTHERS}
    client = exchange.client("wind-feed")
    assert client.delete(f"/{HERE}/objects/{seen['id']}/").status_code == 403
    assert client.delete(f"/{HERE}/objects/{hidden['id']}/").status_code == 404
    assert client.delete(f"/{HERE}/objects/{stix_id('indicator', 'never')}/").status_code == 404
    assert {account: log_of(exchange, account) for account in OTHERS} == before


# Its creator's own later version, which closes or revokes what it gave before.

CREATORS = {"nobody": {}, "itself": {"created_by_ref": WIND_IDENTITY}, "a stranger": {"created_by_ref": NOBODY}}
CLOSING: Mapping[str, Callable[[str, STIX], STIX]] = {
    "marks it RED": lambda one, by: an_indicator(one, RED, version=LATER, **by),
    "revokes it, RED": lambda one, by: an_indicator(one, RED, version=LATER, revoked=True, **by),
    "revokes it": lambda one, by: an_indicator(one, GREEN, version=LATER, revoked=True, **by),
    "marks it RED in STIX 2.0": lambda one, by: of_stix_2_0(an_indicator(one, RED, version=LATER, **by)),
}


def of_stix_2_0(obj: STIX) -> STIX:
    return {name: obj[name] for name in obj if name not in ("spec_version", "pattern_type")} | {"labels": ["malicious"]}


def test_what_its_creator_closes_or_revokes_is_closed_to_all_or_its_creator_is_told_otherwise(
    exchange: Running,
) -> None:
    """Whoever signed the two versions: a line is of one name, so one in another would leave the first to stand."""
    cases = {f"{by[0]}, then {by[1]}, {how}": (*by, how) for by in product(CREATORS, CREATORS) for how in CLOSING}
    exchange.take("wind-feed", *(an_indicator(says, GREEN, **CREATORS[by]) for says, (by, _, _) in cases.items()))
    status = exchange.post("wind-feed", *(CLOSING[how](says, CREATORS[by]) for says, (_, by, how) in cases.items()))
    refused = {each["id"]: each["message"] for each in status["failures"]}
    shown: dict[str, list[str]] = {an_indicator(says)["id"]: [] for says in cases}
    for each in exchange.objects("port-soc", "match[version]=all"):
        shown[each["id"]].append(each["modified"])
    for says, (first, then, how) in cases.items():
        object_id = an_indicator(says)["id"]
        if first != then:
            assert refused[object_id].startswith("`created_by_ref` must not change"), says
        else:
            assert object_id not in refused, says
            assert shown[object_id] == ([EARLIER, LATER] if how == "revokes it" else []), says


def test_the_name_of_an_object_is_kept_across_collections_until_it_is_deleted(exchange: Running) -> None:
    unsigned, in_its_name = an_indicator("one", GREEN), signed(WIND_IDENTITY, "one", version=LATER)
    exchange.take("wind-feed", unsigned)
    told = exchange.post("wind-feed", in_its_name, to="north-sea/collections/letter-box")["failures"][0]["message"]
    assert told == (
        "`created_by_ref` must not change: your organisation pushed this object in nobody's name. Sign it as before, "
        "or make a new object with a new id."
    )
    assert exchange.client("wind-feed").delete(f"/{HERE}/objects/{unsigned['id']}/").status_code == 200
    exchange.take("wind-feed", in_its_name, to="north-sea/collections/letter-box")
    (refused,) = exchange.post("wind-feed", an_indicator("one", GREEN, version=LATER))["failures"]
    assert f"in the name of {WIND_IDENTITY}. Sign" in refused["message"]
    together = exchange.post("wind-feed", an_indicator("two", GREEN), signed(WIND_IDENTITY, "two", version=LATER))
    assert (together["success_count"], together["failure_count"]) == (1, 1), "as in two envelopes"


# One id and version with two contents, by two organisations.

CONFLICTS: Mapping[str, Callable[[str, str], STIX]] = {
    "an indicator that nobody signed": lambda one, by: an_indicator(one, CLEAR, name=by),
    "an indicator under the identity of nobody": lambda one, by: signed(NOBODY, one, name=by),
    "a definition": lambda one, by: a_statement(one, CLEAR, definition={"statement": by}),
}


OWN = {"nl-soc": "nl-feed", "duty-officer": "nl-feed", "wind-soc": "wind-feed"}
THIRD = ("port-soc", "water-soc")


@pytest.mark.parametrize("first", ["nl-feed", "wind-feed"])
def test_of_two_contents_each_reader_gets_one_and_the_other_takes_over_when_it_goes(
    exchange: Running, first: str
) -> None:
    """Those who gave one get theirs, all others the first."""
    second = "wind-feed" if first == "nl-feed" else "nl-feed"
    for says, content in CONFLICTS.items():
        for feed in (first, second):
            exchange.take(feed, content(says, feed))
        object_id = content(says, first)["id"]
        for account in (*THIRD, *OWN):
            assert rows(exchange, account, object_id) == [content(says, OWN.get(account, first))], says
        assert exchange.client(first).delete(f"/{HERE}/objects/{object_id}/").status_code == 200
        for account in (*THIRD, *OWN):
            assert rows(exchange, account, object_id) == [content(says, second)], f"{says}: it takes over in place"
        assert exchange.client(second).delete(f"/{HERE}/objects/{object_id}/").status_code == 200
        for account in (*THIRD, *OWN):
            assert rows(exchange, account, object_id) == [], says


@pytest.mark.parametrize("first", ["nl-feed", "wind-feed"])
def test_of_two_contents_of_an_address_each_reader_gets_one(exchange: Running, clock: StillClock, first: str) -> None:
    """Contents of one address by two organisations are no versions of each other, whatever the clock says."""
    second = "wind-feed" if first == "nl-feed" else "nl-feed"
    given = {feed: the_address("shared", feed) for feed in (first, second)}
    for feed in (first, second):
        exchange.take(feed, given[feed])
        clock.advance(seconds=1)
    object_id = given[first]["id"]
    for account in (*THIRD, *OWN):
        assert rows(exchange, account, object_id) == [given[OWN.get(account, first)]]
    assert exchange.client(first).delete(f"/{HERE}/objects/{object_id}/").status_code == 200
    for account in (*THIRD, *OWN):
        assert rows(exchange, account, object_id) == [given[second]], "it takes over in place"


def rows(exchange: Running, account: str, object_id: str) -> list[STIX]:
    """All rows of one object in a log; every path has as many."""
    found = exchange.objects(account, f"match[version]=all&match[id]={object_id}")
    client, path = exchange.client(account), f"/{HERE}/objects/{object_id}/"
    assert exchange.objects(account, f"match[id]={object_id}") == found
    manifest = client.get(f"/{HERE}/manifest/?match[version]=all&match[id]={object_id}").json()
    assert len(manifest.get("objects", [])) == len(found)
    assert client.get(f"{path}?match[version]=all").json().get("objects", []) == found
    assert len(client.get(f"{path}versions/").json().get("versions", [])) == len(found)
    return found


# The same push in two worlds.

EXAMPLES = {"sqlite": 12, "postgresql": 5}
PREFIXES = count()


@pytest.fixture
def twins(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Direct]]:
    """Two exchanges on one engine. Only in the second does anybody but wind-isac push."""
    sqlite = database_url.startswith("sqlite")
    databases = request.getfixturevalue("sqlite_databases" if sqlite else "postgres_databases")
    with ExitStack() as opened:
        worlds = []
        for world in ("without", "with"):
            folder = tmp_path / world
            folder.mkdir()
            url = opened.enter_context(databases.new(folder))
            made = opened.enter_context(running(url, folder, clock=StillClock()))
            worlds.append(opened.enter_context(Direct(made.application, made.secrets)))
        yield worlds


unseen = st.lists(st.tuples(st.sampled_from(["nl-feed", "water-feed"]), st.lists(pushed, min_size=1, max_size=3)))


def test_what_is_hidden_never_changes_the_answer_to_a_push(twins: list[Direct], database_url: str) -> None:
    without, with_hidden = twins

    @settings(max_examples=EXAMPLES[database_url.partition(":")[0]], phases=[Phase.generate])  # shrinking takes minutes
    @given(st.lists(st.tuples(unseen, st.lists(pushed, min_size=1, max_size=4)), min_size=1, max_size=3))
    def answers_alike(steps: Any) -> None:
        prefix = f"step {next(PREFIXES)}"
        for hidden, own in steps:
            for feed, objects in hidden:
                concealed = [{**as_stix(each, prefix), "object_marking_refs": [AMBER_STRICT]} for each in objects]
                assert with_hidden.post(feed, concealed).status == 202
            envelope = [as_stix(each, prefix) for each in own]
            answers = [world.post("wind-feed", envelope) for world in (without, with_hidden)]
            assert told(answers[0].body) == told(answers[1].body)
            read = [
                world.ask("wind-feed", "GET", f"/north-sea/status/{json.loads(answer.body)['id']}/")
                for world, answer in zip((without, with_hidden), answers, strict=True)
            ]
            assert [told(each.body) for each in read] == [told(each.body) for each in answers]
        record_cases("law 7: only its creator changes an object")

    answers_alike()


def told(body: bytes) -> Any:
    """A status without the id that the server made for it."""
    return {name: value for name, value in json.loads(body).items() if name != "id"}


def test_a_level_that_only_others_may_see_hides_from_this_test_s_pusher(exchange: Running) -> None:
    """What the worlds of the test above differ in is hidden from wind-isac indeed."""
    exchange.take("nl-feed", an_indicator("one", AMBER_STRICT), an_indicator("two", AMBER))
    assert exchange.ids("wind-soc") == {an_indicator("two")["id"]}
