"""Feeds of MISP as they lie on a disk: a folder or an archive (zip, tar) with `manifest.json` and a file an event."""

import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from app.errors import OperatorError
from app.feeds.misp_shapes import is_uuid
from app.feeds.rows import NotAFeed, document_of
from app.visible_text import shown

MANIFEST = "manifest.json"
_SECONDS = re.compile(r"[0-9]{1,10}")
_AGAIN = "Fetch the feed again, or give the event's file."
_UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile, RuntimeError)

Read = Callable[[str, int], bytes]
"""The first octets of a file by its name, as many as are asked for at most."""


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event of the manifest; `changed` is None where that does not say when. `wrong`, a sentence, is why it can't be
    read: what the manifest says of it is in no shape of MISP's, or its file is not there.
    """

    uuid: str
    changed: datetime | None
    file: str
    wrong: str | None = None


class MispFeed:
    """A feed that is open. `events` are in the order in which they are read fastest."""

    def __init__(self, name: str, files: Sequence[str], read: Read, bytes_max: int) -> None:
        self.name = name
        self._read = read
        self._bytes_max = bytes_max
        # archives may have `./` before each name
        self._names = {str(PurePosixPath(file)): file for file in files}
        self.events = tuple(self._listed(_manifest_among(name, [*self._names])))

    def event(self, listed: ListedEvent) -> bytes:
        """The file of an event. Raises OperatorError."""
        if listed.wrong is not None:
            raise OperatorError(listed.wrong)
        return self._whole(listed.file)

    def _listed(self, manifest: str) -> Iterator[ListedEvent]:
        try:
            listed = document_of(self._whole(manifest))
        except NotAFeed as error:
            raise OperatorError(f"{self.name}: {manifest}: {error} Fetch it again.") from None
        if not isinstance(listed, dict):
            raise OperatorError(f"{self.name}: {manifest} is no manifest of MISP, an object of events by their UUIDs.")
        places = {file: number for number, file in enumerate(self._names)}
        found: dict[str, ListedEvent] = {}
        for uuid, told in listed.items():
            event = _event(manifest, places, uuid, told)
            if event.uuid in found:
                event = replace(event, changed=None, wrong=f"It stands twice in {manifest}. {_AGAIN}")
            found[event.uuid] = event
        yield from sorted(found.values(), key=lambda each: places.get(each.file, len(places)))

    def _whole(self, file: str) -> bytes:
        try:
            data = self._read(self._names[file], self._bytes_max + 1)
        except _UNREADABLE as error:
            raise OperatorError(f"{self.name}: {file} can't be read ({error}). Fetch it again.") from None
        if len(data) > self._bytes_max:
            raise OperatorError(f"{file} holds more than {self._bytes_max} bytes. Raise COMITY_LOAD_BYTES_MAX.")
        return data


def is_misp_feed(path: Path) -> bool:
    """Whether this is a folder or an archive, and no file of events."""
    try:
        return path.is_dir() or (path.is_file() and (zipfile.is_zipfile(path) or tarfile.is_tarfile(path)))
    except _UNREADABLE:
        return False


@contextmanager
def open_misp_feed(path: Path, bytes_max: int) -> Iterator[MispFeed]:
    """The feed in a folder or an archive; `bytes_max` bounds each of its files. Raises OperatorError."""
    if path.is_dir():
        files = sorted(each.relative_to(path).as_posix() for each in (*path.glob("*.json"), *path.glob("*/*.json")))
        yield MispFeed(str(path), files, lambda file, most: _first(path / file, most), bytes_max)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield MispFeed(str(path), archive.namelist(), lambda file, most: archive.open(file).read(most), bytes_max)
    else:
        with tarfile.open(path) as archive:
            members = {each.name: each for each in _members(path, archive) if each.isfile()}
            yield MispFeed(
                str(path), list(members), lambda file, most: _of_tar(archive, members[file], most), bytes_max
            )


def _members(path: Path, archive: tarfile.TarFile) -> Sequence[tarfile.TarInfo]:
    try:
        return archive.getmembers()
    except _UNREADABLE as error:
        raise OperatorError(f"{path} is not a whole archive ({error}). Fetch it again.") from None


def _of_tar(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    stream = archive.extractfile(member)
    return b"" if stream is None else stream.read(most)


def _first(path: Path, most: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(most)


def _manifest_among(name: str, files: Sequence[str]) -> str:
    found = [file for file in files if PurePosixPath(file).name == MANIFEST]
    if len(found) == 1:
        return found[0]
    if found:
        raise OperatorError(f"{name} holds {len(found)} feeds: {', '.join(found[:3])}. Give them one by one.")
    raise OperatorError(f"There is no {MANIFEST} in {name}. Give a feed as MISP writes it, or the files of its events.")


def _event(manifest: str, there: Mapping[str, int], uuid: str, told: object) -> ListedEvent:
    """What the manifest says of an event. One without a `timestamp` is read whenever the feed is."""
    if not is_uuid(uuid):
        return ListedEvent(shown(uuid), None, "", f"{manifest} has it where the UUID of an event stands. {_AGAIN}")
    file, uuid = str(PurePosixPath(manifest).with_name(f"{uuid}.json")), uuid.lower()
    if not isinstance(told, dict):
        return ListedEvent(uuid, None, file, f"What {manifest} says of it is no object. {_AGAIN}")
    seconds = told.get("timestamp")
    written = str(seconds) if isinstance(seconds, str | int) and not isinstance(seconds, bool) else ""
    if seconds is not None and not _SECONDS.fullmatch(written):
        is_told = f"`{shown(json.dumps(seconds))}`"
        wrong = f"Its `timestamp` in {manifest} is {is_told}, and no seconds since 1970. {_AGAIN}"
        return ListedEvent(uuid, None, file, wrong)
    missing = None if file in there else f"The manifest names it, and there is no {file}."
    return ListedEvent(uuid, datetime.fromtimestamp(int(written), UTC) if written else None, file, missing)
