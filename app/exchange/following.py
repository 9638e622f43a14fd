"""What becomes of sanitised derivatives when something happens to their originals. Reads, and changes nothing.

For each line of an original, each member and each view of its there is a derivative as long as the newest version
gives one. Members share none: its beginning, its versions and its end would tell of who else is shown it. Its versions
follow what the versions of the line give: one more where the newest gives something else, one less where no version
gives it any more. One more is given by what was received first of the newest versions that give the same, in its turn
and on its terms, so that what has only been cut otherwise since plays no part. One that its giver no longer gives, and
another does, is that one's from then on. What happens to what was cut leaves no trace but in the handling. Where the
line gives nothing more, a last version revokes the derivative and says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.exchange.derivative_lines import Line, NewVersion, Outcome, collection_of, views_of
from app.exchange.derived import Derived, own_span
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.own import stored_object
from app.exchange.resolution import Definitions, load_definitions
from app.policy.handling import UNKNOWN, Handling, View
from app.policy.handling import Derived as Derives
from app.policy.lines import is_named, originator_of
from app.policy.partnership import CollectionTerms
from app.policy.sanitising import Sanitised, Source, sanitised, signed, withdrawn, worth_sanitising
from app.stix.objects import StixObject
from app.stix.strict_json import parse, tree_digest
from app.storage import contributions, derivatives, handlings, markings, objects
from app.storage.contributions import Contribution, Giver
from app.storage.derivatives import DerivativeRow, VersionRow
from app.storage.engine import Transaction
from app.storage.instants import MILLISECOND, instant

_THE_EXCHANGES: Final = frozenset({"id", "created", "modified", "created_by_ref"})
"""What the exchange gives a derivative by itself; all else is what is left of the original."""

Chosen = Callable[[int | None], bool]
"""Whether a line has its turn: by the contribution that gives what its newest does, by the newest where that gives
nothing, and by None where nothing of it is live."""


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
        giver = following.giver(line, sources)
        if chosen(giver.id if giver is not None else None):
            following.follow(line, sources, giver, found)
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
        self._now = floor.now
        self._release = collection.release
        self._views = views_of(floor, collection)
        live = contributions.live_of(transaction, originals)
        rows = [row for each in live.values() for row in each if row.dated and row.derivative is None]
        stored = handlings.by_keys(transaction, {row.handling for row in rows})
        self._handlings = {
            row.id: instead[row.id].handling if row.id in instead else stored[row.handling] for row in rows
        }
        self._lines: dict[tuple[int, str], list[Contribution]] = defaultdict(list)
        for row in sorted(rows, key=_newest_first, reverse=True):
            origin = instead[row.id].origin if row.id in instead else row.origin
            self._lines[row.object, origin].append(row)
        self.known = derivatives.of_originals(transaction, originals)
        self._latest = {(row.original, row.origin, row.member, row.view): row for row in self.known}
        self._versions: dict[int, list[VersionRow]] = defaultdict(list)
        self._read: dict[int, StixObject] = {}
        self._definitions = Definitions(self._terms, self._now)
        self._given: dict[tuple[int, View], Sanitised | None] = {}
        self._said: dict[tuple[int, View], bytes] = {}
        self._sources: dict[tuple[str, str], Source] = {}
        self._worth: dict[tuple[Handling, View, bool], bool] = {}

    def lines(self, chosen: Chosen) -> Iterator[tuple[Line, Sequence[Contribution]]]:
        """Each line that may have its turn, for each member and view, with its live contributions, the newest first."""
        gone = {(row.original, row.origin) for row in self.known} - self._lines.keys()
        for original, origin in [*self._lines, *sorted(gone)]:
            sources = self._lines.get((original, origin), [])
            if any(chosen(source.id) for source in sources) or (not sources and chosen(None)):
                lines = [Line(original, origin, *whose) for whose in self._views]
                yield from ((line, sources) for line in lines if self._is_at_stake(line, sources))

    def _is_at_stake(self, line: Line, sources: Sequence[Contribution]) -> bool:
        return self._open(line) is not None or (bool(sources) and self._is_worth_it(sources[0], line))

    def read(self, chosen: Chosen) -> None:
        """Read what is needed of the contents: of all that may give a derivative."""
        wanted: dict[int, Contribution] = {}
        open_rows = []
        for line, sources in self.lines(chosen):
            row = self._open(line)
            open_rows += [row] if row is not None else []
            for source in sources:
                if self._is_worth_it(source, line):
                    wanted[source.id] = source
        for version in derivatives.versions_of(self._transaction, [row.id for row in open_rows]):
            self._versions[version.derivative].append(version)
        contents = objects.contents_of(self._transaction, [row.version for row in wanted.values()])
        self._read = {key: stored_object(contents[row.version]) for key, row in wanted.items()}
        self._definitions = load_definitions(
            self._exchange, self._transaction, self._partnership_id, self._terms, self._read.values(), self._now
        )

    def giver(self, line: Line, sources: Sequence[Contribution]) -> Contribution | None:
        """What was received first of the newest contributions that give the same; the newest if it gives nothing."""
        if not sources:
            return None
        newest, same = self._gives(sources[0], line), [sources[0]]
        for source in sources[1:] if newest is not None else ():
            each = self._gives(source, line)
            if each is None or newest is None or self._says(source, line, each) != self._says(sources[0], line, newest):
                break
            same.append(source)
        return min(same, key=lambda each: each.id)

    def follow(self, line: Line, sources: Sequence[Contribution], giver: Contribution | None, found: Outcome) -> None:
        """Add to what was found what becomes of one line's derivative; `giver` gives a version that is new."""
        row = self._open(line)
        wanted = self._gives(sources[0], line) if sources else None
        live = [version for version in self._versions[row.id] if version.live] if row is not None else []
        signs_on = row is not None and row.identity == self._terms.partners.identity
        if row is not None and signs_on and wanted is not None and giver is not None:
            self._go_on(line, row, sources, giver, live, found)
        else:
            found.ended.extend(version.contribution for version in live)
            if row is not None and live:
                found.new.append(self._closing(line, row, live))
            if wanted is not None and giver is not None:
                found.new.append(self._new(line, None, giver, wanted))

    def _go_on(
        self,
        line: Line,
        row: DerivativeRow,
        sources: Sequence[Contribution],
        giver: Contribution,
        live: Sequence[VersionRow],
        found: Outcome,
    ) -> None:
        """What the versions of the line give now, compared with the versions that the derivative has."""
        given: dict[bytes, Sanitised] = {}
        givers: dict[bytes, list[Contribution]] = defaultdict(list)
        for source in sources:
            each = self._gives(source, line)
            if each is not None:
                said = self._says(source, line, each)
                given.setdefault(said, each)
                givers[said].append(source)
        contents = objects.contents_of(self._transaction, [version.content for version in live])
        uses = markings.uses_of(self._transaction, [version.contribution for version in live])
        known = handlings.by_keys(self._transaction, [version.handling for version in live])
        kept: list[tuple[str, bytes]] = []
        for version in live:
            said = _said(contents[version.content])
            gives = given.get(said)
            if gives is None:
                found.ended.append(version.contribution)
                continue
            kept.append((version.version_key, said))
            taker = _taker(version, givers[said])
            if taker is not None:
                found.handed_over[version.contribution] = taker
            there = uses.get(version.contribution, frozenset())
            before = Derived(line.origin, known[version.handling], there, own_span(version))
            after = Derived(line.origin, gives.meaning.handling, gives.uses | there, gives.meaning.span)
            if before != after:
                found.changed[version.contribution] = after
        wanted, newest = next(iter(given)), max(kept, default=None)
        if newest is None or newest[1] != wanted:
            found.new.append(self._new(line, row, giver, given[wanted]))

    def _open(self, line: Line) -> DerivativeRow | None:
        row = self._newest_row(line)
        return row if row is not None and row.closed_by is None else None

    def _newest_row(self, line: Line) -> DerivativeRow | None:
        return self._latest.get((line.original, line.origin, line.member, line.view_text))

    def _source(self, source: Contribution, line: Line) -> Source:
        key = (line.origin, source.partner)
        if key not in self._sources:
            member = originator_of(line.origin, source.partner, self._terms)
            partner = self._terms.partners.by_name.get(member)
            side = self._terms.partnership.members.get(member)
            self._sources[key] = Source(
                texts=frozenset((partner.name, partner.title, *partner.identities) if partner is not None else ()),
                anonymous=side is not None and side.anonymous and is_named(line.origin),
            )
        return self._sources[key]

    def _is_worth_it(self, source: Contribution, line: Line) -> bool:
        """Whether the line may be given something else than the contribution, and is not that of who gave it."""
        if line.member == source.partner:
            return False
        anonymous = self._source(source, line).anonymous
        key = (self._handlings[source.id], line.view, anonymous)
        if key not in self._worth:
            self._worth[key] = worth_sanitising(*key[:2], self._release, anonymous=anonymous)
        return self._worth[key]

    def _gives(self, source: Contribution, line: Line) -> Sanitised | None:
        """What is left of a contribution in the line's view, where it has to be cut and anything is, for its member."""
        if not self._is_worth_it(source, line):
            return None
        key = (source.id, line.view)
        at = instant(source.not_after) - MILLISECOND if source.not_after is not None else self._now
        if key not in self._given:
            obj = self._read.get(source.id)
            made = None
            if obj is not None:
                resolve = self._definitions.resolver(obj, source.partner)
                made = sanitised(
                    obj,
                    line.view,
                    self._release,
                    self._source(source, line),
                    self._exchange.registry,
                    resolve,
                    min(at, self._now),  # until the sweeper comes, what its markings meant still counts
                )
            self._given[key] = made if isinstance(made, Sanitised) else None
        given = self._given[key]
        return given.for_member(line.member) if given is not None else None

    def _says(self, source: Contribution, line: Line, given: Sanitised) -> bytes:
        """What tells the version that this contribution gives from others: the same for all members."""
        key = (source.id, line.view)
        if key not in self._said:
            self._said[key] = _said(signed(given.content, id="", created="", modified="", identity=""))
        return self._said[key]

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


def _newest_first(row: Contribution) -> tuple[str, int, int]:
    """Of several contributions of one version in one encoding the first counts."""
    return row.version_key, row.spec, -row.id


def _taker(version: VersionRow, giving: Sequence[Contribution]) -> Giver | None:
    """Who gives the version from now on, of those who do, where the contribution that gave it no longer does.

    The same partner if it can, and what was received first: what others add later, out of sight, plays no part.
    """
    before = Giver(version.partner, version.received, version.aged_from)
    if before in {Giver(each.partner, each.received, each.version_key) for each in giving}:
        return None
    first = min(giving, key=lambda each: (each.partner != before.partner, each.received, each.id))
    return Giver(first.partner, first.received, first.version_key)


def _said(raw: bytes) -> bytes:
    """By which two versions of derivatives are told apart: all that they say, but what the exchange adds."""
    tree = parse(raw).tree
    assert isinstance(tree, dict), "what was made of a STIX object is one"
    return tree_digest({name: value for name, value in tree.items() if name not in _THE_EXCHANGES})
