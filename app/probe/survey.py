"""What there is to judge: the API root, its collections, one that can be read, and what stands in it.

The survey takes what a server says as it comes; whether that is as it should be, is for the checks.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote, urljoin, urlsplit
from uuid import UUID

from app.errors import OperatorError
from app.probe.asking import Answer, Asker, Headers
from app.probe.judging import DoesNotApply, Fails
from app.probe.walking import Row, Walk, has_more, instant, items_of, rows_of, version_of, whole, with_query
from app.stix.vocabularies import SCO_TYPES

if TYPE_CHECKING:
    from app.probe.offering import Offering

DISCOVERY: Final = "/taxii2/"
COLLECTIONS_TRIED_MAX: Final = 10
"""Readable collections that are looked into, to find one that holds something."""
WINDOW_ROWS: Final = 8
"""The newest rows of a collection over which it is walked with small limits."""
OBJECTS_ASKED_MAX: Final = 12
"""Objects whose versions are asked for, to find one with several."""
EVERYTHING: Final = "match[version]=all"

NewUuid: TypeAlias = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Window:
    """A few rows that follow each other. `query` leads to the first; `ended`: nothing stands after the last."""

    query: str
    rows: Sequence[Row]
    ended: bool


@dataclass
class Target:
    """One server, as one account sees it. `root` is a path that ends in a slash; `collection` can be read.

    `new_uuid` makes identifiers that nobody knows, `now` is the instant of the run.
    """

    asker: Asker
    discovery: Answer
    new_uuid: NewUuid
    now: datetime
    root: str | None = None
    collections: Sequence[Mapping[str, Any]] = ()
    collection: Mapping[str, Any] | None = None
    offering: "Offering | None" = None
    unknown: str = field(init=False)

    def __post_init__(self) -> None:
        self.unknown = str(self.new_uuid())

    def get(self, path: str, headers: Headers | None = None) -> Answer:
        """The answer to this GET."""
        return self.asker.get(path, headers)

    @property
    def at_root(self) -> str:
        """The path of the API root. Raises DoesNotApply where there is none."""
        if self.root is None:
            raise DoesNotApply("there is no API root on this server for this account")
        return self.root

    @property
    def here(self) -> str:
        """The path of the collection that is read. Raises DoesNotApply where there is none."""
        if self.collection is None:
            raise DoesNotApply("there is no collection that this account can read")
        return self.path_of(self.collection)

    def path_of(self, collection: Mapping[str, Any]) -> str:
        """The path of a collection of the root."""
        return f"{self.at_root}collections/{quote(str(collection['id']), safe='')}/"

    @cached_property
    def manifest(self) -> Walk:
        """The manifest as it comes without a filter. Raises DoesNotApply where it can't be walked."""
        return self._walked("")

    @property
    def rows(self) -> list[Row]:
        """The rows of the manifest, the last version of each object, by date; whether they come so is for a check."""
        return sorted(rows_of(self.manifest.items), key=_date)

    @cached_property
    def versions(self) -> list[Row]:
        """The rows of the manifest with all versions, by date, as far as it was walked."""
        return sorted(rows_of(self._walked(EVERYTHING).items), key=_date)

    @cached_property
    def overtaken(self) -> list[Row]:
        """Rows that are no object's last version. Asked with added_after, a server may give them as the last one after
        that date: the standard leaves open whether `last` or added_after comes first.
        """
        last = set(self.rows)
        return [each for each in self.versions if each not in last]

    def without_overtaken(self, items: Sequence[Any]) -> list[Any]:
        """These objects or records, without those that have a later version here; what names no version stays."""
        last = {each.id: instant(each.version) for each in self.rows}
        versions = [(each, each.get("version", version_of(each))) for each in items]
        return [
            each
            for each, version in versions
            if not isinstance(version, str) or instant(version) >= last.get(str(each.get("id")), "")
        ]

    def at_least(self, count: int) -> list[Row]:
        """The rows. Raises DoesNotApply where there are fewer than `count`."""
        if len(self.rows) < count:
            raise DoesNotApply(f"the collection holds {len(self.rows)} objects, and this needs {count}")
        return self.rows

    def window(self, count: int = 2) -> Window:
        """Some rows at the end of the collection, or at its beginning where the end was not reached."""
        rows = self.at_least(count)
        if not self.manifest.ended:
            return Window("", rows[:WINDOW_ROWS], ended=False)
        if len(rows) <= WINDOW_ROWS:
            return Window("", rows, ended=True)
        before = rows[-WINDOW_ROWS - 1].date_added
        after = [each for each in rows if each.date_added > before]
        if len(after) < count or any(each.date_added > before for each in self.overtaken):
            return Window("", rows[:WINDOW_ROWS], ended=False)
        return Window(f"added_after={quote(before, safe='')}", after, ended=True)

    @property
    def offered(self) -> "Offering":
        """What the probe pushes. Raises DoesNotApply where it only reads."""
        if self.offering is None:
            raise DoesNotApply("the probe only reads")
        return self.offering

    @property
    def one(self) -> Row:
        """The newest row."""
        return self.at_least(1)[-1]

    def object_path(self, object_id: str) -> str:
        """The path of one object of the collection."""
        return f"{self.here}objects/{quote(object_id, safe='')}/"

    @cached_property
    def several(self) -> tuple[str, list[str]]:
        """The id of an object with several versions, and these in the order of their dates.

        Raises DoesNotApply where none was found.
        """
        by_id: dict[str, list[str]] = {}
        for row in self.versions:
            if row.id.partition("--")[0] in SCO_TYPES:
                continue  # these do not say their versions themselves
            by_id.setdefault(row.id, []).append(row.version)
        found = [each for each in by_id.items() if len(each[1]) > 1]
        for object_id in [] if found else list(by_id)[-OBJECTS_ASKED_MAX:]:
            listed = self.get(f"{self.object_path(object_id)}versions/").json
            versions = listed.get("versions") if isinstance(listed, Mapping) else None
            if isinstance(versions, list) and len(versions) > 1:
                found.append((object_id, [str(each) for each in versions]))
        if not found:
            raise DoesNotApply("no object with several versions was found")
        return found[-1]

    def read_endpoints(self) -> dict[str, str]:
        """Every path of the standard that is read here, by its name; pages are kept short."""
        found = {"discovery": DISCOVERY}
        if self.root is not None:
            found |= {"API root": self.root, "collections": f"{self.root}collections/"}
        if self.collection is not None:
            found |= {"collection": self.here, **self.page_endpoints(limit=2)}
        return found

    def page_endpoints(self, limit: int | None = None) -> dict[str, str]:
        """The paths that answer in pages; those of one object where the collection holds one."""
        size = f"limit={limit}" if limit else ""
        found = {name: with_query(f"{self.here}{name}/", size) for name in ("manifest", "objects")}
        with suppress(DoesNotApply):
            path = self.object_path(self.one.id)
            found |= {"object": with_query(path, size), "versions": with_query(f"{path}versions/", size)}
        return found

    def _walked(self, query: str) -> Walk:
        try:
            return whole(self.asker, f"{self.here}manifest/", query)
        except Fails as failed:
            raise DoesNotApply(f"the manifest can't be walked: {failed}") from None


