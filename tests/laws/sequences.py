"""What may happen to a collection, generated: pushes, withdrawals, agreements and pages in any order.

`History` carries it out and knows, by a model of a few lines, what a reader is to be shown in the end. The model knows
the levels of readers and of versions, lines, origins and encodings; it shares nothing with the exchange.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st

from app.stix.timestamps import version_key
from tests.support.agreements import FILES, HOST_IDENTITY
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running
from tests.support.pollers import content_of
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, STIX, an_address, an_indicator

COLLECTION = "/north-sea/collections/indicators"
LEVELS = {"clear": CLEAR, "green": GREEN, "amber": AMBER, "amber+strict": AMBER_STRICT}
READERS = {"wind-soc": "wind-isac", "port-soc": "port-nl"}
WRITERS = {"nl-feed": "nl-cert", "water-feed": "water-nl"}

Step = tuple[Any, ...]


class Pushed(NamedTuple):
    """One live contribution, as the model sees it."""

    partner: str
    id: str
    version: str
    spec: str
    level: str
    content: str

    @property
    def rank(self) -> tuple[str, str]:
        return self.version, self.spec


def steps() -> st.SearchStrategy[Step]:
    """One thing that may happen. `turn` lets one poller fetch one page, `round` all of them, `rest` all of them all."""
    writers, levels = st.sampled_from(sorted(WRITERS)), st.sampled_from(sorted(LEVELS))
    of = st.sampled_from(["owned", "shared", "address"])
    cleared = st.sets(levels).map(sorted)
    any_push = st.tuples(
        st.just("push"), writers, of, st.integers(1, 4), st.sampled_from(["2.0", "2.1", "2.1"]), levels
    )
    a_version = st.tuples(
        st.just("push"), st.just("nl-feed"), st.just("owned"), st.integers(1, 4), st.just("2.1"), st.just("green")
    )
    which = ["all", "last", "first", "last&match[spec_version]=2.1", "2026-05-02T00:00:00Z&match[spec_version]=2.1"]
    any_withdrawal = st.tuples(st.just("withdraw"), writers, of, st.sampled_from(which))
    a_withdrawal = st.tuples(st.just("withdraw"), st.just("nl-feed"), st.just("owned"), st.sampled_from(which[1:]))
    return st.one_of(
        any_push,
        a_version,
        any_withdrawal,
        a_withdrawal,
        st.tuples(st.just("agree"), st.sampled_from(sorted(READERS)), cleared),
        st.tuples(st.just("advance"), st.sampled_from([1, 40, 1000])),
        st.tuples(st.just("turn"), st.integers(0, 30)),
        st.just(("round",)),
        st.just(("rest",)),
    )


def scripts() -> st.SearchStrategy[list[Step]]:
    """Twelve or more things that happen one after the other; some of them come in the orders in which rows get lost."""
    single = steps().map(lambda step: [step])
    names = st.sampled_from(["owned", "shared", "address"])
    versions = st.lists(st.integers(1, 4), min_size=2, max_size=3, unique=True)
    goes_again = st.builds(_superseded_and_gone, names, versions, st.sampled_from(["last", "last", "first", "none"]))
    return st.lists(st.one_of(single, goes_again), min_size=12, max_size=24).map(
        lambda episodes: [step for episode in episodes for step in episode]
    )


def _superseded_and_gone(of: str, versions: Sequence[int], which: str) -> list[Step]:
    """Versions in any order, of which pollers receive the newest and another object; then one may go."""
    pushes: list[Step] = [("push", "nl-feed", of, version, "2.1", "green") for version in versions]
    beside: Step = ("push", "nl-feed", "address" if of == "owned" else "owned", 1, "2.1", "clear")
    goes: list[Step] = [] if which == "none" else [("withdraw", "nl-feed", of, which)]
    return [*pushes, beside, ("rest",), *goes]


@dataclass
class History:
    """Carries steps out on a running exchange, and keeps count."""

    running: Running
    direct: Direct
    clock: StillClock
    live: list[Pushed] = field(default_factory=list)
    cleared: dict[str, Sequence[str]] = field(
        default_factory=lambda: {"wind-isac": ["clear", "green", "amber"], "port-nl": ["clear", "green"]}
    )
    title: int = 0

    def push(self, writer: str, of: str, version: int, spec: str, level: str) -> None:
        """One object, which may be refused."""
        pushed = _object(of, writer, version, spec, level)
        answer = self.direct.post(writer, [pushed])
        assert answer.status == 202, answer
        status = answer.json()
        if not status["success_count"]:
            return
        version_text = status["successes"][0]["version"]
        spec = "2.0" if "spec_version" not in pushed else "2.1"
        new = Pushed(WRITERS[writer], pushed["id"], version_key(version_text), spec, level, content_of(pushed))
        if new not in self.live:
            self.live.append(new)

    def withdraw(self, writer: str, of: str, which: str) -> None:
        """What the writer contributed of this object, or nothing where there is nothing."""
        object_id = _object(of, writer, 1, "2.1", "clear")["id"]
        answer = self.direct.ask(writer, "DELETE", f"{COLLECTION}/objects/{object_id}/?match[version]={which}")
        assert answer.status in (200, 403, 404), answer
        mine = [each for each in self.live if each.partner == WRITERS[writer] and each.id == object_id]
        if which.endswith("2.1"):
            mine = [each for each in mine if each.spec == "2.1"]
        keys = sorted(each.version for each in mine)
        wanted = {"all": keys, "last": keys[-1:], "first": keys[:1]}.get(
            which.partition("&")[0], ["2026-05-02T00:00:00"]
        )
        self.live = [each for each in self.live if each not in mine or each.version not in wanted]

    def agree(self, reader: str, levels: Sequence[str]) -> None:
        """Another clearance for the reader's organisation."""
        self.cleared[READERS[reader]] = levels
        self.apply()

    def apply(self) -> tuple[int, int]:
        """Apply the agreement as it is now; the rows that the logs gained and lost."""
        self.title += 1
        text = FILES["north-sea.yaml"].replace("North Sea CERT", f"North Sea {self.title} CERT")
        text = text.replace("wind-isac: {tlp: [clear, green, amber]}", f"wind-isac: {_tlp(self.cleared['wind-isac'])}")
        text = text.replace("port-nl: {tlp: [clear, green]}", f"port-nl: {_tlp(self.cleared['port-nl'])}")
        report = self.running.apply({**FILES, "north-sea.yaml": text})
        return sum(each.appended for each in report.applied), sum(each.retired for each in report.applied)

    def expected(self, reader: str) -> Mapping[str, set[str]]:
        """What the model says that this reader selects in the end: by default, and with `match[version]=all`."""
        last: set[str] = set()
        every: set[str] = set()
        for object_id in {each.id for each in self.live}:
            shown = self._shown(object_id, frozenset(self.cleared[READERS[reader]]))
            by_version: dict[str, Pushed] = {}
            for each in sorted(shown, key=lambda one: one.rank):
                by_version[each.version] = each
            every.update(each.content for each in by_version.values())
            last.update(each.content for each in list(by_version.values())[-1:])
        return {"": last, "match[version]=all": every}

    def _shown(self, object_id: str, cleared: frozenset[str]) -> Sequence[Pushed]:
        """The versions of the first line of which the reader may see one."""
        candidates = [each for each in self.live if each.id == object_id]
        visible: list[Pushed] = []
        for each in candidates:
            line = [one for one in candidates if one.partner == each.partner]
            newest = max(one.version for one in line)
            capping = {one.level for one in line if one.version == newest} if newest > each.version else set()
            if cleared >= {each.level, *capping}:
                visible.append(each)
        return [each for each in visible if each.partner == visible[0].partner]


def _object(of: str, writer: str, version: int, spec: str, level: str) -> STIX:
    mark = LEVELS[level]
    if of == "address":
        return an_address("198.51.100.7", mark, x_content=version)
    more: dict[str, Any] = {"created_by_ref": HOST_IDENTITY} if of == "owned" else {"description": f"by {writer}"}
    if spec == "2.0":
        more.update(spec_version=None, pattern_type=None, labels=["malicious-activity"])
    return an_indicator(of, mark, version=f"2026-05-0{version}T00:00:00.000Z", **more)


def _tlp(levels: Sequence[str]) -> str:
    return "{tlp: [" + ", ".join(levels) + "]}"
