"""comity policy history, show, revert; comity conflicts: what an officer asks about agreements."""

from collections.abc import Mapping
from typing import Annotated

import typer

from app.cli.partnerships import AllowRemoval, Reason, Yes, put_in_force
from app.cli.plans import changes_as_json, show_changes, show_warnings
from app.cli.setting_up import Json, opened_exchange, out, print_json, table
from app.exchange import conflicts as conflicts_case
from app.exchange import history as history_case
from app.exchange import plan as plan_case
from app.exchange.history import PastRevision
from app.stix.timestamps import from_datetime

app = typer.Typer(help="The revisions of agreements: what was applied, when, by whom and why.", no_args_is_help=True)

Root = Annotated[str, typer.Argument(help="The partnership, by its API root.")]


def register(commands: typer.Typer) -> None:
    """Add these commands."""
    commands.add_typer(app, name="policy")
    commands.command()(conflicts)


@app.command()
def history(
    root: Annotated[str | None, typer.Argument(help="The partnership, by its API root; all if left out.")] = None,
    as_json: Json = False,
) -> None:
    """List the revisions of a partnership, or of all.

    Example: comity policy history north-sea
    """
    with opened_exchange() as exchange:
        past = history_case.history(exchange, root)
    if as_json:
        print_json({name: [_as_json(each) for each in revisions] for name, revisions in past.items()})
        return
    rows = table("partnership", "revision", "at", "by", "became visible", "became hidden", "reason")
    for name, revisions in past.items():
        for each in revisions:
            visible, hidden = (sum(getattr(one, what) for one in each.changes) for what in ("visible", "hidden"))
            number = str(each.number) if each.files else f"{each.number} (removed)"
            rows.add_row(name, number, from_datetime(each.at), each.by, str(visible), str(hidden), each.reason)
    out().print(rows)


@app.command()
def show(
    root: Root,
    revision: Annotated[int | None, typer.Option(min=1, help="Which one; the one in force if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Print the files of a revision, and what its plan said.

    Example: comity policy show north-sea --revision 3
    """
    with opened_exchange() as exchange:
        found = history_case.revision(exchange, root, revision)
        reminder = history_case.reminder(exchange, root) if revision is None else None
    warnings = [*([reminder] if reminder is not None else []), *found.opened]
    if as_json:
        files, changes = dict(found.files), changes_as_json(found.changes)
        print_json({**_as_json(found), "files": files, "changes": changes, "warnings": warnings})
        return
    console = out()
    reason = f": {found.reason}" if found.reason else ""
    console.print(f"# {root}, revision {found.number}, {from_datetime(found.at)}, by {found.by}{reason}")
    if not found.files:
        console.print("# This revision removed the partnership.")
    for name, text in sorted(found.files.items()):
        console.print(f"# {name}")
        console.print(*text.rstrip("\n").split("\n"), sep="\n")
    show_changes(found.changes, console)
    show_warnings(warnings, console)


@app.command()
def revert(
    root: Root,
    to: Annotated[int, typer.Option("--to", min=1, help="The revision whose file is to be in force again.")],
    yes: Yes = False,
    reason: Reason = "",
    allow_removal: AllowRemoval = False,
    as_json: Json = False,
) -> None:
    """Put a partnership's file in force again as an earlier revision had it; partners.yaml stays as it is.

    That makes a new revision: the history only grows. Write the file back to collections/ as well, or the next apply
    takes the change back.

    Example: comity policy revert north-sea --to 3 --reason "annex B was withdrawn"
    """
    with opened_exchange() as exchange:
        texts = history_case.texts_as_of(exchange, root, to)
        made = plan_case.plan(exchange, texts)
        why = reason or f"reverted to revision {to}"
        put_in_force(exchange, made, why, yes=yes, allow_removal=allow_removal, as_json=as_json)
    if not as_json and made.differences:
        out().print(f"The folder of the files still has the other text. `comity policy show {root}` prints this one.")


def conflicts(
    place: Annotated[str, typer.Argument(metavar="ROOT[/COLLECTION]", help="Where to look.")], as_json: Json = False
) -> None:
    """List what somebody may see and is not given, because it is given another's under the same id.

    Example: comity conflicts north-sea/indicators
    """
    with opened_exchange() as exchange:
        found = list(conflicts_case.conflicts(exchange, place))
    if as_json:
        print_json(
            [
                {
                    "collection": each.collection,
                    "id": each.object_id,
                    "version": each.version,
                    "contributed_by": each.contributed_by,
                    "rule": str(each.rule),
                    "instead": list(each.instead),
                    "audiences": list(each.audiences),
                }
                for each in found
            ]
        )
        return
    if not found:
        out().print(f"{place}: no conflicts.")
        return
    rows = table("collection", "object", "version", "by", "kept back by", "instead", "from")
    for each in found:
        rows.add_row(
            each.collection,
            each.object_id,
            each.version,
            each.contributed_by,
            str(each.rule),
            ", ".join(each.instead),
            ", ".join(each.audiences),
        )
    out().print(rows)


def _as_json(revision: PastRevision) -> Mapping[str, object]:
    return {
        "revision": revision.number,
        "at": from_datetime(revision.at),
        "by": revision.by,
        "reason": revision.reason,
        "engine": revision.engine,
        "visible": sum(each.visible for each in revision.changes),
        "hidden": sum(each.hidden for each in revision.changes),
    }
