"""comity ledger received: the record of what was offered to whom."""

from typing import Annotated

import typer

from app.cli.setting_up import Json, opened_exchange, out, print_json, table
from app.exchange.received import received as received_case

app = typer.Typer(help="The record of what was offered to whom.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """The record of what was offered to whom."""


@app.command()
def received(
    object_id: Annotated[str, typer.Argument(metavar="OBJECT-ID", help="The STIX id.")], as_json: Json = False
) -> None:
    """Who was offered an object, or a derivative of it, when, and under which revision.

    Example: comity ledger received indicator--…
    """
    with opened_exchange() as exchange:
        found = received_case(exchange, object_id)
    if as_json:
        print_json(
            [
                {
                    "at": each.at.isoformat(),
                    "partner": each.partner,
                    "account": each.account,
                    "partnership": each.partnership,
                    "collection": each.collection,
                    "endpoint": each.endpoint,
                    "id": each.object_id,
                    "version": each.version,
                    "revision": each.revision,
                }
                for each in found
            ]
        )
        return
    if not found:
        out().print(f"Nobody was offered {object_id}.")
        return
    console = out()
    rows = table("at", "partner", "account", "partnership", "collection", "endpoint", "version", "revision")
    for each in found:
        rows.add_row(
            each.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            each.partner,
            each.account,
            each.partnership,
            each.collection,
            each.endpoint,
            each.version,
            str(each.revision),
        )
    console.print(rows)
    for made in sorted({each.object_id for each in found} - {object_id}):
        versions = sorted({each.version for each in found if each.object_id == made})
        console.print(f"As the derivative {made}: version {', '.join(versions)}.")
