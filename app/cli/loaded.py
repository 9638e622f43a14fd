"""What is told of a load: how many objects were taken, and why others were not; and the same of a trial."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.cli.setting_up import out, print_json
from app.exchange.push_status import AFTER_REVIEW, ALREADY_PRESENT, FAILURE, Outcome

REASONS_SHOWN = 20


class Told(NamedTuple):
    """What became of one object: the file that it is from, and where it stands there, "" for STIX."""

    file: str
    place: str
    outcome: Outcome

    @property
    def reason(self) -> str:
        """The message without the place, so that one reason is told once."""
        message = self.outcome.message or ""
        return message.removeprefix(self.place).lstrip(":, ") if self.place else message


@dataclass
class Loaded:
    """What became of all objects, and how many events of MISP were as they were before.

    Of a trial also the first `objects`, and how many more there are, of which intake was not asked.
    """

    told: list[Told] = field(default_factory=list)
    unchanged: int = 0
    objects: list[Mapping[str, Any]] = field(default_factory=list)
    unasked: int = 0

    @property
    def refused(self) -> Sequence[Told]:
        """Those that were not taken."""
        return [each for each in self.told if each.outcome.result == FAILURE]

    def count(self, message: str) -> int:
        """How many were told this."""
        return sum(each.outcome.message == message for each in self.told)

    @property
    def accepted(self) -> int:
        """How many were taken and had not been there."""
        return len(self.told) - len(self.refused) - self.count(ALREADY_PRESENT)

    def to_json(self) -> dict[str, Any]:
        """As a document."""
        return {
            "total": len(self.told) + self.unasked,
            "accepted": self.accepted,
            "after_review": self.count(AFTER_REVIEW),
            "already_present": self.count(ALREADY_PRESENT),
            "unchanged_events": self.unchanged,
            "refused": [
                {"file": file, "id": outcome.id, "version": outcome.version, "message": outcome.message}
                for file, _, outcome in self.refused
            ],
        }


def tell_load(loaded: Loaded, *, as_json: bool) -> None:
    """What a load did; of what was refused the most frequent reasons."""
    if as_json:
        print_json(loaded.to_json())
        return
    refused = loaded.refused
    later = loaded.count(AFTER_REVIEW)
    review = f" ({later} of them visible after review)" if later else ""
    present = loaded.count(ALREADY_PRESENT)
    out().print(f"{loaded.accepted} objects accepted{review}, {present} already present, {len(refused)} refused.")
    _tell_unchanged(loaded.unchanged)
    for reason, count in Counter(each.reason for each in refused).most_common(REASONS_SHOWN):
        example = next(each for each in refused if each.reason == reason)
        out().print(f"  {count} × {reason} (such as {example.place or example.outcome.id} in {example.file})")


def tell_trial(loaded: Loaded, *, as_json: bool) -> None:
    """What a load would do, the first objects, and everything that would be refused."""
    if as_json:
        print_json({**loaded.to_json(), "unasked": loaded.unasked, "objects": loaded.objects})
        return
    for tree in loaded.objects:
        print_json(tree)
    later = loaded.count(AFTER_REVIEW)
    review = f" ({later} of them visible after review)" if later else ""
    present, refused = loaded.count(ALREADY_PRESENT), loaded.refused
    out().print(
        f"{loaded.accepted} objects would be accepted{review}, {present} are already present, {len(refused)} would be "
        "refused. Nothing was pushed."
    )
    if loaded.unasked:
        out().print(f"{loaded.unasked} objects more can be read, and were not tried any further.")
    _tell_unchanged(loaded.unchanged)
    for file, _, outcome in refused:
        out().print(f"  {file}: {outcome.message}")


def _tell_unchanged(events: int) -> None:
    if events:
        out().print(f"{events} events are as they were given before, and were not read.")
