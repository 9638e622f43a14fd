"""What analysts upload: STIX or log values, as JSON or CSV."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from app.stix.json_faults import JsonLimits
from app.stix.matching.logs import observations_of_rows, observations_of_values
from app.stix.matching.observed import Observation
from app.stix.matching.reading import Bounds, Unreadable, observations_of
from app.stix.strict_json import JsonRefused, parse

__all__ = ["Bounds", "Unreadable", "UploadForm", "read_upload"]


class UploadForm(StrEnum):
    """In which form an upload is."""

    JSON = "json"
    CSV = "csv"


def read_upload(data: bytes, form: UploadForm, limits: JsonLimits, bounds: Bounds) -> Sequence[Observation]:
    """The observations of an upload, at least one: CSV rows, or JSON that has `values` or else is STIX.

    Raises Unreadable, also where it holds more than it may.
    """
    if form is UploadForm.CSV:
        found = observations_of_rows(data, bounds)
    else:
        tree = _json(data, limits)
        if isinstance(tree, Mapping) and "values" in tree and "type" not in tree:
            members = tree["values"]
            if len(tree) > 1 or not isinstance(members, list):
                raise Unreadable("Log values are an object with one member, `values`, which is a list.")
            found = observations_of_values(members, bounds)
        else:
            found = observations_of(tree, bounds)
    if not found:
        raise Unreadable("There is no value in it.")
    return found


def _json(data: bytes, limits: JsonLimits) -> object:
    try:
        element = parse(data, limits)
    except JsonRefused as refused:
        raise Unreadable(refused.reason) from None
    if element.refusals:
        raise Unreadable(" ".join(element.refusals))
    return element.tree
