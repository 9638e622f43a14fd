"""Files of STIX objects as people have them: a bundle, an envelope, a list, one object, or one JSON value a line;
plain or gzipped.
"""

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from app.errors import OperatorError
from app.stix.json_faults import JsonLimits
from app.stix.strict_json import JsonRefused, elements, parse

GZIP_MAGIC = b"\x1f\x8b"


def read_objects(name: str, stream: BinaryIO, limits: JsonLimits, bytes_max: int) -> Iterator[bytes]:
    """The exact bytes of each object, in order. Raises OperatorError that names the file and the line."""
    data = read_bytes(name, stream, bytes_max)
    try:
        yield from _in_document(data, limits)
    except JsonRefused as whole:
        if b"\n" not in data.strip():
            raise OperatorError(f"{name} is not JSON: {whole.reason}") from None
        yield from _in_lines(name, data, limits, whole)


def read_bytes(name: str, stream: BinaryIO, bytes_max: int) -> bytes:
    """What the file holds, unpacked if it is gzipped. Raises OperatorError."""
    begins = stream.read(len(GZIP_MAGIC))
    try:
        if begins == GZIP_MAGIC:
            rest = stream.read(bytes_max + 1)
            with gzip.GzipFile(fileobj=BytesIO(begins + rest)) as unpacked:
                data = unpacked.read(bytes_max + 1)
        else:
            data = begins + stream.read(bytes_max + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise OperatorError(f"{name} is not whole gzip data ({error}). Fetch it again.") from None
    if len(data) > bytes_max:
        raise OperatorError(f"{name} holds more than {bytes_max} bytes. Split it, or raise COMITY_LOAD_BYTES_MAX.")
    return data


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading. Raises OperatorError where that fails."""
    try:
        return path.open("rb")
    except OSError as error:
        raise OperatorError(f"{path} can't be read ({error.strerror}). Check the path.") from None


def _in_lines(name: str, data: bytes, limits: JsonLimits, whole: JsonRefused) -> Iterator[bytes]:
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            try:
                yield from _in_document(line, limits)
            except JsonRefused as refused:
                reason = refused.reason if number > 1 else whole.reason
                raise OperatorError(f"{name}:{number} is not JSON: {reason}") from None


def _in_document(data: bytes, limits: JsonLimits) -> Iterator[bytes]:
    """The objects of one JSON value. All of it is read before the first one is given."""
    element = parse(data, JsonLimits(object_bytes_max=max(len(data), 1), depth_max=limits.depth_max))
    if isinstance(element.tree, list):
        yield from (each.raw for each in list(elements(b'{"objects":' + element.raw + b"}", "objects", limits)))
    elif isinstance(element.tree, dict) and isinstance(element.tree.get("objects"), list) and _is_wrapper(element.tree):
        yield from (each.raw for each in list(elements(data, "objects", limits)))
    else:
        yield element.raw


def _is_wrapper(tree: dict[str, object]) -> bool:
    """Whether the value is a bundle or an envelope. Observed-data has `objects` too, but those are a dictionary."""
    return tree.get("type") in (None, "bundle")


def envelope(objects: list[bytes]) -> bytes:
    """A TAXII envelope of these objects, byte for byte as they are."""
    return b'{"objects":[' + b",".join(objects) + b"]}"
