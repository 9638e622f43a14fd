"""What time changes: embargoes end, versions expire, agreements become effective; commits that came too late."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from app.clock import Clock
from app.exchange import apply, jobs, plan
from app.exchange.sweep import sweep
from app.storage import deliveries
from app.storage.engine import Database
from tests.support.agreements import FILES, NORTH_SEA
from tests.support.clocks import NOON, StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.pollers import Poller, Style, content_of, walk
from tests.support.stix import AMBER, CLEAR, GREEN, RED, a_statement, an_address, an_indicator

HERE = "/north-sea/collections/indicators"
LAST = "X-TAXII-Date-Added-Last"


def with_release(more: str) -> dict[str, str]:
    """The agreement with these lines under `release` of the shared collection."""
    return {**FILES, "north-sea.yaml": NORTH_SEA.replace("      statements: all\n", f"      statements: all\n{more}")}


EMBARGO = with_release("      embargo: PT24H\n")
ENDING = with_release("      shown_for: P10D\n")
BOTH = {
    **EMBARGO,
    "north-sea.yaml": EMBARGO["north-sea.yaml"].replace("granular: withhold}", "granular: withhold, embargo: PT24H}"),
}
BOX = "north-sea/collections/letter-box"


def take_in_both(exchange: Running) -> None:
    """One object under embargo in each of two collections: the sweeper takes two steps."""
    exchange.apply(BOTH)
    exchange.take("nl-feed", an_indicator("here", CLEAR))
    exchange.take("wind-feed", an_indicator("in the box", CLEAR), to=BOX)


def test_an_embargo_ends_by_itself_and_what_it_held_comes_to_who_kept_polling(
    exchange: Running, clock: StillClock
) -> None:
    exchange.apply(EMBARGO)
    exchange.take("nl-feed", an_indicator("held", CLEAR))
    client = exchange.client("port-soc")
    assert client.get(f"{HERE}/objects/").json() == {}
    assert exchange.ids("nl-soc") == {an_indicator("held")["id"]}, "its own organisation is under no embargo"
    clock.advance(hours=23)
    assert exchange.sweep() == 0
    polled_at = clock.now()
    clock.advance(hours=1)
    exchange.sweep()
    arrived = client.get(f"{HERE}/objects/?added_after={polled_at.isoformat().replace('+00:00', 'Z')}")
    assert [found["id"] for found in arrived.json()["objects"]] == [an_indicator("held")["id"]]
    assert arrived.headers[LAST] > clock.now().isoformat()[:19], "it is dated when it is appended, not when it was due"


def test_a_newer_version_under_embargo_leaves_the_one_before_it(exchange: Running, clock: StillClock) -> None:
    first, second = (an_indicator("one", CLEAR, version=f"2026-05-0{n}T00:00:00.000Z") for n in (1, 2))
    exchange.apply(EMBARGO)
    exchange.take("nl-feed", first)
    clock.advance(days=2)
    exchange.sweep()
    exchange.take("nl-feed", second)
    assert exchange.objects("port-soc") == [first]
    clock.advance(days=2)
    exchange.sweep()
    assert exchange.objects("port-soc") == [second]


def test_a_definition_is_under_no_embargo_and_comes_before_what_it_marks(exchange: Running, clock: StillClock) -> None:
    exchange.apply(EMBARGO)
    ours = a_statement("ours", CLEAR)
    marked = an_indicator("marked", CLEAR, ours["id"])
    exchange.take("nl-feed", marked)
    exchange.take("nl-feed", ours)
    assert exchange.objects("port-soc") == [ours]
    clock.advance(days=1)
    exchange.sweep()
    assert exchange.objects("port-soc") == [ours, marked]


def test_a_version_is_shown_to_nobody_from_its_end_on_before_anything_is_swept(
    exchange: Running, clock: StillClock
) -> None:
    exchange.apply(ENDING)
    exchange.take("nl-feed", an_indicator("ends", CLEAR), an_address("198.51.100.1", CLEAR))
    clock.advance(days=10, milliseconds=-1)
    assert len(exchange.ids("port-soc")) == len(exchange.ids("nl-soc")) == 2
    clock.advance(milliseconds=1)
    for account in ("port-soc", "nl-soc"):
        assert exchange.ids(account) == set()
        answer = exchange.client(account).get(f"{HERE}/objects/{an_indicator('ends')['id']}/")
        assert answer.status_code == 404
    exchange.sweep()
    assert exchange.ids("nl-soc") == set()
    assert exchange.apply({**ENDING, "east.yaml": FILES["east.yaml"] + "# nothing\n"}).applied == []


def test_no_version_outlives_the_newest_of_its_line(exchange: Running, clock: StillClock) -> None:
    """An earlier version that was given later would otherwise come up as the newest again."""
    first, second = (an_indicator("one", CLEAR, version=f"2026-05-0{n}T00:00:00.000Z") for n in (1, 2))
    exchange.apply(ENDING)
    exchange.take("nl-feed", second)
    clock.advance(days=5)
    exchange.take("nl-feed", first)
    clock.advance(days=5)
    assert exchange.ids("port-soc", "match[version]=all") == set()
    exchange.sweep()
    assert exchange.ids("port-soc", "match[version]=all") == set()


def test_terms_that_end_sooner_or_later_apply_to_what_is_there(exchange: Running, clock: StillClock) -> None:
    exchange.take("nl-feed", an_indicator("old", CLEAR))
    clock.advance(days=9)
    exchange.take("nl-feed", an_indicator("new", CLEAR))
    clock.advance(days=1)
    exchange.apply(ENDING)
    assert exchange.ids("port-soc") == {an_indicator("new")["id"]}
    client = exchange.client("port-soc")
    last = client.get(f"{HERE}/objects/").headers[LAST]
    exchange.apply(with_release("      shown_for: P20D\n"))
    back = client.get(f"{HERE}/objects/?added_after={last}").json()["objects"]
    assert [found["id"] for found in back] == [an_indicator("old")["id"]]
    clock.advance(days=10)
    exchange.sweep()
    assert exchange.ids("port-soc") == {an_indicator("new")["id"]}
    clock.advance(days=9)
    exchange.sweep()
    assert exchange.ids("port-soc") == set()


@pytest.fixture
def direct(exchange: Running) -> Iterator[Direct]:
    with Direct(exchange.application, exchange.secrets) as made:
        yield made


def a_poller(direct: Direct, style: Style, clock: Clock) -> Poller:
    return Poller(lambda query: direct.ask("port-soc", "GET", f"{HERE}/objects/?{query}"), style, 5, now=clock.now)


def all_that_is_shown(direct: Direct) -> set[str]:
    return {
        content_of(found) for found in walk(lambda query: direct.ask("port-soc", "GET", f"{HERE}/objects/?{query}"))
    }


def test_a_version_that_had_ended_and_may_be_shown_for_longer_comes_again_and_a_plan_says_so(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    """Nobody has swept: its row still stands, under a date that pollers are past."""
    exchange.apply(with_release("      shown_for: PT1H\n"))
    exchange.take("nl-feed", an_indicator("ended", CLEAR))
    clock.advance(minutes=30)
    exchange.take("nl-feed", an_indicator("not yet", CLEAR))
    clock.advance(minutes=40)
    pollers = [a_poller(direct, style, clock) for style in (Style.HEADER, Style.OWN_CLOCK)]
    for poller in pollers:
        poller.poll()
        assert len(poller.had) == 1
    clock.advance(seconds=1)
    longer = with_release("      shown_for: PT9H\n")
    changes = {each.partner: (each.visible, each.hidden) for each in plan.plan(exchange.exchange, longer).changes}
    assert changes["port-nl"] == (1, 0)
    exchange.apply(longer)
    clock.advance(seconds=1)
    for poller in pollers:
        poller.poll()
        assert poller.had == all_that_is_shown(direct)
        assert len(poller.had) == 2
    exchange.sweep()
    assert exchange.apply({**longer, "east.yaml": FILES["east.yaml"] + "# nothing\n"}).applied == []


def test_a_plan_counts_as_hidden_only_what_has_not_ended(exchange: Running, clock: StillClock) -> None:
    exchange.apply(with_release("      shown_for: PT1H\n"))
    exchange.take("nl-feed", an_indicator("ended", GREEN))
    clock.advance(hours=2)
    exchange.take("nl-feed", an_indicator("shown", GREEN))
    files = with_release("      shown_for: PT1H\n")
    narrower = files["north-sea.yaml"].replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}")
    (change,) = plan.plan(exchange.exchange, {**files, "north-sea.yaml": narrower}).changes
    assert (change.partner, change.visible, change.hidden) == ("port-nl", 0, 1)


def test_what_had_ended_comes_again_with_its_collection_if_it_is_shown_for_longer(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    exchange.apply(with_release("      shown_for: PT1H\n"))
    exchange.take("nl-feed", an_indicator("ended", CLEAR))
    clock.advance(hours=2)
    poller = a_poller(direct, Style.OWN_CLOCK, clock)
    poller.poll()
    beginning, end = NORTH_SEA.index("  indicators:"), NORTH_SEA.index("  letter-box:")
    exchange.apply({**FILES, "north-sea.yaml": NORTH_SEA[:beginning] + NORTH_SEA[end:]}, allow_removal=True)
    exchange.sweep()
    clock.advance(seconds=1)
    exchange.apply(with_release("      shown_for: P9D\n"))
    clock.advance(seconds=1)
    poller.poll()
    assert poller.had == all_that_is_shown(direct) == {content_of(an_indicator("ended", CLEAR))}


def test_a_version_that_had_ended_with_a_newer_one_comes_again_when_that_is_withdrawn(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    first, second = (an_indicator("one", CLEAR, version=f"2026-05-0{n}T00:00:00.000Z") for n in (1, 2))
    exchange.apply(ENDING)
    exchange.take("nl-feed", second)
    clock.advance(days=5)
    exchange.take("nl-feed", first)
    clock.advance(days=5)
    poller = a_poller(direct, Style.OWN_CLOCK, clock)
    poller.poll()
    assert not poller.had
    clock.advance(seconds=1)
    withdrawn = direct.ask("nl-feed", "DELETE", f"{HERE}/objects/{first['id']}/?match[version]=last")
    assert withdrawn.status == 200
    clock.advance(seconds=1)
    poller.poll()
    assert poller.had == all_that_is_shown(direct) == {content_of(first)}


def test_what_is_granted_before_the_agreement_is_effective_is_dated_when_it_becomes_so(
    exchange: Running, clock: StillClock
) -> None:
    ours = a_statement("ours", CLEAR)
    exchange.take("nl-feed", an_indicator("marked", AMBER, ours["id"]), an_indicator("clear", CLEAR))
    exchange.take("nl-feed", ours)
    wider = NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")
    wider = wider.replace("effective: 2026-01-01", "effective: 2026-07-01")
    exchange.apply({**FILES, "north-sea.yaml": wider})
    client = exchange.client("port-soc")
    clock.set(datetime.fromisoformat("2026-06-30T23:59:00Z"))
    assert exchange.sweep() == 0
    assert client.get(f"{HERE}/objects/").status_code == 404
    polled_at = clock.now()
    clock.advance(minutes=1)
    exchange.sweep()
    arrived = client.get(f"{HERE}/objects/?added_after={polled_at.isoformat().replace('+00:00', 'Z')}").json()
    assert [found["id"] for found in arrived["objects"]] == [an_indicator("marked")["id"]]
    assert len(exchange.ids("port-soc")) == 3


def test_versions_of_one_object_whose_embargoes_end_in_different_steps_all_come(
    exchange: Running, clock: StillClock
) -> None:
    exchange.apply(with_release("      embargo: PT1H\n      shown_for: P9D\n"))
    first, second = (an_indicator("one", GREEN, version=f"2026-05-0{n}T00:00:00.000Z") for n in (1, 2))
    exchange.take("nl-feed", first)
    clock.advance(minutes=30)
    exchange.take("nl-feed", second)
    for _ in range(2):
        clock.advance(minutes=30)
        assert exchange.sweep() == 1
    query = f"match[version]=all&match[id]={first['id']}"
    assert exchange.objects("wind-soc", query) == [first, second]
    clock.advance(days=9)
    exchange.sweep()
    assert exchange.ids("wind-soc") == set()


def test_a_clock_that_is_a_little_behind_hides_nothing_whose_embargo_has_ended(
    exchange: Running, clock: StillClock, tmp_path: Path
) -> None:
    """That of another machine, or its own after it has begun anew."""
    exchange.apply(EMBARGO)
    exchange.take("nl-feed", an_indicator("one", CLEAR), an_indicator("two", CLEAR))
    clock.advance(days=1)
    exchange.sweep()
    clock.advance(milliseconds=-20)
    with running(exchange.database_url, tmp_path, files={}, clock=clock) as another:
        another.secrets.update(exchange.secrets)
        assert len(another.objects("port-soc", "limit=1")) == 2


def test_only_who_holds_the_lease_sweeps(exchange: Running, clock: StillClock) -> None:
    take_in_both(exchange)
    clock.advance(days=1)
    assert sweep(exchange.exchange, "one")
    assert not sweep(exchange.exchange, "another")
    assert sweep(exchange.exchange, "one")
    exchange.take("nl-feed", an_indicator("later", CLEAR))
    clock.advance(days=1)
    assert sweep(exchange.exchange, "another"), "the lease of who has gone runs out"


def test_a_lease_that_was_taken_before_the_clock_was_set_back_keeps_nobody_from_sweeping(
    exchange: Running, clock: StillClock, tmp_path: Path
) -> None:
    take_in_both(exchange)
    clock.advance(days=2)
    assert sweep(exchange.exchange, "one that dies now")
    clock.advance(days=-1)
    with running(exchange.database_url, tmp_path, files={}, clock=clock) as another:
        assert sweep(another.exchange, "another")
    assert len(exchange.ids("port-soc")) == len(exchange.ids("nl-soc", of=BOX)) == 1


def test_what_a_revision_grants_is_appended_also_by_a_clock_that_was_set_back_since(
    exchange: Running, clock: StillClock, tmp_path: Path
) -> None:
    exchange.take("nl-feed", an_indicator("one", AMBER))
    wider = NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: all}")
    made = plan.plan(exchange.exchange, {**FILES, "north-sea.yaml": wider})
    apply.apply(exchange.exchange, made, by="test", reason="")
    clock.advance(hours=-1)
    with running(exchange.database_url, tmp_path, files={}, clock=clock) as another:
        assert jobs.remaining(another.exchange) == 1
        assert jobs.finish(another.exchange) == {"north-sea": 1}
    assert exchange.ids("port-soc") == {an_indicator("one")["id"]}


def test_batches_go_on_where_a_process_has_died(exchange: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a revision takes back is gone with its commit; what it grants comes batch by batch, in one order."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 100)
    exchange.take("nl-feed", *(an_indicator(n, AMBER) for n in range(250)), an_indicator("green", GREEN))
    other = NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, amber]}")
    planned = plan.plan(exchange.exchange, {**FILES, "north-sea.yaml": other})
    assert planned.batches == 3
    apply.apply(exchange.exchange, planned, by="test", reason="")
    assert exchange.ids("port-soc") == set()
    assert jobs.one_batch(exchange.exchange) == ("north-sea", 100)
    assert len(exchange.ids("port-soc")) == 100
    assert jobs.remaining(exchange.exchange) == 2
    assert exchange.sweep() == 2
    shown = [found["name"] for found in exchange.objects("port-soc")]
    assert shown == [f"indicator {n}" for n in range(250)], "in the order of arrival"


def test_a_plan_says_exactly_what_applying_it_does(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("amber", AMBER), an_indicator("clear", CLEAR), an_indicator("green", GREEN))
    other = NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, amber]}")
    planned = plan.plan(exchange.exchange, {**FILES, "north-sea.yaml": other})
    (change,) = planned.changes
    assert (change.root, change.collection, change.partner, change.account) == (
        "north-sea",
        "indicators",
        "port-nl",
        None,
    )
    assert (change.visible, change.hidden) == (1, 1)
    assert (change.visible_by, change.hidden_by) == ({"member-tlp": 1}, {"member-tlp": 1})
    assert [each.object_id for each in change.examples_visible] == [an_indicator("amber")["id"]]
    assert [each.object_id for each in change.examples_hidden] == [an_indicator("green")["id"]]
    assert plan.read_plan(plan.write_plan(planned)) == planned
    apply.apply(exchange.exchange, plan.read_plan(plan.write_plan(planned)), by="test", reason="")
    jobs.finish(exchange.exchange)
    assert exchange.ids("port-soc") == {an_indicator("amber")["id"], an_indicator("clear")["id"]}


def test_a_plan_counts_what_a_log_of_an_accounts_own_lacks_in_that_log(exchange: Running) -> None:
    """Both give one id in nobody's name, and an audience is given the first that it may see."""
    exchange.take("water-feed", an_indicator("one", RED, description="first, and RED"))
    exchange.take("wind-feed", an_indicator("one", GREEN, description="second"))
    named = NORTH_SEA.replace("red: [nl-cert/duty-officer]", "red: [nl-cert/duty-officer, nl-cert/nl-soc]")
    made = plan.plan(exchange.exchange, {**FILES, "north-sea.yaml": named})
    told = {(each.partner, each.account): (each.visible, each.hidden) for each in made.changes}
    assert told == {("nl-cert", "nl-cert/nl-soc"): (1, 1)}


