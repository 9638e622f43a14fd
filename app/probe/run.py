"""A run: every check in its order, and the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.probe import (
    catalogue,
    credentials,
    discovery,
    everything,
    filters,
    media_types,
    pages,
    paging,
    parameters,
    paths,
    versions,
    withdrawing,
    writing,
)
from app.probe.judging import Check, DoesNotApply, Fails, Level, Outcome, Seen
from app.probe.survey import Target
from app.probe.walking import items_of, rows_of

READING: Final[Sequence[Check]] = (
    *discovery.CHECKS,
    *catalogue.CHECKS,
    *credentials.CHECKS,
    *media_types.CHECKS,
    *paths.CHECKS,
    *pages.CHECKS,
    *paging.CHECKS,
    *parameters.CHECKS,
    *filters.CHECKS,
    *versions.CHECKS,
)
WRITING: Final[Sequence[Check]] = (*writing.CHECKS, *withdrawing.CHECKS)


@dataclass(frozen=True, slots=True)
class Result:
    """How one check ended: `seen` where it fails, `reason` where it does not apply."""

    check: Check
    outcome: Outcome
    seen: Seen | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found.

    `cut_short` says why some checks could not be judged any more, if so.
    `changed` says that others changed the collection meanwhile, so that checks of paging may have failed for that.
    `left_behind` are the ids of objects that the probe pushed and could not withdraw.
    """

    base: str
    root: str | None
    collection: str | None
    written_to: str | None
    requests: int
    results: Sequence[Result]
    cut_short: str
    changed: bool
    left_behind: Sequence[str]

    @property
    def passed(self) -> bool:
        """Whether the run came to its end, left nothing behind, and no check of the level `must` fails."""
        whole = not self.cut_short and not self.left_behind
        return whole and not any(each.check.level is Level.MUST for each in self.of(Outcome.FAILS))

    def of(self, outcome: Outcome) -> list[Result]:
        """The results that ended so."""
        return [each for each in self.results if each.outcome is outcome]


def run(target: Target) -> Report:
    """Judge the target by every check. What the probe pushed is withdrawn, however the run ends."""
    results = [_judged(check, target) for check in READING]
    changed = _has_changed(target)
    left_behind: Sequence[str] = ()
    cut_short = target.asker.cut_short
    if target.offering is not None:
        try:
            results.extend(_judged(check, target) for check in WRITING)
            cut_short = target.asker.cut_short
        finally:
            left_behind = target.offering.take_back()
    results.extend(_judged(check, target) for check in everything.CHECKS)
    return Report(
        base=target.asker.base,
        root=target.root,
        collection=None if target.collection is None else str(target.collection["id"]),
        written_to=None if target.offering is None else str(target.offering.collection["id"]),
        requests=target.asker.asked,
        results=results,
        cut_short=cut_short,
        changed=changed,
        left_behind=left_behind,
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON value; `passed` is what the exit status tells."""
    return {
        "server": report.base,
        "api_root": report.root,
        "collection": report.collection,
        "written_to": report.written_to,
        "requests": report.requests,
        "passed": report.passed,
        "cut_short": report.cut_short,
        "changed_meanwhile": report.changed,
        "left_behind": list(report.left_behind),
        "counts": {outcome.value: len(report.of(outcome)) for outcome in Outcome},
        "checks": [_result_as_json(each) for each in report.results],
    }


def _result_as_json(result: Result) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": result.check.name,
        "row": result.check.row,
        "section": result.check.section,
        "level": result.check.level.value,
        "sentence": result.check.sentence,
        "outcome": result.outcome.value,
    }
    if result.seen is not None:
        seen = result.seen
        made["seen"] = {"wanted": seen.wanted, "request": seen.request, "answer": seen.answer, "body": seen.body}
    if result.reason:
        made["reason"] = result.reason
    return made


def _judged(check: Check, target: Target) -> Result:
    try:
        check.judge(target)
    except DoesNotApply as missing:
        return Result(check, Outcome.DOES_NOT_APPLY, reason=str(missing))
    except Fails as failed:
        return Result(check, Outcome.FAILS, seen=failed.seen)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        # A server may send any JSON at all; what no check was ready for is no resource of the standard.
        last = target.asker.answers[-1]
        seen = Seen("a resource of the form that the standard gives it", last.request, last.header_text, repr(error))
        return Result(check, Outcome.FAILS, seen=seen)
    return Result(check, Outcome.HOLDS)


def _has_changed(target: Target) -> bool:
    """Whether the first page of the manifest is another one now, or something stands behind its last row."""
    try:
        first, known = target.manifest.pages[0], target.rows
        if items_of(target.asker.ask("GET", first.path)) != items_of(first):
            return True
        if not known or not target.manifest.ended:
            return False
        later = target.asker.ask("GET", f"{target.here}manifest/?added_after={known[-1].date_added}")
        return any(row not in known for row in rows_of(target.without_overtaken(items_of(later))))
    except (Fails, DoesNotApply):
        return False
