"""What analysts are given of the logs: each version with where it stands and what it says of itself.

Whatever found the rows, they are decided again, and what is given of them is on the record before it leaves
(`app.exchange.disclosing`): one disclosure for each log.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.errors import AnswerTooLarge
from app.exchange.disclosing import Asked, decided_again, record_of
from app.exchange.exchange import Exchange
from app.exchange.own_logs import OwnLog
from app.ledger.disclosures import Disclosure
from app.stix.timestamps import from_datetime
from app.stix.validity import Validity, validity_of
from app.storage import finding
from app.storage import objects as contents_store
from app.storage.engine import Transaction
from app.storage.instants import milliseconds
from app.storage.log_rows import LogRow

NAME_CHARS_MAX = 256
"""Of the name of a creator, which stands beside each entry; the identity itself has all of it."""

Found = tuple[OwnLog, LogRow]
"""A row, and the log in which it stands."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One version that the account is shown: its bytes as stored, and what they say.

    `tlp` are the levels of its object markings, `named` the name of its creator where the account may see that.
    """

    log: OwnLog
    row: LogRow
    tree: dict[str, Any]
    content: bytes
    validity: Validity
    valid: bool
    tlp: tuple[str, ...]
    named: str | None = None

    @property
    def type(self) -> str:
        """The STIX type."""
        return str(self.tree["type"])

    @property
    def creator(self) -> str | None:
        """The identity that signed it."""
        return self.tree.get("created_by_ref")


@dataclass
class Answer:
    """An answer in the making: what is put into it, and the record of that."""

    exchange: Exchange
    transaction: Transaction
    now: datetime
    _bytes: int = 0
    _given: dict[int, tuple[OwnLog, dict[int, LogRow]]] = field(default_factory=dict)

    @property
    def instant(self) -> int:
        """Now, in milliseconds."""
        return milliseconds(self.now)

    def entries(self, found: Sequence[Found]) -> Sequence[Entry]:
        """These rows as they are shown, in their order, each once; what the second decision withholds is left out.

        Raises AnswerTooLarge.
        """
        shown = self.given(found)
        self._make_room(sum(row.size for _, row in shown))
        versions = [row.version_id for _, row in shown]
        contents = contents_store.contents_of(self.transaction, versions)
        trees = {version: json.loads(content) for version, content in contents.items()}
        names = self._names(shown, trees)
        now = from_datetime(self.now)
        made = []
        for log, row in shown:
            tree = trees[row.version_id]
            validity = validity_of(tree)
            made.append(
                Entry(
                    log,
                    row,
                    tree,
                    contents[row.version_id],
                    validity,
                    validity.holds(now),
                    self._levels(tree),
                    names.get((log.audience.id, str(tree.get("created_by_ref")))),
                )
            )
        return made

    def put_in(self, texts: Iterable[str]) -> None:
        """Texts that the answer holds beside objects. Raises AnswerTooLarge."""
        self._make_room(sum(len(text) if text.isascii() else len(text.encode("utf-8", "replace")) for text in texts))

    def records(self, asked: Asked) -> Sequence[Disclosure]:
        """What the answer discloses, by log."""
        return [
            record_of(asked, log.place, log.audience, [rows[date] for date in sorted(rows)], self.now)
            for log, rows in self._given.values()
        ]

    def given(self, found: Iterable[Found]) -> Sequence[Found]:
        """Those of these rows that the second decision releases, each once: the answer says something of them."""
        shown = self.decided(found)
        for log, row in shown:
            self._given.setdefault(log.audience.id, (log, {}))[1][row.date_added] = row
        return shown

    def decided(self, found: Iterable[Found]) -> Sequence[Found]:
        """Those of these rows that the second decision releases, each once. Nothing has been said of them so far."""
        once = list({(log.audience.id, row.date_added): (log, row) for log, row in found}.values())
        by_log: dict[int, list[Found]] = defaultdict(list)
        for log, row in once:
            by_log[log.audience.id].append((log, row))
        kept: set[tuple[int, int]] = set()
        for key, of_log in by_log.items():
            log = of_log[0][0]
            rows = decided_again(self.transaction, log.place, log.audience, [row for _, row in of_log], self.now)
            kept.update((key, row.date_added) for row in rows)
        return [(log, row) for log, row in once if (log.audience.id, row.date_added) in kept]

    def _make_room(self, size: int) -> None:
        self._bytes += size
        bytes_max = self.exchange.settings.answer_bytes_max
        if self._bytes > bytes_max:
            raise AnswerTooLarge(f"The answer comes to more than {bytes_max} bytes. Ask for less at once.")

    def _names(self, shown: Sequence[Found], trees: dict[int, dict[str, Any]]) -> dict[tuple[int, str], str]:
        """The names of creators by audience and id, as the identities say them that stand in the same log.

        A name holds in its own log alone: only there is it known who may push an identity of this id.
        """
        wanted: dict[int, tuple[OwnLog, set[str]]] = {}
        for log, row in shown:
            creator = trees[row.version_id].get("created_by_ref")
            if creator is not None:
                wanted.setdefault(log.audience.id, (log, set()))[1].add(creator)
        found = [
            (log, row)
            for log, ids in wanted.values()
            for row in finding.by_ids(self.transaction, log.audience, ids, self.instant)
        ]
        named = self.given(found)
        contents = contents_store.contents_of(self.transaction, [row.version_id for _, row in named])
        texts = {(log.audience.id, row.stix_id): json.loads(contents[row.version_id]).get("name") for log, row in named}
        return {key: name[:NAME_CHARS_MAX] for key, name in texts.items() if isinstance(name, str)}

    def _levels(self, tree: dict[str, Any]) -> tuple[str, ...]:
        meant = [self.exchange.registry.level_of(mark) for mark in tree.get("object_marking_refs", ())]
        return tuple(sorted({level for kind, level in filter(None, meant) if kind == "tlp"}))
