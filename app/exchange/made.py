"""What the exchange writes for somebody, read as what comes from outside is: by the same bounds and rules."""

import json
from collections.abc import Mapping
from typing import Any

from app.exchange.exchange import Exchange
from app.stix.json_faults import JsonLimits
from app.stix.objects import Rejected, StixObject, Violation
from app.stix.strict_json import JsonRefused, parse
from app.stix.validation import read_object


def read_made(exchange: Exchange, tree: Mapping[str, Any]) -> StixObject | Rejected:
    """The object of this tree, which holds its `id`, or what is wrong with it."""
    settings = exchange.settings
    limits = JsonLimits(depth_max=settings.json_depth_max, object_bytes_max=settings.object_bytes_max)
    raw = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    try:
        return read_object(parse(raw, limits))
    except JsonRefused as refused:
        return Rejected(str(tree["id"]), None, (Violation("", refused.reason),))
