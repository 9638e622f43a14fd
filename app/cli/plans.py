"""How a plan is shown to the people who have to agree to it."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from app.cli.setting_up import table
from app.exchange.outlook import Example, LogChange
from app.exchange.plan import Plan
from app.visible_text import visible

NOTHING = "Nothing differs from what is in force."


def show_plan(made: Plan, console: Console) -> None:
    """Print what the plan changes: in the files, and in the log of each audience."""
    if not made.differences:
        console.print(NOTHING)
        show_warnings(made.warnings, console)
        return
    for each in made.differences:
        console.print(each.sentence, style="red" if each.removal else None)
    show_changes(made.changes, console)
    if made.batches:
        console.print(f"What becomes visible, now or later, is worked out in {made.batches} batches.")
    show_warnings(made.warnings, console)


def show_warnings(warnings: Iterable[str], console: Console) -> None:
    """Print what should be known besides."""
    for warning in warnings:
        console.print(f"Note: {warning}", style="yellow", soft_wrap=True)


def show_changes(changes: Sequence[LogChange], console: Console) -> None:
    """Print what each audience gains and loses."""
    if not changes:
        console.print("Nobody is shown more or less of what is stored.")
        return
    rows = table("collection", "partner", "becomes visible", "becomes hidden", "by")
    for each in changes:
        rows.add_row(
            f"{each.root}/{each.collection}",
            each.account or each.partner,
            str(each.visible),
            str(each.hidden),
            Text("\n").join(
                Text(visible(line))
                for line in (
                    *_by(each.visible_by, "withheld until now by"),
                    *_by(each.hidden_by, "withheld from now on by"),
                )
            ),
        )
    console.print(rows)
    for each in changes:
        who = each.account or each.partner
        _show_examples(each.examples_visible, f"{who} is shown", "withheld until now by", console)
        _show_examples(each.examples_hidden, f"{who} is shown no longer", "withheld by", console)


def plan_as_json(made: Plan) -> Mapping[str, object]:
    """The plan for a machine, without the texts of the files."""
    return {
        "base": dict(made.base),
        "differences": [each.sentence for each in made.differences],
        "removals": list(made.removals),
        "changes": changes_as_json(made.changes),
        "batches": made.batches,
        "warnings": list(made.warnings),
        "mistakes": list(made.mistakes),
    }


def changes_as_json(changes: Iterable[LogChange]) -> Sequence[Mapping[str, object]]:
    """What each audience gains and loses, for a machine."""
    return [
        {
            "root": each.root,
            "collection": each.collection,
            "partner": each.partner,
            "account": each.account,
            "visible": {"count": each.visible, "by": dict(each.visible_by), "examples": _plain(each.examples_visible)},
            "hidden": {"count": each.hidden, "by": dict(each.hidden_by), "examples": _plain(each.examples_hidden)},
        }
        for each in changes
    ]


def _by(counts: Mapping[str, int], what: str) -> Iterable[str]:
    return [f"{count} {what} {rules or 'no rule: they wait to be appended'}" for rules, count in counts.items()]


def _show_examples(examples: Sequence[Example], what: str, why: str, console: Console) -> None:
    for each in examples:
        rules = f" ({why} {', '.join(each.rules)})" if each.rules else ""
        console.print(f"{what}: {each.object_id} {each.version}, by {each.contributed_by}{rules}", soft_wrap=True)


def _plain(examples: Sequence[Example]) -> Sequence[Mapping[str, object]]:
    return [
        {"id": one.object_id, "version": one.version, "contributed_by": one.contributed_by, "rules": list(one.rules)}
        for one in examples
    ]
