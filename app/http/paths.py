"""Request paths: split on the raw slashes, then each segment percent-decoded, once.

Matching is exact, except that the final slash may be missing: clients build both forms, and a redirect costs some of
them their credentials. A segment that decodes to nothing, to a slash, to U+0000 or to no UTF-8 belongs to no resource.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes


class PathTemplate:
    """A path such as `/{root}/collections/`; the names in braces stand for one segment each."""

    def __init__(self, template: str) -> None:
        self.template = template
        self._parts = tuple(template.strip("/").split("/"))

    def match(self, raw_path: bytes) -> Mapping[str, str] | None:
        """The named segments of this path, decoded; None if it is another path."""
        before, *segments = raw_path.split(b"/")
        if segments and not segments[-1]:
            segments.pop()
        if before or len(segments) != len(self._parts):
            return None
        named: dict[str, str] = {}
        for part, raw in zip(self._parts, segments, strict=True):
            segment = _decoded(raw)
            if part.startswith("{") and segment:
                named[part[1:-1]] = segment
            elif part != segment:
                return None
        return named


def raw_path(scope: Mapping[str, Any]) -> bytes:
    """The path as it was sent. A server that keeps only the decoded one has it quoted again."""
    raw = scope.get("raw_path")
    return raw if isinstance(raw, bytes) else quote(scope["path"]).encode("ascii")


def _decoded(raw: bytes) -> str:
    """The text of one segment; empty if it is none that a resource could have."""
    try:
        text = (unquote_to_bytes(raw) if b"%" in raw else raw).decode()
    except UnicodeDecodeError:
        return ""
    return "" if "/" in text or "\0" in text else text
