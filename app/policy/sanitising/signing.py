"""The bytes of a derivative: its content, signed by the exchange's own identity."""

import json
from collections.abc import Mapping
from typing import Any, Final

SIGNED: Final = frozenset({"id", "created", "modified", "created_by_ref"})
"""The properties that a derivative has of the exchange, and nothing of its original in them."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def signed(content: Mapping[str, Any], *, id: str, created: str, modified: str, identity: str) -> bytes:
    """The bytes of a version of a derivative: this content under this id, created and signed by this identity.

    Equal arguments give equal bytes, in whatever order the properties stand. `read_object` takes the content of every
    `Sanitised` and of every `withdrawn`.
    """
    ours = {"id": id, "created": created, "modified": modified, "created_by_ref": identity}
    return _ENCODER.encode({**content, **ours}).encode()
