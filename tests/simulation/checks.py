"""The laws, asked of every reader over the protocol and compared with the model.

`Checks.page` is asked of every page that anybody is given. All else is asked when the logs are at rest: no batch and no
embargo is waiting.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import datetime
from typing import Any

from app.taxii.timestamps import parse_added_after
from tests.simulation.agreement import EXCHANGE
from tests.simulation.model import Left, Model, Reader, selected, stripped
from tests.support.direct import Answer
from tests.support.pollers import content_of

ALL = "match[version]=all"
NARROWING: Sequence[str] = (
    "match[version]=first",
    "match[spec_version]=2.1",
    "match[spec_version]=2.0",
    f"{ALL}&match[spec_version]=2.0,2.1",
)
FIRST, LAST = "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"
Ask = Callable[[str, str], Answer]
"""An account and a target in, an answer out."""


class Checks:
    """`missed`, `leaked` and `lost` are what laws 1, 2 and 4 forbid; the first of them ends the simulation."""

    def __init__(self, model: Model, ask: Ask, now: Callable[[], datetime], latest: Callable[[], datetime]) -> None:
        self._model = model
        self._ask = ask
        self._now = now
        self._latest = latest

    def page(self, reader: Reader, collection: str, body: Any) -> None:
        """No page shows what its reader may not be shown now, or might be before the clock stepped back: what an
        embargo has released stays released.
        """
        self.derivatives(reader, collection, filter(of_the_exchange, body.get("objects", [])))
        instants = {self._now(), self._latest()}
        permitted = {each.content for at in instants for each in self._model.permitted(collection, reader, at)}
        others = [each for each in body.get("objects", []) if not of_the_exchange(each)]
        leaked = [each for each in map(content_of, others) if each not in permitted]
        assert not leaked, f"leaked {len(leaked)}: {reader.name} in {collection} was shown {leaked[0]}"

    def derivatives(self, reader: Reader, collection: str, found: Iterable[Any]) -> None:
        """What is shown of something hidden in part says what is left of it; or, of what was, that it is no more."""
        instants = {self._now(), self._latest()}
        left = {each.content for at in instants for each in self._model.left(collection, reader, at) if each.shown}
        for each in found:
            ended = each.get("revoked") and "name" not in each
            assert ended or stripped(each) in left, f"leaked 1: {reader.name} in {collection} was shown {each}"

    def access(self, reader: Reader, collection: str) -> None:
        """Who may not know of a collection is told that there is none; who may only write, that it may not read."""
        rights = self._model.access(collection, reader.partner, self._now())
        expected = 404 if rights is None else 200 if rights[0] else 403
        answer = self._ask(reader.account, f"{_path(collection)}/objects/?limit=1")
        assert answer.status == expected, f"{reader.name} is answered {answer.status} in place of {expected}"

    def whole_walks(self, reader: Reader, collection: str, limit: int, narrowing: str) -> Set[str]:
        """Full walks give exactly what the model selects, each row once; the ids of derivatives among it."""
        derived: dict[str, Any] = {}
        shown = self._model.shown(collection, reader, self._now())
        for query in ("", ALL, narrowing):
            expected = Counter(each.content for each in selected(shown, query))
            every = list(self._walk(reader, collection, "objects", query, limit))
            found = Counter(content_of(each) for each in every if not of_the_exchange(each))
            derived.update((each["id"], each) for each in every if of_the_exchange(each))
            self.derivatives(reader, collection, filter(of_the_exchange, every))
            missing, more = expected - found, found - expected
            who = f"{reader.name} in {collection}, with {query or 'no filter'}"
            assert not missing, f"missed {sum(missing.values())}: {who} is not shown {next(iter(missing))}"
            assert not more, f"leaked {sum(more.values())}: {who} is shown, or shown twice, {next(iter(more))}"
            if not query:
                left = wanted(self._model.left(collection, reader, self._now()))
                missing_left = left - {stripped(each) for each in every if of_the_exchange(each)}
                assert not missing_left, f"missed {len(missing_left)}: {who} is not shown what is left, {missing_left}"
        return derived.keys()

    def manifest(self, reader: Reader, collection: str, limit: int, derived: Set[str]) -> None:
        """Manifest, versions and objects agree; dates rise by whole milliseconds."""
        shown = selected(self._model.shown(collection, reader, self._now()), ALL)
        rows = list(self._walk(reader, collection, "manifest", ALL, limit))
        listed = sorted((row["id"], row["version"]) for row in rows if row["id"] not in derived)
        assert listed == sorted((each.id, each.version) for each in shown), f"{reader.name}: the manifest"
        dates = [row["date_added"] for row in rows]
        assert all(date.endswith("000Z") and len(date) == 27 for date in dates), "dates are whole milliseconds"
        numbers = [parse_added_after(date) for date in dates]
        assert numbers == sorted(set(numbers)), "each row has a date of its own, and they rise"

    def one_object(self, reader: Reader, collection: str, object_id: str) -> None:
        """The endpoints of one object show the same versions; what is not shown at all is 404."""
        shown = [each for each in self._model.shown(collection, reader, self._now()) if each.id == object_id]
        answer = self._ask(reader.account, f"{_path(collection)}/objects/{object_id}/?{ALL}")
        versions = self._ask(reader.account, f"{_path(collection)}/objects/{object_id}/versions/")
        expected = 200 if shown else 404
        assert answer.status == versions.status == expected, f"{reader.name}: {object_id} is {answer.status}"
        if shown:
            wanted = selected(shown, ALL)
            found = self._walk(reader, collection, f"objects/{object_id}", ALL, 0)
            listed = self._walk(reader, collection, f"objects/{object_id}/versions", "", 3)
            assert sorted(map(content_of, found)) == sorted(each.content for each in wanted), (
                f"{reader.name}: one object"
            )
            assert sorted(listed) == sorted(each.version for each in wanted), f"{reader.name}: its versions"

    def nothing_is_lost(self, stored: Sequence[tuple[Any, ...]]) -> None:
        """What is stored as live or held is what was answered so, and not withdrawn or decided since, by whomever."""
        expected = Counter(
            (state, each.collection, each.partner, each.id, each.version, each.spec)
            for state, some in (("live", self._model.live), ("held", self._model.held))
            for each in some
        )
        found = Counter(
            (state, uuid, partner, stix_id, version, {20: "2.0", 21: "2.1"}[spec])
            for state, uuid, partner, stix_id, version, spec in stored
        )
        lost, more = expected - found, found - expected
        assert not lost, f"lost {sum(lost.values())}: {next(iter(lost))} was answered as stored and is not there"
        assert not more, f"{sum(more.values())} more than was taken: {next(iter(more))}"

    def _walk(self, reader: Reader, collection: str, path: str, query: str, limit: int) -> Iterator[Any]:
        given = "&".join(part for part in (f"limit={limit}" if limit else "", query) if part)
        target = f"{_path(collection)}/{path}/?{given}"
        more: Any = True
        token = ""
        while more:
            answer = self._ask(reader.account, target + token)
            assert answer.status == 200, (reader, answer)
            body = answer.json()
            rows = body.get("versions" if path.endswith("versions") else "objects", [])
            assert rows or not body.get("more"), "a page that is empty ends the walk"
            assert bool(rows) == (answer.header(FIRST) is not None), "dates of a page stand on those that hold rows"
            if path == "manifest" and rows:
                dates = (answer.header(FIRST), answer.header(LAST))
                assert dates == (rows[0]["date_added"], rows[-1]["date_added"]), "the dates of its first and last row"
            yield from rows
            more, token = body.get("more"), f"&next={body.get('next')}"


def of_the_exchange(found: Any) -> bool:
    """Whether an object is a derivative."""
    return bool(found.get("created_by_ref") == EXCHANGE)


def wanted(left: Iterable[Left]) -> Set[str]:
    """What has to be shown of what is left: of the newest versions, where that may be shown."""
    return {each.content for each in left if each.shown and each.newest}


def _path(collection: str) -> str:
    return f"/north-sea/collections/{collection}"


def given_rows() -> str:
    """The statement that reads what is live, and what is held."""
    return (
        "SELECT k.state, c.uuid, k.partner, o.stix_id, k.version_text, k.spec FROM contribution k "
        "JOIN object o ON o.id = k.object JOIN collection c ON c.id = k.collection WHERE k.state IN ('live', 'held') "
        "AND k.derivative IS NULL"
    )
