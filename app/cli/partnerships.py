"""comity check, apply: the files of partners and partnerships."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.setting_up import Json, opened_exchange, operator, out, print_json, read_settings, table
from app.errors import OperatorError
from app.exchange import apply as apply_case
from app.files.agreements import Agreements, read_agreements
from app.files.differences import differences
from app.files.directory import read_directory

Directory = Annotated[Path | None, typer.Argument(help="The folder of the files; by default as set.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(check)
    app.command()(apply)


def check(directory: Directory = None, as_json: Json = False) -> None:
    """Read the files of partners and partnerships, and tell everything that is wrong with them.

    Example: comity check collections/
    """
    folder = directory or read_settings().collections_directory
    agreements = read_agreements(read_directory(folder))
    if as_json:
        print_json(
            {
                "partners": sorted(agreements.partners.by_name),
                "partnerships": {
                    root: {"members": sorted(each.members), "collections": sorted(each.collections)}
                    for root, each in agreements.partnerships.items()
                },
            }
        )
        return
    out().print(_table(agreements))
    out().print(f"{folder}: {len(agreements.partners.by_name)} partners, nothing wrong.")


def apply(
    directory: Directory = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    as_json: Json = False,
) -> None:
    """Put the files in force: each partnership that they change gets its next revision.

    A running server works under it from the next request on.

    Example: comity apply --yes --reason "port-nl joins, MoU 2026/14 annex B"
    """
    folder = directory or read_settings().collections_directory
    texts = read_directory(folder)
    new = read_agreements(texts)
    with opened_exchange() as exchange:
        agreed = apply_case.in_force(exchange)
        found = differences(agreed.agreements, new)
        if not as_json:
            for each in found:
                out().print(each.sentence)
        if found and not yes:
            _ask()
        report = apply_case.apply(exchange, texts, by=operator(), reason=reason, agreed=agreed)
    if as_json:
        print_json(
            {
                "differences": [each.sentence for each in report.differences],
                "revisions": {each.root: each.revision for each in report.applied},
                "rows_appended": sum(each.appended for each in report.applied),
                "rows_retired": sum(each.retired for each in report.applied),
                "warnings": list(report.warnings),
            }
        )
        return
    for done in report.applied:
        out().print(
            f"{done.root} is at revision {done.revision}; {done.appended} rows appended to the members' logs, "
            f"{done.retired} retired."
        )
    if not report.applied:
        out().print("Nothing differs from what is in force.")
    for warning in report.warnings:
        out().print(f"Note: {warning}", style="yellow")


def _ask() -> None:
    try:
        agreed = typer.confirm("Put this in force?", default=False)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise OperatorError("Nothing was applied. Answer y, or pass --yes where nobody can be asked.")


def _table(agreements: Agreements) -> object:
    rows = table("partnership", "effective", "expires", "members", "collections")
    for root, each in agreements.partnerships.items():
        rows.add_row(
            root,
            each.agreement.effective.date().isoformat(),
            each.agreement.expires.date().isoformat(),
            ", ".join(sorted(each.members)),
            ", ".join(sorted(each.collections)),
        )
    return rows