class Died(BaseException):
    """The process is no more."""


def dies() -> None:
    raise Died


class SlowToCommit(StillClock):
    """A clock that jumps at one of its readings, as it does where a transaction stalls. `then` is what happens next."""

    def __init__(self) -> None:
        super().__init__()
        self.readings = 0
        self.jumps_at = -1
        self.then: Callable[[], object] = lambda: None

    def now(self) -> datetime:
        self.readings += 1
        if self.readings == self.jumps_at:
            self.advance(seconds=5)
            self.then()
        return super().now()


@pytest.mark.parametrize("stalls", ["before its commit", "in its commit"])
@pytest.mark.row("T-LIFE-06")
def test_rows_of_a_transaction_that_stalled_are_dated_after_they_can_be_read(
    database_url: str, tmp_path: Path, stalls: str
) -> None:
    clock = SlowToCommit()
    with (
        running(database_url, tmp_path, clock=clock, only=["nl-feed", "port-soc"]) as made,
        Direct(made.application, made.secrets) as direct,
    ):
        before = clock.readings
        direct.post("nl-feed", [an_indicator("quick", CLEAR)])
        taken = clock.readings - before
        clock.jumps_at = clock.readings + taken - (1 if stalls == "before its commit" else 0)
        direct.post("nl-feed", [an_indicator("slow", CLEAR), an_indicator("slow too", CLEAR)])
        assert clock.now() == NOON + timedelta(seconds=5)
        rows = direct.ask("port-soc", "GET", f"{HERE}/manifest/").json()["objects"]
        assert [row["id"] for row in rows] == [an_indicator(n)["id"] for n in ("quick", "slow", "slow too")]
        assert all(row["date_added"] > "2026-06-01T12:00:05" for row in rows[1:])


