"""comity explain: why an account is shown an object, or is not."""

from typing import Annotated

import typer

from app.cli.setting_up import Json, instant_of, opened_exchange, out, print_json, table
from app.errors import OperatorError
from app.exchange.explain import ExplainedVersion
from app.exchange.explain import explain as explain_case
from app.policy.release import Release, Sanitise


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(explain)


def explain(
    place: Annotated[str, typer.Argument(metavar="ROOT/COLLECTION", help="Such as north-sea/indicators.")],
    object_id: Annotated[str, typer.Argument(metavar="OBJECT-ID", help="The STIX id.")],
    account: Annotated[str, typer.Option(help="The account that would pull.")],
    version: Annotated[str | None, typer.Option(help="One version alone, as the manifest shows it.")] = None,
    at: Annotated[str | None, typer.Option(help="Another instant, such as 2027-01-01T00:00:00Z.")] = None,
    as_json: Json = False,
) -> None:
    """Tell every rule, in order, and the decision, for each version of an object.

    Example: comity explain north-sea/indicators indicator--… --account soc-1
    """
    instant = instant_of(at, "--at") if at is not None else None
    with opened_exchange() as exchange:
        versions = explain_case(exchange, place, object_id, account, version=version, at=instant)
    if not versions:
        raise OperatorError(f"{object_id} has no version {version}. Leave --version out to see all.")
    if as_json:
        print_json([_as_json(each) for each in versions])
        return
    for each in versions:
        _print(each, account)


def _as_json(each: ExplainedVersion) -> dict[str, object]:
    decision = each.explanation.decision
    return {
        "version": each.version,
        "spec_version": each.spec,
        "contributed_by": each.contributed_by,
        "decision": type(decision).__name__.lower(),
        "decided_by": [str(rule) for rule in decision.rules],
        "until": decision.until,
        "in_the_log": each.delivered,
        "kept_back_by": each.kept_back_by,
        "derivative": each.derivative if isinstance(decision, Sanitise) else None,
        "rules": [
            {"rule": str(finding.rule), "effect": str(finding.effect), "why": finding.why}
            for finding in each.explanation.findings
        ],
    }


def _print(each: ExplainedVersion, account: str) -> None:
    decision = each.explanation.decision
    released = isinstance(decision, Release)
    rows = table("rule", "", "why")
    for finding in each.explanation.findings:
        rows.add_row(str(finding.rule), str(finding.effect), finding.why)
    console = out()
    console.print(f"Version {each.version} (STIX {each.spec}), contributed by {each.contributed_by}", style="bold")
    console.print(rows)
    verdict = type(decision).__name__.upper()
    console.print(
        f"{verdict} to {account}, decided by {', '.join(str(rule) for rule in decision.rules)}; "
        f"{'it stands' if each.delivered else 'it does not stand'} in the account's log.",
        style="green" if released else "red",
    )
    if isinstance(decision, Sanitise):
        console.print(f"The derivative {each.derivative} stands in for it.")
    if released and each.kept_back_by is not None:
        console.print(f"{each.kept_back_by}: {each.kept_back_by.sentence}")
