"""What a pusher's own organisation has contributed under the ids of an envelope: all of the past that intake may know.

It grows with the objects of the envelope, so that two versions in one push are judged as in two.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.policy.intake_case import Known
from app.policy.lines import identity_of
from app.policy.partnership import Verdict
from app.stix.objects import StixObject
from app.stix.strict_json import parse
from app.stix.timestamps import from_datetime, to_datetime, version_key
from app.stix.validation import read_object
from app.storage import contributions, objects
from app.storage.contributions import OwnVersion
from app.storage.engine import Transaction
from app.storage.instants import MILLISECOND
from app.storage.objects import SPECS


@dataclass(slots=True)
class Own:
    """One organisation's versions in a partnership by STIX id, and the contents that intake compares with."""

    collection: int
    versions: dict[str, list[OwnVersion]] = field(default_factory=lambda: defaultdict(list))
    contents: dict[tuple[str, str, int], StixObject] = field(default_factory=dict)

    def known(self, obj: StixObject) -> Known | None:
        """What intake may know of this object's id, in its STIX version, or None."""
        every = self.versions.get(obj.id)
        if not every:
            return None
        rows = [row for row in every if row.spec == SPECS[obj.spec]]
        here = _arrived(self._here(obj))
        newest = max(here, key=_age, default=None)
        return Known(
            versions=_digests(rows),
            created=next((row.created for row in rows if row.created is not None), None),
            signers=frozenset(identity_of(row.origin) for row in every),
            revoked_at=min((row.version_key for row in every if row.revoked), default=None),
            here=_digests(here),
            newest=self.contents.get((obj.id, *_age(newest))) if newest is not None else None,
        )

    def present(self, obj: StixObject, *, unnamed: bool) -> OwnVersion | None:
        """The same content in this collection, or None. What came with a report without a name is there for what comes
        `unnamed` as well, and for nothing else.

        For an object without dates only the newest content counts: going back to an earlier one is a new version.
        """
        here = [row for row in self._here(obj) if unnamed or not row.unnamed]
        if obj.version is None:
            here = sorted(here, key=lambda row: row.version_key)[-1:]
        return next((row for row in here if row.tree_digest == obj.tree_digest), None)

    def version_of(self, obj: StixObject, now: datetime) -> str:
        """The version of content that is new here: the object's own, else the instant of its first contribution.

        That instant's microseconds are of the content's digest, so that two contents of one instant differ, and none of
        them tells how many there were. Only behind a clock that was set back it follows the newest content.
        """
        if obj.version is not None:
            return obj.version
        here = self._here(obj)
        taken = {row.version_key for row in here}
        latest = max((to_datetime(row.version_text) for row in here), default=now)
        instant = now if latest < now + MILLISECOND else latest + MILLISECOND
        first = int.from_bytes(obj.tree_digest[:4], "big")
        while True:
            for step in range(1000):
                text = f"{from_datetime(instant).removesuffix('Z')}{(first + step) % 1000:03}Z"
                if version_key(text) not in taken:
                    return text
            instant += MILLISECOND

    def add(self, obj: StixObject, version_text: str, origin: str, *, held: bool, unnamed: bool) -> None:
        """An object that is taken, in the line of this origin."""
        key = version_key(version_text)
        self.versions[obj.id].append(
            OwnVersion(
                contribution=0,
                stix_id=obj.id,
                collection=self.collection,
                version_key=key,
                version_text=version_text,
                spec=SPECS[obj.spec],
                tree_digest=obj.tree_digest,
                created=obj.created,
                revoked=obj.revoked,
                version=0,
                held=held,
                origin=origin,
                unnamed=unnamed,
            )
        )
        self.contents[obj.id, key, SPECS[obj.spec]] = obj

    def _here(self, obj: StixObject) -> Sequence[OwnVersion]:
        return [row for row in self.versions.get(obj.id, ()) if row.collection == self.collection]


def load_own(
    transaction: Transaction,
    partnership_id: int,
    partner: str,
    collection: int,
    given: Sequence[StixObject],
    loosened: Verdict,
) -> Own:
    """What the partner's organisation contributed under these objects' ids; contents only where markings count."""
    own = Own(collection)
    rows = contributions.own_versions(transaction, partnership_id, partner, [obj.id for obj in given])
    for row in rows:
        own.versions[row.stix_id].append(row)
    if loosened is not Verdict.ACCEPT:
        here = sorted((row for row in rows if row.collection == collection), key=lambda row: (not row.held, *_age(row)))
        newest = {row.stix_id: row for row in here}
        contents = objects.contents_of(transaction, [row.version for row in newest.values()])
        for row in newest.values():
            own.contents[(row.stix_id, *_age(row))] = stored_object(contents[row.version])
    return own


def stored_object(raw: bytes) -> StixObject:
    """The object that was validated and stored as these bytes."""
    obj = read_object(parse(raw))
    assert isinstance(obj, StixObject), "what is stored was accepted once"
    return obj


def _arrived(rows: Sequence[OwnVersion]) -> Sequence[OwnVersion]:
    """Those that wait for nobody; where all of them wait, all of them.

    What is asked of a later version is asked until an officer has decided: what waits answers for nothing that follows.
    """
    return [row for row in rows if not row.held] or rows


def _age(row: OwnVersion) -> tuple[str, int]:
    """By which the newest of several versions is known; of two encodings of one, that of the newer STIX."""
    return row.version_key, row.spec


def _digests(rows: Sequence[OwnVersion]) -> Mapping[str, frozenset[bytes]]:
    by_key: dict[str, set[bytes]] = defaultdict(set)
    for row in rows:
        by_key[row.version_key].add(row.tree_digest)
    return {key: frozenset(digests) for key, digests in by_key.items()}