def test_rows_of_a_process_that_died_in_a_commit_that_stalled_are_dated_again_by_the_sweeper(
    database_url: str, tmp_path: Path
) -> None:
    clock = SlowToCommit()
    only = ["nl-feed", "port-soc"]
    with (
        running(database_url, tmp_path, clock=clock, only=only) as made,
        Direct(made.application, made.secrets) as direct,
    ):
        before = clock.readings
        direct.post("nl-feed", [an_indicator("quick", CLEAR)])
        taken = clock.readings - before
        # Who asks while the commit is under way is told of nothing, and goes on from then.
        poller = a_poller(direct, Style.OWN_CLOCK, StillClock(NOON + timedelta(seconds=4)))
        poller.poll()
        clock.jumps_at, clock.then = clock.readings + taken, dies
        with pytest.raises(Died):
            direct.post("nl-feed", [an_indicator("slow", CLEAR), an_indicator("slow too", CLEAR)])
        assert clock.now() == NOON + timedelta(seconds=5)
    with (
        running(database_url, tmp_path, files={}, clock=clock) as again,
        Direct(again.application, made.secrets) as direct,
    ):
        assert again.sweep() == 0, "it might be under way"
        clock.advance(minutes=1)
        assert again.sweep() == 1
        poller.get = lambda query: direct.ask("port-soc", "GET", f"{HERE}/objects/?{query}")
        poller.poll()
        assert poller.had == all_that_is_shown(direct)
        assert len(poller.had) == 3
        rows = direct.ask("port-soc", "GET", f"{HERE}/manifest/").json()["objects"]
        assert again.sweep() == 0
        clock.advance(minutes=1)
        assert again.sweep() == 0
        assert direct.ask("port-soc", "GET", f"{HERE}/manifest/").json()["objects"] == rows


