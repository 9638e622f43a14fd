"""The clauses of break-glass as they are kept with a revision, and as people read them."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from app.policy.partnership import ALL, BreakGlass, Everything, Terms, TlpLevel
from app.policy.rules import listed
from app.stix.timestamps import from_datetime


def write_clauses(clauses: Iterable[BreakGlass]) -> str:
    """The clauses as they are stored."""
    return json.dumps([as_json(each) for each in clauses], sort_keys=True, ensure_ascii=False)


def read_clauses(text: str) -> tuple[BreakGlass, ...]:
    """What `write_clauses` wrote."""
    return tuple(_clause(each) for each in json.loads(text))


def as_json(clause: BreakGlass) -> dict[str, Any]:
    """A clause for a machine: its number, its collection by UUID, what it lifts, for whom, until when, by whom, why."""
    return {
        "number": clause.number,
        "collection": clause.collection,
        "to": sorted(clause.partners),
        "tlp": sorted(clause.tlp),
        "unmarked": clause.unmarked,
        "types": "all" if isinstance(clause.types, Everything) else sorted(clause.types),
        "objects": None if clause.objects is None else sorted(clause.objects),
        "opened": clause.opened.isoformat(),
        "until": clause.until.isoformat(),
        "officers": list(clause.officers),
        "reason": clause.reason,
    }


def told(terms: Terms, now: datetime) -> Iterator[str]:
    """A sentence for each clause that these terms keep: what it opens, for whom, until when, by whom, why."""
    for each in terms.clauses:
        known = terms.partnership.collection_by_id(each.collection)
        where = f"{terms.partnership.root}/{known.alias if known is not None else each.collection}"
        open_now = f"is open in {where} until" if each.is_open(now) else f"was open in {where}, and ended at"
        yield (
            f"Break-glass {each.number} {open_now} {from_datetime(each.until)}: {_what(each)}, for "
            f"{listed(each.partners)}. Opened at {from_datetime(each.opened)} by {' and '.join(each.officers)}: "
            f"{each.reason}"
        )


def ended(before: Iterable[BreakGlass], after: Iterable[BreakGlass]) -> Iterator[str]:
    """A sentence for each of the clauses before that does not stay, or not for all whom it names."""
    left = {each.number: each.partners for each in after}
    for each in before:
        if gone := each.partners - left.get(each.number, frozenset()):
            yield f"Break-glass {each.number} ends for {listed(gone)}: a member or the collection that it names leaves."


def _what(clause: BreakGlass) -> str:
    levels = [*sorted(clause.tlp), *(["unmarked"] if clause.unmarked else [])]
    types = "" if isinstance(clause.types, Everything) else f", of the types {listed(clause.types)}"
    objects = "" if clause.objects is None else f", of the objects {listed(clause.objects)}"
    return f"what is {', '.join(levels)}{types}{objects}"


def _clause(facts: dict[str, Any]) -> BreakGlass:
    first, second = facts["officers"]
    return BreakGlass(
        number=facts["number"],
        collection=facts["collection"],
        partners=frozenset(facts["to"]),
        tlp=frozenset(TlpLevel(level) for level in facts["tlp"]),
        opened=datetime.fromisoformat(facts["opened"]),
        until=datetime.fromisoformat(facts["until"]),
        officers=(first, second),
        reason=facts["reason"],
        types=ALL if facts["types"] == "all" else frozenset(facts["types"]),
        objects=None if facts["objects"] is None else frozenset(facts["objects"]),
        unmarked=facts["unmarked"],
    )
