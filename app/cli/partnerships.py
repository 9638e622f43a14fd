"""comity check, plan, apply: the files of partners and partnerships."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from app.cli.plans import NOTHING, plan_as_json, show_plan
from app.cli.setting_up import Json, opened_exchange, operator, out, print_json, read_settings, table
from app.errors import OperatorError
from app.exchange import apply as apply_case
from app.exchange import jobs
from app.exchange import plan as plan_case
from app.exchange.apply import Applied
from app.exchange.exchange import Exchange
from app.exchange.plan import Plan, read_plan, write_plan
from app.files.agreements import Agreements, read_agreements
from app.files.directory import read_directory

Directory = Annotated[Path | None, typer.Argument(help="The folder of the files; by default as set.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]
AllowRemoval = Annotated[
    bool, typer.Option("--allow-removal", help="Also where a partner, partnership, member or collection is removed.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(check)
    app.command()(plan)
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


def plan(
    directory: Directory = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write the plan to this file, to be applied later.")] = None,
    as_json: Json = False,
) -> None:
    """Show what applying the files would change: who would be shown more and less, and by which rule.

    Ends with status 1 where they can't be applied.

    Example: comity plan --out loosen.plan
    """
    folder = directory or read_settings().collections_directory
    with opened_exchange(deriving=True) as exchange:
        made = plan_case.plan(exchange, read_directory(folder))
    if to is not None:
        _write(to, write_plan(made))
    if as_json:
        print_json(plan_as_json(made))
    else:
        show_plan(made, out())
    if made.mistakes:
        raise OperatorError(f"This can't be applied. {' '.join(made.mistakes)}")
    if to is not None and not as_json:
        out().print(f"The plan is in {to}. `comity apply {to}` makes it so, unless another revision comes first.")


def apply(
    source: Annotated[
        Path | None, typer.Argument(help="The folder of the files, by default as set; or a plan that was written.")
    ] = None,
    yes: Yes = False,
    reason: Reason = "",
    allow_removal: AllowRemoval = False,
    as_json: Json = False,
) -> None:
    """Put the files in force: each partnership that they change gets its next revision.

    What they take away is gone for every request that begins after this, what they grant is appended in batches.

    Example: comity apply --yes --reason "port-nl joins, MoU 2026/14 annex B"
    """
    chosen = source or read_settings().collections_directory
    with opened_exchange(deriving=True) as exchange:
        made = read_plan(_read(chosen)) if chosen.is_file() else plan_case.plan(exchange, read_directory(chosen))
        put_in_force(exchange, made, reason, yes=yes, allow_removal=allow_removal, as_json=as_json)


def put_in_force(exchange: Exchange, made: Plan, reason: str, *, yes: bool, allow_removal: bool, as_json: bool) -> None:
    """Show the plan, ask, apply it and do its batches. Raises OperatorError where nothing was applied."""
    if not as_json:
        show_plan(made, out())
    if made.differences and not made.mistakes and not yes:
        ask("Put this in force?")
    applied = apply_case.apply(exchange, made, by=operator(), reason=reason, allow_removal=allow_removal)
    done = finish_batches(exchange, applied, as_json=as_json)
    if as_json:
        print_json({**plan_as_json(made), **done})
    elif not applied and made.differences:
        out().print(NOTHING)


def finish_batches(exchange: Exchange, applied: Sequence[Applied], *, as_json: bool) -> Mapping[str, object]:
    """Do the batches that revisions left, and say what came of them: in words, or as it is returned for a machine."""
    try:
        with _progress(as_json=as_json) as progress:
            task = progress.add_task("Appending", total=None)
            later = jobs.finish(exchange, lambda done, total: progress.update(task, completed=done, total=total))
    except KeyboardInterrupt:
        raise OperatorError(
            f"The revision is in force, and {jobs.remaining(exchange)} batches are left. A running server goes on with "
            "them, and so does the next `comity apply`."
        ) from None
    for each in [] if as_json else applied:
        out().print(
            f"{each.root} is at revision {each.revision}; {each.appended + later.get(each.root, 0)} rows appended to "
            f"the members' logs, {each.retired} retired."
        )
    return {
        "revisions": {each.root: each.revision for each in applied},
        "rows_appended": sum(each.appended for each in applied) + sum(later.values()),
        "rows_retired": sum(each.retired for each in applied),
    }


@contextmanager
def _progress(*, as_json: bool) -> Iterator[Progress]:
    console = out()
    with Progress(console=console, transient=True, disable=as_json or not console.is_terminal) as progress:
        yield progress


def ask(question: str) -> None:
    """Go on if somebody says yes. Raises OperatorError otherwise."""
    try:
        agreed = typer.confirm(question, default=False)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise OperatorError("Nothing was applied. Answer y, or pass --yes where nobody can be asked.")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"The plan can't be written to {path}: {error.strerror}.") from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} can't be read: {error}.") from None


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