def test_a_push_is_done_also_where_its_rows_came_late_and_cannot_be_dated_again_at_once(
    database_url: str, tmp_path: Path
) -> None:
    """Somebody holds the logs for longer than a write waits for its turn; the sweeper dates the rows again."""
    clock = SlowToCommit()
    database = Database(database_url)
    with (
        ExitStack() as stack,
        running(database_url, tmp_path, clock=clock, only=["nl-feed", "port-soc"], database_wait_seconds=1) as made,
        Direct(made.application, made.secrets) as direct,
    ):
        before = clock.readings
        direct.post("nl-feed", [an_indicator("quick", CLEAR)])
        holding = stack.enter_context(ExitStack())

        def hold() -> None:
            deliveries.lock_heads(holding.enter_context(database.writing()), range(100))

        clock.jumps_at, clock.then = 2 * clock.readings - before, hold
        assert direct.post("nl-feed", [an_indicator("slow", CLEAR)]).json()["success_count"] == 1
        holding.close()
        clock.advance(minutes=1)
        made.sweep()
        rows = direct.ask("port-soc", "GET", f"{HERE}/manifest/").json()["objects"]
        assert [row["id"] for row in rows] == [an_indicator(n)["id"] for n in ("quick", "slow")]
        assert rows[1]["date_added"] > "2026-06-01T12:01:05"
    database.close()


