"""Objects as they are: one a line, or a bundle."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

from app.exports.formats import Shown

NDJSON_TYPE: Final = "application/x-ndjson"
BUNDLE_TYPE: Final = "application/stix+json;version=2.1"
_BUNDLES: Final = UUID("9c2b7f7e-54f0-4c0b-8b0e-6f1d5a3e2c47")


def lines(shown: Sequence[Shown]) -> bytes:
    """An object a line. Line ends within an object, which JSON has between its tokens alone, become blanks."""
    return b"".join(each.content.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n" for each in shown)


def bundle(shown: Sequence[Shown]) -> bytes:
    """A bundle (STIX 2.1 section 8), with an id that rests on what is in it; without `objects` where there are none."""
    contents = b",".join(each.content for each in shown)
    head = b'{"type":"bundle","id":"bundle--%s"' % str(uuid5(_BUNDLES, contents.hex())).encode()
    return head + (b',"objects":[' + contents + b"]}" if shown else b"}")
