"""A served exchange whose processes are killed, and the people who use it all the while."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from app.exchange import jobs
from app.storage import dates, revisions
from tests.crash.record import LEVELS, Record, level_of
from tests.support.agreements import FILES
from tests.support.direct import Answer
from tests.support.exchanges import TAXII, Running
from tests.support.pollers import Poller, Style, walk
from tests.support.servers import Server
from tests.support.stix import STIX, an_envelope, an_indicator

HERE = "/north-sea/collections/indicators"
PLACE = "north-sea/indicators"
READER, HOST_READER = "port-soc", "nl-soc"
FEEDERS = ("nl-feed", "water-feed")
ALL = "match[version]=all"
CHOICES = tuple(
    frozenset(each) for each in (["clear"], ["clear", "green"], ["clear", "amber"], ["clear", "green", "amber"])
)
BEGINNING = frozenset({"clear", "green"})
KILLS_PER_ROUND = 5
PAUSE_SECONDS = 0.3
"""Between two pushes of a feeder: what is stored stays a few thousand objects."""
START_SECONDS = 1
"""Before that a command has hardly begun."""
BATCHES_SECONDS = 0.5
"""Within that there are batches left of most revisions."""
STALL_SECONDS = 0.6
"""For so long a process stands still before it is killed: a commit that was under way comes too late for its dates."""
GOES_ON_SECONDS = 0.03
"""Within that it has committed, and may or may not have looked at the clock."""
ALL_DATES = 2**62
ANSWER_SECONDS = 60
SWEEPER_SECONDS = 90
"""A lease that a killed server held runs out after 30 seconds, and so does the time to look at its dates."""


def agreement(levels: frozenset[str], title: str = "North Sea CERT partnership") -> Mapping[str, str]:
    """The files under which the reader is shown these levels."""
    text = FILES["north-sea.yaml"].replace(
        "port-nl: {tlp: [clear, green]}", f"port-nl: {{tlp: [{', '.join(sorted(levels))}]}}"
    )
    return {**FILES, "north-sea.yaml": text.replace("title: North Sea CERT partnership", f"title: {title}")}


def an_object(name: str, version: int = 1) -> STIX:
    """An indicator whose level depends on its name alone."""
    mark = list(LEVELS)[sum(name.encode()) % len(LEVELS)]
    return an_indicator(name, mark, version=f"2026-05-{version:02}T00:00:00.000Z")


@dataclass
class UnderFire:
    """The exchange and its server. `beside` is an exchange on the same database that only looks."""

    server: Server
    beside: Running
    record: Record
    seed: int
    apply_seconds: float = 3
    stop: Event = field(default_factory=Event)
    commands: "dict[str, subprocess.Popen[str]]" = field(default_factory=dict)

    def _chance(self, whose: str) -> random.Random:
        return random.Random(f"{self.seed} {whose}")

    def until_answered(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer to a request that is sent again for as long as the server is down."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                return ask()
            except httpx.TransportError:
                assert time.monotonic() < deadline, self.server.stderr()
                time.sleep(0.05)

    # The reader's side: law 1 and law 2.

    @contextmanager
    def pollers(self) -> Iterator[Sequence[tuple[str, Poller]]]:
        """One of each style for the reader, and one for who is shown everything; each with its account."""
        with self.server.client(READER) as reader, self.server.client(HOST_READER) as host:
            yield self._pollers(reader, host)

    def _pollers(self, reader: httpx.Client, host: httpx.Client) -> Sequence[tuple[str, Poller]]:
        made = [
            (READER, Poller(partial(self._get, reader, READER), style, 300 + 70 * number, (ALL, "")[number % 2]))
            for number, style in enumerate(Style)
        ]
        return [*made, (HOST_READER, Poller(partial(self._get, host, HOST_READER), Style.HEADER_MS, 900, ALL))]

    def keep_polling(self, poller: Poller) -> None:
        """Page after page until the round is over."""
        while not self.stop.is_set():
            if not poller.page():
                time.sleep(0.1)

    def walked(self, account: str, query: str) -> list[dict[str, Any]]:
        """What one walk from the beginning is given."""
        with self.server.client(account) as client:
            return list(walk(partial(self._get, client, account), query, limit=1000))

    def _get(self, client: httpx.Client, account: str, query: str) -> Answer:
        marks: list[int] = []

        def ask() -> httpx.Response:
            marks.append(self.record.mark())
            return client.get(f"{HERE}/objects/?{query}")

        answer = self.until_answered(ask)
        self.record.count("polls")
        if account == READER:
            shown = self.record.shown_since(marks[-1])
            leaked = [each for each in answer.json().get("objects", []) if level_of(each) not in shown]
            assert not leaked, f"leaked {len(leaked)}: {leaked[0]} is none of {sorted(shown)}"
        return Answer(answer.status_code, tuple(answer.headers.raw), answer.content)

    # The feeders' side: law 4.

    def keep_feeding(self, account: str, number: int) -> None:
        """Push new objects and newer versions, and delete some, until the round is over."""
        chance = self._chance(f"{account} {number}")
        own: list[str] = []
        push = 0
        with self.server.client(account) as client:
            while not self.stop.is_set():
                push += 1
                names = [f"{account} {number} {push} {n}" for n in range(chance.randint(1, 40))]
                newer = chance.sample(own, min(len(own), 5))
                self._push(client, [*map(an_object, names), *(an_object(name, push % 28 + 1) for name in newer)])
                own += names
                if push % 3 == 0:
                    self._delete(client, own.pop(chance.randrange(len(own))))
                self.stop.wait(PAUSE_SECONDS)

    def _push(self, client: httpx.Client, objects: Sequence[STIX]) -> None:
        body = an_envelope(objects)
        answer = self.until_answered(
            lambda: client.post(f"{HERE}/objects/", content=body, headers={"Content-Type": TAXII})
        )
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        self.record.pushed(answer.json(), {each["id"]: level_of(each) for each in objects})

    def _delete(self, client: httpx.Client, name: str) -> None:
        object_id = an_object(name)["id"]
        self.record.deleting(object_id)
        asked = 0

        def ask() -> httpx.Response:
            nonlocal asked
            asked += 1
            return client.delete(f"{HERE}/objects/{object_id}/?{ALL}")

        answer = self.until_answered(ask)
        if asked > 1 and answer.status_code == httpx.codes.NOT_FOUND:
            self.record.count("deletes done and not answered")
        else:
            assert answer.status_code == httpx.codes.OK, answer.text
        self.record.deleted(object_id)

    def load(self, folder: Path, name: str, count: int) -> None:
        """`comity load`, again and again until it was not killed."""
        objects = [an_object(f"loaded {name} {n}") for n in range(count)]
        file = folder / f"load {name}.json"
        file.write_bytes(an_envelope(objects))
        while True:
            ended, said, why = self._command(
                "load", "north-sea/indicators", str(file), "--account", "nl-feed", "--json"
            )
            if ended == 0:
                break
            assert ended == -9, why
        assert json.loads(said)["refused"] == [], said
        successes = [{"id": each["id"], "version": each["modified"]} for each in objects]
        levels = {each["id"]: level_of(each) for each in objects}
        self.record.pushed({"failure_count": 0, "successes": successes}, levels)

    # The officer's side: law 8.

    def keep_applying(self, folder: Path, number: int) -> None:
        """Put one agreement after another in force until the round is over, killed or not."""
        chance = self._chance(f"officer {number}")
        while not self.stop.is_set():
            others = [each for each in CHOICES if each != self.record.in_force]
            self._apply(folder, chance.choice(others))

    def _apply(self, folder: Path, levels: frozenset[str]) -> None:
        """One apply. Whoever is killed has either done nothing or taken back all that has to go."""
        before, revision = self.record.in_force, self._revision()
        self.record.may_show(before | levels)
        began = time.monotonic()
        ended, _, why = self._command("apply", str(write(agreement(levels), folder)), "--yes", "--json")
        assert ended in (0, -9), why
        if ended == 0:
            self.apply_seconds = time.monotonic() - began
        done = self._revision() > revision
        assert done or ended != 0, "an apply that ended well made no revision"
        self.record.may_show(levels if done else before)
        self.record.count("applies")
        if ended != 0:
            self.record.count("applies killed, in force" if done else "applies killed, not in force")
        certain = self.record.standing(self.record.in_force)
        settled = jobs.remaining(self.beside.exchange) == 0
        seen = {(each["id"], each["modified"]) for each in self.walked(READER, ALL)}
        missing = (certain - seen) & self.record.standing(self.record.in_force)
        assert not (settled and missing), f"{len(missing)} are not shown, and no batch is left: {min(missing)}"

    def _revision(self) -> int:
        """The revision in force. What a killed command began is at its end once the partnership can be held alone."""
        with self.beside.exchange.database.writing() as transaction:
            held = revisions.hold(transaction, "north-sea", to_change=True)
            assert held is not None
            return held.revision

    def _command(self, name: str, *arguments: str) -> tuple[int, str, str]:
        with subprocess.Popen(
            [sys.executable, "-m", "app", name, *arguments],
            cwd=self.server.folder,
            env=self.server.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            self.commands[name] = process
            said, why = process.communicate(timeout=ANSWER_SECONDS)
            del self.commands[name]
        return process.returncode, said, why

    # Who kills.

    def kill_at_random(self, chance: random.Random) -> None:
        """Kill the server, a command beside it, or both, at a random instant; start the server again.

        At times the server stalls first, so that the commits under way come too late, and dies of it.
        """
        targets = chance.choice((["server"], ["stalled server"], ["apply"], ["server", "apply"], ["server", "load"]))
        if targets == ["stalled server"]:
            targets = ["server"]
            time.sleep(chance.uniform(0.2, 3))
            with self.server.stopped():
                time.sleep(STALL_SECONDS)
            time.sleep(chance.uniform(0, GOES_ON_SECONDS))
            self.record.count("stalls")
        elif "apply" in targets:
            self._wait_within_an_apply(chance)
        else:
            time.sleep(chance.uniform(0.2, 3))
        for name in targets:
            command = self.commands.get(name)
            if name == "server":
                self.server.kill()
                self.record.count("kills")
            elif command is not None:
                command.kill()
                self.record.count("kills")
        if "server" in targets:
            time.sleep(chance.uniform(0, 0.3))
            self.server.start()

    def _wait_within_an_apply(self, chance: random.Random) -> None:
        """Until some instant of an apply: before its commit, or among the batches that follow it."""
        deadline = time.monotonic() + ANSWER_SECONDS
        _wait_until(lambda: "apply" not in self.commands, deadline)
        before = self._revision_seen()
        _wait_until(lambda: "apply" in self.commands, deadline)
        if chance.random() < 0.5:
            time.sleep(chance.uniform(min(START_SECONDS, self.apply_seconds), self.apply_seconds))
        else:
            _wait_until(lambda: self._revision_seen() > before, deadline)
            time.sleep(chance.uniform(0, BATCHES_SECONDS))

    def _revision_seen(self) -> int:
        """The revision in force, without waiting for anybody."""
        with self.beside.exchange.database.reading() as transaction:
            return max(row.revision for row in revisions.every(transaction) if row.root == "north-sea")

    def round(self, folder: Path, pollers: Sequence[tuple[str, Poller]], number: int) -> None:
        """Everybody works at once, processes are killed all the while; then everything is looked at."""
        self.stop.clear()
        chance = self._chance(f"kills {number}")
        with ThreadPoolExecutor(len(pollers) + len(FEEDERS) + 2) as pool:
            work = [
                *(pool.submit(self.keep_polling, poller) for _, poller in pollers),
                *(pool.submit(self.keep_feeding, account, number) for account in FEEDERS),
                pool.submit(self.keep_applying, folder, number),
                pool.submit(self.load, folder, str(number), 200),
            ]
            try:
                for _ in range(KILLS_PER_ROUND):
                    self.kill_at_random(chance)
            finally:
                self.stop.set()
            for each in work:
                each.result()
        self.record.count("rounds")
        self.judge(folder, pollers, number)

    # At rest.

    def judge(self, folder: Path, pollers: Sequence[tuple[str, Poller]], number: int) -> None:
        """Nothing is on its way any more: what stands, what pollers have, and what an apply would still do."""
        self._wait_for_the_sweeper()
        for _, poller in pollers:
            poller.poll()
        everything = self.record.standing(frozenset(LEVELS.values()))
        for account, expected in (
            (HOST_READER, everything),
            (READER, self.record.standing(self.record.in_force)),
        ):
            held = {(each["id"], each["modified"]) for each in self.walked(account, ALL)}
            assert expected <= held, f"lost {len(expected - held)}: {account} is not shown {min(expected - held)}"
            assert held <= expected, f"{account} is shown what was deleted or never pushed: {min(held - expected)}"
        for account, poller in pollers:
            had = {key(json.loads(each)) for each in poller.had}
            missed = {key(each) for each in self.walked(account, poller.query)} - had
            assert not missed, f"{poller.style} missed {len(missed)}: {min(missed)}"
        # A title is part of what is compared, and decides nothing: all logs are settled anew.
        ended, said, why = self._command(
            "apply", str(write(agreement(self.record.in_force, f"Round {number}"), folder)), "--yes", "--json"
        )
        assert ended == 0, why
        report = json.loads(said)
        assert (report["rows_appended"], report["rows_retired"]) == (0, 0), report
        assert report["revisions"], "it was compared"

    def _wait_for_the_sweeper(self) -> None:
        began = time.monotonic()
        self.record.count("batches left to the server", jobs.remaining(self.beside.exchange))
        self.record.count("dates left to the server", self._dates_left())
        while jobs.remaining(self.beside.exchange) or self._dates_left():
            assert time.monotonic() < began + SWEEPER_SECONDS, "the server does not finish what is left"
            time.sleep(0.2)

    def _dates_left(self) -> int:
        """Of how many logs there are dates on record that nobody has looked at."""
        with self.beside.exchange.database.reading() as transaction:
            return len(dates.left_before(transaction, ALL_DATES))


def _wait_until(so: Callable[[], bool], deadline: float) -> None:
    while not so() and time.monotonic() < deadline:
        time.sleep(0.01)


def key(found: Mapping[str, Any]) -> tuple[str, str]:
    return found["id"], found["modified"]


def write(files: Mapping[str, str], folder: Path) -> Path:
    """The files in a folder of their own."""
    collections = folder / "collections"
    collections.mkdir(exist_ok=True)
    for name, text in files.items():
        (collections / name).write_text(text, encoding="utf-8")
    return collections