def test_what_is_pushed_after_a_clock_was_set_back_comes_to_who_goes_by_a_clock_of_its_own(
    exchange: Running, direct: Direct, clock: StillClock
) -> None:
    """The log is idle: no date in it says how far the clock had come."""
    clock.advance(minutes=1)
    poller = a_poller(direct, Style.OWN_CLOCK, StillClock(clock.now()))
    poller.poll()
    clock.advance(seconds=-5)
    direct.post("nl-feed", [an_indicator("one", CLEAR)])
    poller.poll()
    assert poller.had == {content_of(an_indicator("one", CLEAR))}


@pytest.mark.parametrize("ends", [False, True], ids=["beside the first", "after it"])
def test_another_process_whose_clock_is_behind_dates_above_what_is_on_record(
    exchange: Running, direct: Direct, clock: StillClock, tmp_path: Path, ends: bool
) -> None:
    clock.advance(minutes=1)
    exchange.sweep()
    poller = a_poller(direct, Style.OWN_CLOCK, StillClock(clock.now()))
    poller.poll()
    if ends:
        exchange.exchange.close()
    clock.advance(seconds=-5)
    with (
        running(exchange.database_url, tmp_path, files={}, clock=clock) as another,
        Direct(another.application, exchange.secrets) as beside,
    ):
        beside.post("nl-feed", [an_indicator("one", CLEAR)])
        poller.get = lambda query: beside.ask("port-soc", "GET", f"{HERE}/objects/?{query}")
        poller.poll()
        assert poller.had == {content_of(an_indicator("one", CLEAR))}


