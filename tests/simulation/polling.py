"""What readers do: poll slowly, each in a way of its own, page by page between everything else."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tests.simulation.agreement import EXCHANGE
from tests.simulation.checks import wanted
from tests.simulation.killing import Killed
from tests.simulation.model import Reader, selected, stripped
from tests.simulation.world import READERS, World
from tests.support.agreements import COLLECTION, LETTER_BOX
from tests.support.direct import Answer
from tests.support.pollers import Poller, Style

ALL = "match[version]=all"
POLLED: Sequence[tuple[str, Style, int, str, str]] = (
    ("wind-soc", Style.NEXT, 1, "", COLLECTION),
    ("port-soc", Style.NEXT, 2, ALL, COLLECTION),
    ("wind-soc", Style.HEADER, 1, "", COLLECTION),
    ("nl-soc", Style.HEADER_MS, 2, ALL, COLLECTION),
    ("port-soc", Style.HEADER_MS, 7, "match[version]=first", COLLECTION),
    ("water-soc", Style.BOTH, 2, "", COLLECTION),
    ("wind-soc", Style.OWN_CLOCK, 1, "", COLLECTION),
    ("port-soc", Style.OWN_CLOCK, 7, ALL, COLLECTION),
    ("wind-soc", Style.DROPS_FILTERS, 1, f"{ALL}&match[type]=indicator", COLLECTION),
    ("water-soc", Style.DROPS_FILTERS, 2, "match[spec_version]=2.0,2.1", COLLECTION),
    ("wind-soc", Style.NEXT, 7, "match[spec_version]=2.0", COLLECTION),
    ("duty-officer", Style.SAME_AFTER, 2, "", COLLECTION),
    ("outsider-soc", Style.EACH_LAST, 2, "match[version]=first", COLLECTION),
    ("port-soc", Style.SHORT_PAGES, 9, "", COLLECTION),
    ("wind-soc", Style.HEADER, 3, "match[version]=first", COLLECTION),
    ("nl-soc", Style.OWN_CLOCK, 2, "match[version]=first&match[spec_version]=2.1", COLLECTION),
    ("wind-soc", Style.NEXT, 3, "", LETTER_BOX),
    ("wind-soc", Style.EACH_LAST, 0, ALL, LETTER_BOX),
    ("nl-soc", Style.BOTH, 1, "", LETTER_BOX),
)


class Polling:
    """The pollers, by number."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.begun_behind = self._set_back
        self._pollers = [
            Poller(partial(self._page, account, collection), style, limit, query, world.now)
            for account, style, limit, query, collection in POLLED
        ]

    def turn(self) -> str:
        """One poller fetches one page, or its client is restarted and begins again at the date it keeps."""
        world = self._world
        number = world.random.randrange(len(POLLED))
        if world.random.random() < 0.03:
            self._pollers[number].begin_again()
        if not self._may_poll(number):
            return f"poller {number} is shut out"
        try:
            with world.process.perhaps_killed(world.moment(chance=0.04, of=12)):
                self._pollers[number].page()
        except Killed:
            world.begin_anew()
            return f"poller {number}: killed"
        return f"poller {number}"

    def rest(self) -> str:
        """Some pollers poll until there is no more."""
        some = [number for number in range(len(POLLED)) if self._world.random.random() < 0.4]
        for number in some:
            if self._may_poll(number):
                self._pollers[number].poll()
        return f"pollers {some} to the end"

    def walk(self) -> str:
        """Two readers begin now, and take all there is."""
        world = self._world
        for reader in world.random.sample(READERS, 2):
            collection, limit = world.some_collection(), world.random.choice([1, 3, 50])
            if world.rights(collection, reader.partner)[0]:
                Poller(partial(self._page, reader.account, collection), Style.NEXT, limit).poll()
        return "two readers begin"

    def missed_nothing(self, of: float) -> None:
        """Law 1, for this share of the pollers: at the end of its poll each has had all that its query selects now."""
        world = self._world
        for number, (account, style, limit, query, collection) in enumerate(POLLED):
            if world.random.random() >= of or not self._may_poll(number):
                continue
            self._pollers[number].poll()
            shown = selected(world.model.shown(collection, _reader(account), world.now()), query)
            missed = [each.content for each in shown if each.content not in self._pollers[number].had]
            who = f"poller {number} ({account}, {style}, limit {limit}, {query or 'no filter'})"
            assert not missed, f"missed {len(missed)}: {who} never had {missed[0]}"
            if not query:
                left = wanted(world.model.left(collection, _reader(account), world.now()))
                had = {stripped(json.loads(each)) for each in self._pollers[number].had if EXCHANGE in each}
                assert left <= had, f"missed {len(left - had)}: {who} never had what is left, {left - had}"

    def look(self) -> str:
        """Everybody asks for one object; not while rows are waiting, when the answers are not sure."""
        world = self._world
        if world.waiting or not world.model.given:
            return "nothing now"
        collection, object_id = world.some_collection(), world.random.choice(world.model.given).id
        for reader in READERS:
            if world.rights(collection, reader.partner)[0]:
                world.checks.one_object(reader, collection, object_id)
        return f"for {object_id[:18]} in {collection[:4]}"

    def _set_back(self, to: datetime) -> None:
        """Clients that go by their own clock, and asked after this, go on from here (docs/protocol.md, A-30)."""
        for poller in self._pollers:
            poller.set_back(to)

    def _may_poll(self, number: int) -> bool:
        account, *_, collection = POLLED[number]
        return self._world.rights(collection, _reader(account).partner)[0]

    def _page(self, account: str, collection: str, query: str) -> Answer:
        """One page, of which nothing may be hidden from this reader at this instant."""
        self._world.counts["polls"] += 1
        answer = self._world.get(account, f"/north-sea/collections/{collection}/objects/?{query}")
        if answer.status == 200:
            self._world.checks.page(_reader(account), collection, answer.json())
        return answer


def _reader(account: str) -> Reader:
    return next(each for each in READERS if each.account == account)
