"""What becomes of sanitised derivatives when something happens to their originals. Reads, and changes nothing.

For each line of an original, each member and each view of its there is a derivative as long as the newest version
gives one. Members share none: its beginning, its versions and its end would tell of who else is shown it. Its versions
follow what the versions of the line give: one more where the newest gives something else, one less where no version
gives it any more. One more is given by what was received first of the newest versions that give the same, in its turn
and on its terms, so that what has only been cut otherwise since plays no part. One that its giver no longer gives, and
another does, is that one's from then on. What happens to what was cut leaves no trace but in the handling: what came
once of what the markings leave of a version comes of it as long as any version of the line gives it, whatever the rest
says by then. Where the line gives nothing more, a last version revokes the derivative and says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NamedTuple, TypeAlias

from app.exchange.derivative_lines import Line, NewVersion, Outcome, collection_of, taker_of, views_of
from app.exchange.derived import Derived, own_span
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.giving import Giving, own_content, said_by, said_in
from app.exchange.own import stored_object
from app.policy.handling import UNKNOWN
from app.policy.handling import Derived as Derives
from app.policy.partnership import CollectionTerms
from app.policy.sanitising import LeftByMarks, Sanitised, withdrawn
from app.storage import contributions, derivatives, handlings, markings, objects
from app.storage.contributions import Contribution
from app.storage.derivatives import Came, DerivativeRow, VersionRow
from app.storage.engine import Transaction

Chosen = Callable[[int | None], bool]
"""Whether a line has its turn: by the contribution that gives what its newest does, by the newest where that gives
nothing, and by None where nothing of it is live."""

_Whose: TypeAlias = tuple[int, str, str, str]
"""A line, its member and its view, as they are stored."""


@dataclass(frozen=True, slots=True)
class _Gives:
    """What a contribution gives of what the markings `left` of it (a digest), and the digest of what that says; None
    where nothing goes out.
    """

    source: Contribution
    left: bytes
    said: bytes | None
    given: Sanitised | None


class _There(NamedTuple):
    """What a derivative says, and those of its live versions that say it."""

    content: Mapping[str, Any]
    versions: list[VersionRow]


def outcome(
    exchange: Exchange,
    transaction: Transaction,
    partnership_id: int,
    floor: Floor,
    originals: Sequence[int],
    *,
    chosen: Chosen = lambda _: True,
    instead: Mapping[int, Derived] | None = None,
) -> Outcome:
    """What becomes of the derivatives of these objects, as far as their lines are `chosen`.

    `instead` stands in for what is stored about contributions. Nothing becomes of them where the collection sanitises
    nothing: the rule `derivative` withholds those that are there.
    """
    collection, found = collection_of(floor), Outcome()
    if collection is None or floor.terms.partners.identity is None:
        return found
    following = _Following(exchange, transaction, partnership_id, floor, collection, originals, instead or {})
    following.read(chosen)
    for line, sources in following.lines(chosen):
        following.follow(line, sources, chosen, found)
    found.objects.update(row.object for row in following.known)
    return found


class _Following:
    """The originals at hand, their derivatives, and what each contribution gives for each view."""

    def __init__(
        self,
        exchange: Exchange,
        transaction: Transaction,
        partnership_id: int,
        floor: Floor,
        collection: CollectionTerms,
        originals: Sequence[int],
        instead: Mapping[int, Derived],
    ) -> None:
        self._exchange = exchange
        self._transaction = transaction
        self._partnership_id = partnership_id
        self._terms = floor.terms
        self._views = views_of(floor, collection)
        live = contributions.live_of(transaction, originals)
        rows = [row for each in live.values() for row in each if row.dated and row.derivative is None]
        stored = handlings.by_keys(transaction, {row.handling for row in rows})
        self._giving = Giving(
            exchange,
            floor,
            collection,
            {row.id: instead[row.id].handling if row.id in instead else stored[row.handling] for row in rows},
        )
        self._lines: dict[tuple[int, str], list[Contribution]] = defaultdict(list)
        self._left: dict[int, frozenset[str]] = {}
        self._newest: dict[tuple[int, str], str] = defaultdict(str)
        for row in sorted(rows, key=_newest_first, reverse=True):
            origin, left = (
                (instead[row.id].origin, instead[row.id].left) if row.id in instead else (row.origin, row.left)
            )
            self._lines[row.object, origin].append(row)
            self._left[row.id] = left
            for bound in (origin, *left):
                self._newest[row.object, bound] = max(self._newest[row.object, bound], row.version_key)
        self.known = derivatives.of_originals(transaction, originals)
        self._latest = {(row.original, row.origin, row.member, row.view): row for row in self.known}
        self._versions: dict[int, list[VersionRow]] = defaultdict(list)
        self._came: dict[_Whose, dict[bytes, bytes | None]] = defaultdict(dict)
        for each in derivatives.what_came(transaction, originals):
            self._came[each.original, each.origin, each.member, each.view][each.digest] = each.said

    def lines(self, chosen: Chosen) -> Iterator[tuple[Line, Sequence[Contribution]]]:
        """Each line that may have its turn, for each member and view, with its live contributions, the newest first."""
        gone = {whose[:2] for whose in (*self._latest, *self._came)} - self._lines.keys()
        for original, origin in [*self._lines, *sorted(gone)]:
            sources = self._lines.get((original, origin), [])
            if any(chosen(source.id) for source in sources) or (not sources and chosen(None)):
                lines = [Line(original, origin, *whose) for whose in self._views]
                yield from ((line, sources) for line in lines if self._is_at_stake(line, sources))

    def _is_at_stake(self, line: Line, sources: Sequence[Contribution]) -> bool:
        followed = self._open(line) is not None or _whose(line) in self._came
        return followed or (bool(sources) and self._giving.is_worth_it(sources[0], line))

    def read(self, chosen: Chosen) -> None:
        """Read what is needed of the contents: of all that may give a derivative."""
        wanted: dict[int, Contribution] = {}
        open_rows = []
        for line, sources in self.lines(chosen):
            row = self._open(line)
            open_rows += [row] if row is not None else []
            for source in sources:
                if self._giving.is_worth_it(source, line):
                    wanted[source.id] = source
        for version in derivatives.versions_of(self._transaction, [row.id for row in open_rows]):
            self._versions[version.derivative].append(version)
        self._giving.read(self._transaction, self._partnership_id, wanted)

    def follow(self, line: Line, sources: Sequence[Contribution], chosen: Chosen, found: Outcome) -> None:
        """Add to what was found what becomes of one line's derivative, if it has its turn."""
        row = self._open(line)
        live = [version for version in self._versions[row.id] if version.live] if row is not None else []
        signs_on = row is not None and row.identity == self._terms.partners.identity
        there = self._there(live) if signs_on else {}
        gives = self._gives(line, sources, there)
        newest = next((each for each in gives[:1] if self._is_newest(each.source, line, sources)), None)
        giver = _giver(sources, gives)
        if not chosen(giver.id if giver is not None else None):
            return
        if row is not None and signs_on and newest is not None and newest.given is not None and giver is not None:
            self._go_on(line, row, giver, gives, there, found)
        else:
            gives = [newest] if newest is not None else []
            found.ended.extend(version.contribution for version in live)
            if row is not None and live:
                found.new.append(self._closing(line, row, live))
            if newest is not None and newest.given is not None and giver is not None:
                found.new.append(self._new(line, None, giver, newest.given))
        self._remember(line, gives, found)

    def _go_on(
        self,
        line: Line,
        row: DerivativeRow,
        giver: Contribution,
        gives: Sequence[_Gives],
        there: Mapping[bytes, _There],
        found: Outcome,
    ) -> None:
        """What the versions of the line give now, compared with the versions that the derivative has; `giver` gives one
        that is new.
        """
        given: dict[bytes, Sanitised] = {}
        givers: dict[bytes, list[Contribution]] = defaultdict(list)
        for each in gives:
            if each.said is not None and each.given is not None:
                given.setdefault(each.said, each.given)
                givers[each.said].append(each.source)
        live = [(version, said) for said, each in there.items() for version in each.versions]
        uses = markings.uses_of(self._transaction, [version.contribution for version, _ in live])
        known = handlings.by_keys(self._transaction, [version.handling for version, _ in live])
        kept: list[tuple[str, bytes]] = []
        for version, said in live:
            now = given.get(said)
            if now is None:
                found.ended.append(version.contribution)
                continue
            kept.append((version.version_key, said))
            taker = taker_of(version, givers[said])
            if taker is not None:
                found.handed_over[version.contribution] = taker
            used = uses.get(version.contribution, frozenset())
            before = Derived(line.origin, known[version.handling], used, own_span(version))
            after = Derived(line.origin, now.meaning.handling, now.uses | used, now.meaning.span)
            if before != after:
                found.changed[version.contribution] = after
        wanted, newest = next(iter(given)), max(kept, default=None)
        if newest is None or newest[1] != wanted:
            found.new.append(self._new(line, row, giver, given[wanted]))

    def _is_newest(self, source: Contribution, line: Line, sources: Sequence[Contribution]) -> bool:
        """Whether it is the newest version of its line, and of each that it has left."""
        bound_by = (self._newest[source.object, each] for each in (line.origin, *self._left[source.id]))
        return source.id == sources[0].id and max(bound_by) == source.version_key

    def _there(self, live: Sequence[VersionRow]) -> Mapping[bytes, _There]:
        """What the live versions of a derivative say, by its digest."""
        contents = objects.contents_of(self._transaction, [version.content for version in live])
        there: dict[bytes, _There] = {}
        for version in live:
            tree = stored_object(contents[version.content]).tree
            there.setdefault(said_in(tree), _There(own_content(tree), [])).versions.append(version)
        return there

    def _gives(self, line: Line, sources: Sequence[Contribution], there: Mapping[bytes, _There]) -> Sequence[_Gives]:
        """What each of these gives of which the markings leave anything; of versions of which they leave the same, what
        the newest gives.
        """
        gives: list[_Gives] = []
        known: dict[bytes, _Gives] = {}
        for source in sources:
            left = self._giving.left(source, line)
            if left is not None:
                each = known.get(left.digest) or _Gives(source, left.digest, *self._comes_of(line, source, left, there))
                known[left.digest] = each
                gives.append(replace(each, source=source))
        return gives

    def _comes_of(
        self, line: Line, source: Contribution, left: LeftByMarks, there: Mapping[bytes, _There]
    ) -> tuple[bytes | None, Sanitised | None]:
        """What has come already of what the markings leave, nothing included; else what comes of it now."""
        came = self._came.get(_whose(line), {})
        said = came.get(left.digest)
        if said is None and left.digest in came:
            return None, None
        if said is not None and said in there:
            return said, left.as_before(there[said].content).for_member(line.member)
        made = self._giving.without_traces(source, line, left)
        return (said_by(made), made.for_member(line.member)) if made is not None else (None, None)

    def _remember(self, line: Line, gives: Sequence[_Gives], found: Outcome) -> None:
        """Add what has come of what the markings leave, and what nothing live leaves any more."""
        before = self._came.get(_whose(line), {})
        after = {each.left: each.said for each in gives}
        found.forgotten.extend(Came(*_whose(line), *each) for each in before.items() if each not in after.items())
        found.remembered.extend(Came(*_whose(line), *each) for each in after.items() if each not in before.items())

    def _open(self, line: Line) -> DerivativeRow | None:
        row = self._newest_row(line)
        return row if row is not None and row.closed_by is None else None

    def _newest_row(self, line: Line) -> DerivativeRow | None:
        return self._latest.get((line.original, line.origin, line.member, line.view_text))

    def _new(self, line: Line, row: DerivativeRow | None, source: Contribution, given: Sanitised) -> NewVersion:
        latest = self._newest_row(line)
        before = latest.generation if latest is not None else 0
        return NewVersion(
            line=line,
            row=row,
            generation=row.generation if row is not None else before + 1,
            content=given.content,
            derived=Derived(line.origin, given.meaning.handling, given.uses, given.meaning.span),
            source=source.id,
            partner=source.partner,
            received=source.received,
            aged_from=source.version_key,
            spec=source.spec,
            type=source.type,
            later_than=self._newest_key(row),
        )

    def _closing(self, line: Line, row: DerivativeRow, live: Sequence[VersionRow]) -> NewVersion:
        """The last version, for those who were shown the one before it, whatever the original has become since.

        Of the marks, those that everybody knows.
        """
        last = max(live, key=lambda version: version.version_key)
        (raw,) = objects.contents_of(self._transaction, [last.content]).values()
        (handling,) = handlings.by_keys(self._transaction, [last.handling]).values()
        handling = replace(handling, derived=Derives(line.view, UNKNOWN, line.member))
        obj = stored_object(raw)
        marks = [each for each in obj.object_marking_refs if self._exchange.registry.get(each) is not None]
        return NewVersion(
            line=line,
            row=row,
            generation=row.generation,
            content=withdrawn(obj.type, obj.spec, marks),
            derived=Derived(line.origin, handling, frozenset(), own_span(last)),
            source=last.contribution,
            partner=last.partner,
            received=last.received,
            aged_from=last.aged_from,
            spec=last.spec,
            type=0,
            later_than=self._newest_key(row),
            closes=True,
        )

    def _newest_key(self, row: DerivativeRow | None) -> str:
        versions = self._versions[row.id] if row is not None else []
        return max((version.version_key for version in versions), default="")


def _whose(line: Line) -> _Whose:
    return line.original, line.origin, line.member, line.view_text


def _newest_first(row: Contribution) -> tuple[str, int, int]:
    """Of several contributions of one version in one encoding the first counts."""
    return row.version_key, row.spec, -row.id


def _giver(sources: Sequence[Contribution], gives: Sequence[_Gives]) -> Contribution | None:
    """What was received first of the newest contributions that give the same; the newest if it gives nothing."""
    if not sources:
        return None
    said = {each.source.id: each.said for each in gives}
    newest = said.get(sources[0].id)
    if newest is None:
        return sources[0]
    return min(takewhile(lambda each: said.get(each.id) == newest, sources), key=lambda each: each.id)
