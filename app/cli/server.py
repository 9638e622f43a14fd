"""comity init, serve, settings."""

from ipaddress import ip_address
from typing import Annotated

import typer
import uvicorn

from app.cli.setting_up import Json, operator, out, print_json, read_settings, table
from app.clock import Identifiers, SystemClock
from app.composition import both_stores, prepare, require_fit
from app.errors import OperatorError
from app.exchange import epoch
from app.exchange.keys import read_keys
from app.settings import Settings
from app.storage.dialects import database_file, shown_url


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(serve)
    app.command()(settings)


def init() -> None:
    """Make the secret key file and an embedded database, where there are none yet.

    Example: comity init
    """
    made = prepare(read_settings(), Identifiers())
    out().print("Made " + " and ".join(made) + "." if made else "Everything is there already; nothing was made.")


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; more than one needs PostgreSQL.")] = 1,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy on this host ends TLS and forwards to this server.")
    ] = False,
) -> None:
    """Serve the exchange. A new embedded database is made; any other has to be at the newest schema,
    and one that was restored or promoted in a new epoch.

    Example: comity serve --port 8000
    """
    chosen = read_settings()
    _require_safe(chosen, host, workers, behind_proxy=behind_proxy)
    for each in prepare(chosen, Identifiers()):
        out().print(f"Made {each}.")
    read_keys(chosen.secret_key_file)
    require_fit(chosen)
    with both_stores(chosen) as (database, _):
        epoch.served_here(database, SystemClock(), operator())
    uvicorn.run(
        "app.main:create_from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="app.http.protocol:TaxiiProtocol",
        ws="none",
        proxy_headers=behind_proxy,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def settings(as_json: Json = False) -> None:
    """List every setting, its value here, and what it means.

    Example: comity settings
    """
    chosen = read_settings()
    values = {
        f"COMITY_{name.upper()}": (_shown(name, getattr(chosen, name)), field.description or "")
        for name, field in Settings.model_fields.items()
    }
    if as_json:
        print_json({name: {"value": value, "meaning": meaning} for name, (value, meaning) in values.items()})
        return
    rows = table("setting", "value", "meaning")
    for name, (value, meaning) in values.items():
        rows.add_row(name, str(value) if value is not None else "", meaning)
    out().print(rows)


def _shown(name: str, value: object) -> object:
    return shown_url(str(value)) if name == "database_url" else value


def _require_safe(chosen: Settings, host: str, workers: int, *, behind_proxy: bool) -> None:
    if workers > 1 and database_file(chosen.database_url) is not None:
        raise OperatorError(
            "An embedded database is served by one process. Leave --workers out, or set COMITY_DATABASE_URL to a "
            "PostgreSQL database."
        )
    if not _is_loopback(host) and not behind_proxy:
        raise OperatorError(
            f"{host} can be reached from outside, and this would be plain HTTP: credentials and intelligence would "
            "travel in the open. Let a proxy end TLS and pass --behind-proxy, or listen on 127.0.0.1."
        )
    if not _is_loopback(host) and not chosen.base_url:
        raise OperatorError("Set COMITY_BASE_URL to the public address, such as https://exchange.example.")
    if chosen.base_url and not chosen.base_url.startswith("https://"):
        raise OperatorError(
            f"COMITY_BASE_URL is {chosen.base_url}, and API roots are https addresses (TAXII 2.1 section 4.1.1). "
            "Write https://…, or leave it out: roots are then given relative to this server."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
