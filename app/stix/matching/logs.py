"""Values of a log to observations: each value, or each row, is one.

A value is given with its kind (docs/values.md), or with the object path at which patterns ask for it, such as
`network-traffic:dst_ref.value`. Values of a kind are refanged and brought to their normal form, as look-ups do; what
stands at a path is taken as it is.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from app.stix.matching.observed import LogText, Observation
from app.stix.matching.reading import Bounds, Unreadable
from app.stix.matching.terms import nanoseconds
from app.stix.observables import kind_named, kinds_meant, normal, refang
from app.stix.observables.texts import AS_DIGITS_MAX
from app.stix.patterns import PatternError, parse_pattern, syntax
from app.stix.patterns.observables import path_of_kind, target_of
from app.stix.patterns.syntax import Step
from app.stix.timestamps import is_timestamp

TIMESTAMP: Final = "timestamp"
SHOWN_CHARS: Final = 60
PATH_STEPS_MAX: Final = 100
"""As deep as JSON may be."""

COLUMNS_MAX: Final = 1000

NO_TIME: Final = "no timestamp such as 2026-01-02T03:04:05Z"

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """What the values of a column are: of a kind, or at an object path; by `name`."""

    name: str
    kind: str | None
    path: syntax.ObjectPath | None


def observations_of_values(members: Sequence[Any], bounds: Bounds) -> Sequence[Observation]:
    """The observations of a list of texts, whose kinds their form tells, and of objects with `type` and `value`.

    Raises Unreadable.
    """
    bounds.check_observations(len(members))
    return [_of_member(each, f"value {number}", bounds) for number, each in enumerate(members, 1)]


def observations_of_rows(data: bytes, bounds: Bounds) -> Sequence[Observation]:
    """The observations of CSV (RFC 4180): a header that names kinds or object paths, and maybe `timestamp`, and rows.

    Cells of one type of object in one row are one object. Raises Unreadable.
    """
    found: list[Observation] = []
    try:
        rows = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        columns = _columns(next(rows, []))
        for number, row in enumerate(rows, 2):
            if any(row):
                bounds.check_observations(len(found) + 1)
                found.append(_of_row(columns, row, f"row {number}", bounds))
    except UnicodeDecodeError as error:
        raise Unreadable(f"octet {error.start + 1}: This is not UTF-8.") from None
    except csv.Error as error:
        raise Unreadable(f"line {rows.line_num}: This is not CSV: {error}.") from None
    return found


def _columns(header: Sequence[str]) -> Sequence[Column]:
    """What the columns of a table are, each something else, and one of them at least a value. Raises Unreadable."""
    if not header:
        raise Unreadable("row 1: The first row names the columns, such as ipv4-addr:value,file:name,timestamp.")
    if len(header) > COLUMNS_MAX:
        raise Unreadable(f"row 1: There are {len(header)} columns, and may be {COLUMNS_MAX}.")
    columns: dict[tuple[str | None, syntax.ObjectPath | None], Column] = {}
    for name in header:
        column = _column(name.strip(), "row 1")
        first = columns.setdefault((column.kind, column.path), column)
        if first is not column:
            raise Unreadable(
                f"row 1: `{column.name[:SHOWN_CHARS]}` stands there after `{first.name[:SHOWN_CHARS]}`, which is the "
                "same. Give the one of them a path such as network-traffic:dst_ref.value, or its values rows."
            )
    if columns.keys() == {(None, None)}:
        raise Unreadable("row 1: Beside `timestamp` there has to be a column of values, such as ipv4-addr:value.")
    return list(columns.values())


def _column(name: str, place: str) -> Column:
    if name.lower() == TIMESTAMP:
        return Column(TIMESTAMP, None, None)
    kind = kind_named(name)
    if kind is not None and path_of_kind(kind) is not None:
        return Column(name, kind, None)
    try:
        expression = parse_pattern(f"[EXISTS {name}]").expression
    except PatternError:
        expression = None
    found = expression.comparison if isinstance(expression, syntax.Observation) else None
    if isinstance(found, syntax.Exists) and len(found.path.steps) <= PATH_STEPS_MAX:
        return Column(name, None, found.path)
    shown = name[:SHOWN_CHARS]
    raise Unreadable(
        f"{place}: `{shown}` is no kind of observable (docs/values.md) and no object path such as file:name, of up to "
        f"{PATH_STEPS_MAX} steps."
    )


def _of_row(columns: Sequence[Column], row: Sequence[str], place: str, bounds: Bounds) -> Observation:
    if len(row) > len(columns):
        raise Unreadable(f"{place}: There are {len(row)} cells under {len(columns)} columns.")
    making = _Making()
    for column, cell in zip(columns, row, strict=False):
        if not cell.strip():
            continue
        if column.name == TIMESTAMP:
            making.at(cell.strip(), place)
            continue
        bounds.add_value(cell)
        if column.path is not None:
            making.put(column.path, LogText(cell), f"{place}, column {column.name}")
        else:
            making.name(column.kind or "", cell, place)
    return making.observation(place)


def _of_member(member: Any, place: str, bounds: Bounds) -> Observation:
    making = _Making()
    if isinstance(member, str):
        bounds.add_value(member)
        for kind in _meant(member):
            making.name(kind, member, place, alone=True)
        return making.observation(place)
    if not isinstance(member, Mapping) or not {"type", "value"} <= member.keys() <= {"type", "value", TIMESTAMP}:
        raise Unreadable(f"{place}: A value is a text, or an object with `type`, `value` and maybe `timestamp`.")
    given, kind = member["value"], member["type"]
    if not isinstance(given, str | int | float) or not isinstance(kind, str):
        raise Unreadable(f"{place}: `type` is a text, and `value` a text, a number or a truth value.")
    column = _column(kind.strip(), place)
    if column.name == TIMESTAMP:
        raise Unreadable(f"{place}: `type` is the kind of a value or an object path.")
    bounds.add_value(str(given))
    if column.path is not None:
        making.put(column.path, given, place)
    else:
        making.name(column.kind or "", str(given), place)
    if TIMESTAMP in member:
        making.at(member[TIMESTAMP], place)
    return making.observation(place)


def _meant(value: str) -> Sequence[str]:
    """The kinds that a value may be of, as a look-up takes it."""
    return [each for each in kinds_meant(refang(value)) if path_of_kind(each) is not None]


class _Making:
    """An observation in the making. Objects have keys of their own, by which they refer to each other."""

    def __init__(self) -> None:
        self._objects: dict[str, Tree] = {}
        self._by_type: dict[str, Tree] = {}
        self._at: int | None = None

    def at(self, timestamp: Any, place: str) -> None:
        """Say when it was. Raises Unreadable."""
        if not isinstance(timestamp, str) or not is_timestamp(timestamp):
            raise Unreadable(f"{place}: `{str(timestamp)[:SHOWN_CHARS]}` is {NO_TIME}.")
        self._at = nanoseconds(timestamp)

    def name(self, kind: str, written: str, place: str, *, alone: bool = False) -> None:
        """Put a value of this kind in, in its normal form: `alone`, or where there is one already, as another object.

        Raises Unreadable.
        """
        form = normal(kind, refang(written))
        path = path_of_kind(form.kind)
        assert path is not None
        value = _number_of_as(form.value) if form.kind == "autonomous-system" else form.value
        holder = self._new(path.object_type) if alone else self._of(path.object_type)
        if _stand_in(holder, path.steps, value, place) is not value:
            _stand_in(self._new(path.object_type), path.steps, value, place)

    def put(self, path: syntax.ObjectPath, value: Any, place: str) -> None:
        """Put a value at this path, through references to objects that are made for it. Raises Unreadable."""
        self._put(self._of(path.object_type), path.steps, value, place)

    def observation(self, place: str) -> Observation:
        """The observation."""
        return Observation(place, self._objects, self._objects, self._at, self._at)

    def _of(self, object_type: str) -> Tree:
        if object_type not in self._by_type:
            self._by_type[object_type] = self._new(object_type)
        return self._by_type[object_type]

    def _new(self, object_type: str) -> Tree:
        return self._objects.setdefault(str(len(self._objects)), {"type": object_type})

    def _put(self, holder: Tree, steps: Sequence[Step], value: Any, place: str) -> None:
        """Put a value into an object; where the path leads on through a reference, into the object that it leads to."""
        for number, step in enumerate(steps[:-1]):
            if isinstance(step, str) and step.endswith(("_ref", "_refs")):
                target = target_of(step, str(value))
                if target is None:
                    raise Unreadable(f"{place}: To what `{step}` leads is not known.")
                rest = number + 1 + isinstance(steps[number + 1], int | syntax.ListIndex)
                key = _stand_in(holder, steps[:rest], str(len(self._objects)), place)
                self._put(self._objects.setdefault(str(key), {"type": target}), steps[rest:], value, place)
                return
        if _stand_in(holder, steps, value, place) is not value:
            raise Unreadable(f"{place}: There is another value there already.")


def _number_of_as(text: str) -> int | str:
    """The number in the normal form of an autonomous system; a text where that is none."""
    return int(text) if len(text) <= AS_DIGITS_MAX and text.isascii() and text.isdecimal() else text


def _stand_in(holder: Tree, steps: Sequence[Step], value: Any, place: str) -> Any:
    """What stands at the end of these steps into an object: the value, unless there was another before."""
    inner: Any = holder
    for number, step in enumerate(steps):
        into = value
        if number + 1 < len(steps):
            into = {} if isinstance(steps[number + 1], str) else []
        if isinstance(step, str) and isinstance(inner, dict):
            inner = inner.setdefault(step, into)
        elif step in (syntax.ListIndex.ANY, 0) and isinstance(inner, list):
            inner.extend([] if inner else [into])
            inner = inner[0]
        else:
            raise Unreadable(f"{place}: The path does not fit another one, or has an index other than * and 0.")
    return inner