def _date(row: Row) -> str:
    return row.date_added


def survey(
    asker: Asker, new_uuid: NewUuid, now: datetime, root: str | None = None, collection: str | None = None
) -> Target:
    """Look around. Raises OperatorError where nothing can be judged, or `root` or `collection` is not there."""
    try:
        discovery = asker.get(DISCOVERY)
    except Fails as failed:
        raise OperatorError(
            f"{asker.base} does not answer ({failed.seen.answer}). Check the address, and --ca if it has a certificate."
        ) from None
    if discovery.status in (401, 403):
        asked = "knows no such account" if asker.authorization else "wants credentials"
        raise OperatorError(f"{asker.base} {asked} ({discovery.status}). Check --user and the password, or the token.")
    target = Target(asker, discovery, new_uuid, now)
    target.root = _root(target, root)
    if target.root is not None:
        target.collections = _collections(target)
        target.collection = _readable(target, collection)
    elif collection is not None:
        raise OperatorError(f"There is no API root in which to look for {collection}. Name one with --root.")
    return target


def named(target: Target, wanted: str) -> Mapping[str, Any]:
    """The collection of this id or alias. Raises OperatorError where the account sees none."""
    for each in target.collections:
        if wanted in (each["id"], each.get("alias")):
            return each
    raise OperatorError(f"{target.root} shows this account no collection {wanted}. Give its id, as collections/ does.")


def _root(target: Target, wanted: str | None) -> str | None:
    """The path of the root: the one that was asked for, else the default, else the first on this server."""
    body = target.discovery.json if isinstance(target.discovery.json, Mapping) else {}
    listed = body.get("api_roots")
    texts = [str(each) for each in listed] if isinstance(listed, list) else []
    texts.sort(key=lambda each: each != body.get("default"))
    paths = [path for each in texts if (path := _path_here(target.asker.base, each)) is not None]
    if wanted is None:
        return paths[0] if paths else None
    for path in paths:
        if wanted.strip("/") in (path.strip("/"), path.rstrip("/").rpartition("/")[2]):
            return path
    path = _path_here(target.asker.base, wanted if "://" in wanted else f"/{wanted.lstrip('/')}")
    if path is None or target.asker.get(path).status != 200:
        raise OperatorError(f"{wanted} is no API root of {target.asker.base} for this account. It lists: {texts}.")
    return path


def _path_here(base: str, root: str) -> str | None:
    """The path of a root on this server; None on another one, to which these credentials do not go."""
    try:
        parts = urlsplit(urljoin(f"{base}{DISCOVERY}", root))
        at_home = (parts.scheme, parts.netloc) == tuple(urlsplit(base)[:2])
    except ValueError:
        return None
    return f"{parts.path.rstrip('/')}/" if at_home else None


def _collections(target: Target) -> list[Mapping[str, Any]]:
    try:
        body = target.get(f"{target.root}collections/").json
    except Fails:
        return []
    listed = body.get("collections") if isinstance(body, Mapping) else None
    every = listed if isinstance(listed, list) else []
    return [each for each in every if isinstance(each, Mapping) and isinstance(each.get("id"), str)]


def _readable(target: Target, wanted: str | None) -> Mapping[str, Any] | None:
    """The collection that was asked for, else the first that holds two objects, else one that holds any."""
    if wanted is not None:
        chosen = named(target, wanted)
        if not chosen.get("can_read"):
            raise OperatorError(f"This account can't read {wanted}, so there is nothing to judge. Choose another one.")
        return chosen
    best, most = None, -1
    for each in [each for each in target.collections if each.get("can_read")][:COLLECTIONS_TRIED_MAX]:
        try:
            page = target.get(with_query(f"{target.path_of(each)}manifest/", "limit=2"))
            held = len(items_of(page)) + has_more(page) if page.status == 200 else -1
        except Fails:
            held = -1
        if held > most:
            best, most = each, held
        if most >= 2:
            break
    return best