def test_a_process_takes_off_the_record_what_came_in_time(exchange: Running, clock: StillClock) -> None:
    """With its next change, when it sweeps, or when it ends; then nobody gives these rows other dates."""
    for number, ending in enumerate((lambda: None, exchange.sweep)):
        exchange.take("nl-feed", an_indicator(f"first {number}", CLEAR))
        ending()
    dated = exchange.client("port-soc").get(f"{HERE}/manifest/").json()["objects"]
    clock.advance(minutes=1)
    assert exchange.sweep() == 0
    assert exchange.client("port-soc").get(f"{HERE}/manifest/").json()["objects"] == dated


def test_rows_that_were_read_late_are_dated_again_also_in_a_log_that_has_taken_them_over(
    database_url: str, tmp_path: Path
) -> None:
    """Another process names an account between a commit that took too long and the look at the clock that finds out."""
    clock = SlowToCommit()
    named = NORTH_SEA.replace("red: [nl-cert/duty-officer]", "red: [nl-cert/duty-officer, nl-cert/nl-soc]")
    with (
        running(database_url, tmp_path, clock=clock, only=["nl-feed", "nl-soc"]) as made,
        running(database_url, tmp_path, files={}) as other,
        Direct(made.application, made.secrets) as direct,
    ):
        before = clock.readings
        direct.post("nl-feed", [an_indicator("quick", CLEAR)])
        clock.jumps_at = 2 * clock.readings - before
        clock.then = partial(other.apply, {**FILES, "north-sea.yaml": named})
        direct.post("nl-feed", [an_indicator("slow", CLEAR)])
        quick, slow = direct.ask("nl-soc", "GET", f"{HERE}/manifest/").json()["objects"]
        assert quick["date_added"] < "2026-06-01T12:00:01"
        assert slow["date_added"] > "2026-06-01T12:00:05"


