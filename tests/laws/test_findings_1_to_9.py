"""The first nine findings of the review of the design, each as what it would have broken.

The first and the third are compared in twin worlds, in test_law_2_oracles_of_the_review.py.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.exchange import accounts
from app.policy.partnership import Role
from tests.support.agreements import FILES, NORTH_SEA
from tests.support.clocks import StillClock
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Running, running
from tests.support.pollers import Poller, Style, content_of, walk
from tests.support.stix import AMBER, CLEAR, GREEN, RED, STIX, a_statement, an_indicator

HERE = "/north-sea/collections/indicators"


@pytest.fixture
def direct(exchange: Running) -> Iterator[Direct]:
    with Direct(exchange.application, exchange.secrets) as made:
        yield made


def asking(direct: Direct, account: str, query: str) -> Answer:
    return direct.ask(account, "GET", f"{HERE}/objects/?{query}")


def shown(direct: Direct, account: str, query: str = "match[version]=all") -> list[STIX]:
    return list(walk(partial(asking, direct, account), query))


def a_version(number: int, *marks: str, **more: Any) -> STIX:
    return an_indicator("one", *marks, version=f"2026-05-0{number}T00:00:00.000Z", **more)


def with_north_sea(old: str, new: str) -> dict[str, str]:
    assert NORTH_SEA.count(old) == 1
    return {**FILES, "north-sea.yaml": NORTH_SEA.replace(old, new)}


@pytest.mark.row("T-AFT-09", "T-PAG-23")
@pytest.mark.parametrize("limit", [1, 2, 7])
def test_finding_2_clients_that_cut_to_milliseconds_get_all_of_one_large_push(direct: Direct, limit: int) -> None:
    """Each row of a push has a millisecond of its own, for whoever sees all of them and for whoever sees some."""
    pushed = [an_indicator(n, AMBER if n % 3 else CLEAR) for n in range(1000 if limit > 2 else 300)]
    direct.post("nl-feed", pushed)
    for account, wanted in (("wind-soc", pushed), ("port-soc", pushed[::3])):
        poller = Poller(partial(asking, direct, account), Style.HEADER_MS, limit)
        poller.poll()
        assert poller.had == set(map(content_of, wanted))


@pytest.mark.row("T-MAN-13")
@pytest.mark.parametrize("how", ["it is deleted", "it is taken away", "its newer encoding goes"])
@pytest.mark.row("S-17", "S-18")
def test_finding_4_a_version_that_is_newest_again_comes_to_who_is_past_it(
    exchange: Running, direct: Direct, how: str
) -> None:
    """v1, then v2, then a poll that gets v2 alone; then v2 goes, and v1 has to come."""
    level, older = (AMBER, a_version(1, GREEN)) if how == "it is taken away" else (GREEN, a_version(1, GREEN))
    newer = a_version(2, level)
    if how == "its newer encoding goes":
        older = a_version(2, GREEN, spec_version=None, pattern_type=None, labels=["benign"])
    wide = with_north_sea("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")
    exchange.apply(wide)
    direct.post("nl-feed", [older])
    direct.post("nl-feed", [newer])
    poller = Poller(partial(asking, direct, "port-soc"), Style.HEADER, 5)
    poller.poll()
    assert poller.had == {content_of(newer)}
    if how == "it is taken away":
        # Its line ends with it (finding 5): what comes is what somebody else gave.
        direct.post("water-feed", [a_version(1, GREEN, description="water's")])
        exchange.apply(FILES)
        older = a_version(1, GREEN, description="water's")
    else:
        which = "&match[spec_version]=2.1" if how == "its newer encoding goes" else ""
        direct.ask("nl-feed", "DELETE", f"{HERE}/objects/{newer['id']}/?match[version]=last{which}")
    poller.poll()
    assert content_of(older) in poller.had


def test_finding_5_a_newer_version_that_may_not_be_seen_takes_the_earlier_ones_with_it(direct: Direct) -> None:
    direct.post("nl-feed", [a_version(1, GREEN)])
    assert shown(direct, "port-soc") == [a_version(1, GREEN)]
    direct.post("nl-feed", [a_version(2, AMBER)])
    assert shown(direct, "port-soc") == []
    assert direct.ask("port-soc", "GET", f"{HERE}/objects/{a_version(1)['id']}/").status == 404
    assert shown(direct, "wind-soc") == [a_version(1, GREEN), a_version(2, AMBER)]


def test_finding_5_a_revocation_that_may_be_seen_leaves_the_earlier_versions_and_one_that_may_not_does_not(
    direct: Direct,
) -> None:
    revoked = a_version(2, AMBER, revoked=True)
    direct.post("nl-feed", [a_version(1, GREEN), revoked])
    assert shown(direct, "wind-soc") == [a_version(1, GREEN), revoked]
    assert shown(direct, "port-soc") == []


def test_finding_6_two_contents_of_one_version_are_both_stored_and_each_audience_is_given_one(direct: Direct) -> None:
    """No success without a stored contribution: neither a silent nothing nor an answer that tells of what is hidden."""
    hidden, mine = a_version(1, RED, description="hidden"), a_version(1, GREEN, description="mine")
    for account, content in (("nl-feed", hidden), ("wind-feed", mine)):
        status = direct.post(account, [content]).json()
        assert (status["success_count"], status["failure_count"]) == (1, 0)
    assert shown(direct, "wind-soc") == shown(direct, "port-soc") == [mine]
    assert shown(direct, "nl-soc") == [hidden], "its own stands before another's"
    direct.ask("nl-feed", "DELETE", f"{HERE}/objects/{hidden['id']}/")
    assert shown(direct, "nl-soc") == [mine]


def test_finding_7_late_release_gives_nothing_twice_in_a_walk(exchange: Running, direct: Direct) -> None:
    """A walker in mid-collection at the apply gets what it had not, and what was withheld; each row once."""
    pushed = [an_indicator(n, AMBER if n % 2 else GREEN) for n in range(10)]
    direct.post("nl-feed", pushed)
    page = asking(direct, "port-soc", "limit=2").json()
    given: list[STIX] = list(page["objects"])
    exchange.apply(with_north_sea("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}"))
    while page.get("more"):
        page = asking(direct, "port-soc", f"limit=2&next={page['next']}").json()
        given += page.get("objects", [])
    assert sorted(map(content_of, given)) == sorted(map(content_of, pushed))
    assert len(shown(direct, "port-soc")) == len(pushed)


def test_finding_7_an_account_that_is_named_for_red_gets_it_and_its_colleagues_get_nothing_again(
    exchange: Running, direct: Direct
) -> None:
    direct.post("wind-feed", [an_indicator("red", RED), an_indicator("green", GREEN)])
    exchange.add_account("night-shift", "nl-cert", Role.READER)
    colleague = Poller(partial(asking, direct, "nl-soc"), Style.HEADER, 5)
    named = Poller(partial(asking, direct, "night-shift"), Style.HEADER, 5)
    for poller in (colleague, named):
        poller.poll()
        assert poller.had == {content_of(an_indicator("green", GREEN))}
    last = asking(direct, "nl-soc", "").header("X-TAXII-Date-Added-Last")
    named_too = "red: [nl-cert/duty-officer, nl-cert/night-shift]"
    exchange.apply(with_north_sea("red: [nl-cert/duty-officer]", named_too))
    assert asking(direct, "nl-soc", f"added_after={last}").json() == {}
    named.poll()
    assert content_of(an_indicator("red", RED)) in named.had


def test_finding_8_what_another_process_changes_holds_for_the_next_request(database_url: str, tmp_path: Path) -> None:
    """Another exchange on the same database stands for a command or a worker: nothing is remembered across requests."""
    with (
        running(database_url, tmp_path, only=["nl-feed", "port-soc"]) as serving,
        running(database_url, tmp_path, files={}) as command,
        Direct(serving.application, serving.secrets) as direct,
    ):
        direct.post("nl-feed", [an_indicator("one", GREEN)])
        assert len(shown(direct, "port-soc")) == 1
        command.apply(with_north_sea("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}"))
        assert shown(direct, "port-soc") == []
        with Direct(command.application, serving.secrets) as other:
            other.post("nl-feed", [an_indicator("two", CLEAR)])
        assert shown(direct, "port-soc") == [an_indicator("two", CLEAR)]
        accounts.disable(command.exchange, "port-soc")
        assert asking(direct, "port-soc", "").status == 401


def test_finding_9_what_resolves_or_ends_by_itself_comes_to_who_keeps_polling(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    """Nobody applies anything: a definition arrives at last, an embargo ends. See tests/exchange/test_time.py too."""
    exchange.apply(with_north_sea("statements: all", "statements: all\n      embargo: PT1H"))
    ours = a_statement("ours", CLEAR)
    marked = an_indicator("marked", CLEAR, ours["id"])
    poller = Poller(partial(asking, direct, "port-soc"), Style.OWN_CLOCK, 5, now=clock.now)
    expected: Sequence[STIX] = ()
    for happens, expected in (
        (lambda: direct.post("nl-feed", [marked]), ()),
        (lambda: clock.advance(hours=1), ()),
        (exchange.sweep, ()),
        (lambda: direct.post("nl-feed", [ours]), (ours, marked)),
        (lambda: direct.post("nl-feed", [an_indicator("later", CLEAR)]), (ours, marked)),
        (lambda: clock.advance(hours=1), (ours, marked)),
        (exchange.sweep, (ours, marked, an_indicator("later", CLEAR))),
    ):
        happens()
        clock.advance(seconds=1)
        poller.poll()
        assert poller.had == set(map(content_of, expected))


@pytest.mark.row("T-PAG-11", "T-PAG-17")
def test_next_is_one_text_everywhere_and_is_good_across_restarts_workers_and_revisions(
    database_url: str, tmp_path: Path
) -> None:
    query = "limit=1&match[type]=indicator&match[version]=all"
    with running(database_url, tmp_path, only=["nl-feed", "port-soc"]) as made:
        secrets = dict(made.secrets)
        with Direct(made.application, secrets) as direct:
            direct.post("nl-feed", [an_indicator(n, CLEAR) for n in range(6)])
            tokens = {asking(direct, "port-soc", query).json()["next"] for _ in range(3)}
    with (
        running(database_url, tmp_path, files={}) as one,
        running(database_url, tmp_path, files={}) as other,
        Direct(one.application, secrets) as first,
        Direct(other.application, secrets) as second,
    ):
        tokens |= {asking(each, "port-soc", query).json()["next"] for each in (first, second)}
        (token,) = tokens
        one.apply(with_north_sea("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}"))
        given = []
        for number, each in enumerate((first, second, first, second, first)):
            dropped = "limit=1" if number % 2 else query
            page = asking(each, "port-soc", f"{dropped}&next={token}").json()
            given += [found["name"] for found in page["objects"]]
            token = page.get("next", "")
        assert given == [f"indicator {n}" for n in range(1, 6)], "with its filters or without them"
        assert token == ""
        (again,) = tokens
        assert asking(first, "port-soc", f"limit=1&match[type]=malware&next={again}").status == 400
        assert asking(first, "nl-feed", f"limit=1&next={again}").status == 400, "nor is it good for anybody else"
