"""How the versions of one object bind one another: the newest of a line caps the earlier ones, and ends them with it.

A contribution stands in one line. Of those that it has left, since its submitter speaks for the owner no longer or the
identity is nobody's any more, the newest version goes on binding it, and it goes on counting there: to take a right
away opens nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.exchange.gathered import Gathered, Line
from app.policy.handling import Handling
from app.policy.lines import cap_of, originator_of, together
from app.policy.release_case import Cap
from app.policy.times import Span, dated_by, ended_with
from app.storage.contributions import Contribution

Lines = Mapping[Line, Sequence[Contribution]]


def lines_among(known: Gathered, rows: Iterable[Contribution]) -> Lines:
    """The lines of these contributions of one object, those that they have left too, each with all who count there."""
    found: dict[Line, list[Contribution]] = defaultdict(list)
    for row in rows:
        for line in known.lines_of(row):
            found[line].append(row)
    return found


def cap_over(known: Gathered, lines: Lines, row: Contribution, handlings: Mapping[int, Handling]) -> Cap | None:
    """What the newest versions of its lines ask for, where they are later than this; `handlings` by contribution."""
    caps = (_cap_within(known, lines[line], row, handlings) for line in known.lines_of(row))
    return together([cap for cap in caps if cap is not None])


def _cap_within(
    known: Gathered, line: Sequence[Contribution], row: Contribution, handlings: Mapping[int, Handling]
) -> Cap | None:
    newest = max(each.version_key for each in line)
    if newest <= row.version_key:
        return None
    of_newest = [each for each in line if each.version_key == newest]
    cap = cap_of(row.version_key, [(newest, handlings[each.id], each.partner) for each in of_newest])
    assert cap is not None, "it is of a later version"
    names = (originator_of(known.derived[each.id].origin, each.partner, known.terms) for each in of_newest)
    dated = next((dated_by(each.aged_from) for each in of_newest if each.aged_from is not None), cap.dated)
    return replace(cap, originators=frozenset(names), dated=dated)


def ended_with_their_lines(known: Gathered, rows: Sequence[Contribution], spans: Mapping[int, Span]) -> dict[int, Span]:
    """When each may be shown: no longer than the newest of its lines, by what each may be shown by itself."""
    lines = lines_among(known, rows)
    ended = dict(spans)
    for of_line in lines.values():
        newest = max(each.version_key for each in of_line)
        ends = [spans[each.id] for each in of_line if each.version_key == newest]
        for row in of_line:
            if row.version_key < newest:
                for end in ends:
                    ended[row.id] = ended_with(ended[row.id], end)
    return ended