@pytest.mark.parametrize("revisions", [1, 2], ids=["one revision", "another before its batches"])
def test_what_ends_before_its_batch_has_said_when_gives_way_to_what_stood_behind_it(
    exchange: Running, clock: StillClock, revisions: int
) -> None:
    """A revision ends it, and the batch that has to say so comes after that instant: the sweeper comes to it still."""
    first, second = (an_address("198.51.100.9", GREEN, x_from=who) for who in ("wind", "water"))
    exchange.take("wind-feed", first)
    clock.advance(minutes=50)
    exchange.take("water-feed", second)
    assert exchange.objects("port-soc") == [first]
    takes = "{{from: [{0}], collections: all, types: all, tlp: all{1}}}"
    for bound in ("PT1H", "PT61M")[:revisions]:
        sides = [takes.format("wind-isac", f", age: {{at_most: {bound}}}"), takes.format("water-nl", "")]
        text = NORTH_SEA.replace("port-nl: {tlp:", f"port-nl: {{takes: [{', '.join(sides)}], tlp:", 1)
        made = plan.plan(exchange.exchange, {**FILES, "north-sea.yaml": text})
        apply.apply(exchange.exchange, made, by="the officer", reason="a test")
        assert jobs.remaining(exchange.exchange) == made.batches
        clock.advance(minutes=20)
    jobs.finish(exchange.exchange)
    exchange.sweep()
    assert exchange.objects("port-soc") == [second]


def test_what_waits_for_the_sweeper_waits_since_its_first_instant_also_where_it_has_ended_for_others(
    exchange: Running, clock: StillClock
) -> None:
    """The port is shown it an hour later, the water boards for two hours: both have passed when others touch it."""
    takes = "takes: [{{from: [wind-isac], collections: all, types: all, tlp: all, age: {{{0}}}}}], tlp:"
    text = NORTH_SEA.replace("port-nl: {tlp:", f"port-nl: {{{takes.format('at_least: PT1H')}", 1)
    text = text.replace("water-nl: {tlp:", f"water-nl: {{{takes.format('at_most: PT2H')}", 1)
    exchange.apply({**FILES, "north-sea.yaml": text})
    first = an_indicator("i", GREEN, version="2026-06-01T12:00:00.000Z")
    exchange.take("wind-feed", first)
    assert exchange.ids("water-soc") == {first["id"]}
    clock.advance(hours=3)
    for day in (2, 3):
        exchange.take("nl-feed", {**first, "modified": f"2026-05-0{day}T00:00:00.000Z", "object_marking_refs": [RED]})
        assert exchange.ids("port-soc") == set(), "who is not shown these pushes does not see when they came"
    exchange.sweep()
    assert exchange.objects("port-soc") == [first]


def test_what_ends_while_its_batch_is_left_ends_also_if_another_revision_comes_before_that(
    exchange: Running, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first gives a shown row its end at once, and leaves to a batch that it is due; what it has hidden till then
    is the newest from that end on, under a date of its own."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 1)
    takes = "takes: [{from: [wind-isac], collections: all, types: all, tlp: all, age: {at_most: P31D}}], tlp:"
    first = NORTH_SEA.replace("water-nl: {tlp:", f"water-nl: {{{takes}", 1)
    second = first.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}")
    exchange.take("wind-feed", an_indicator("x", AMBER, version="2026-05-02T00:00:00.000Z"))
    clock.advance(minutes=1)
    exchange.take("water-feed", an_indicator("x", GREEN, version="2026-05-01T00:00:00.000Z"))
    exchange.take("water-feed", an_indicator("y", GREEN))
    clock.advance(hours=11)
    for text in (first, second):
        made = plan.plan(exchange.exchange, {**FILES, "north-sea.yaml": text})
        apply.apply(exchange.exchange, made, by="the officer", reason="a test")
        page = exchange.client("water-soc").get(f"{HERE}/objects/")
        clock.advance(hours=1)
    for _ in range(3):
        jobs.finish(exchange.exchange)
        exchange.sweep()
    later = exchange.client("water-soc").get(f"{HERE}/objects/?added_after={page.headers['X-TAXII-Date-Added-Last']}")
    assert [each["modified"] for each in later.json().get("objects", [])] == ["2026-05-01T00:00:00.000Z"]
