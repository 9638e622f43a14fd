"""Serve the demonstration: set up what is not there yet, print the accounts, and stay until Ctrl-C.

    python deploy/demo/run.py [--port 8000] [--state var/demo]

It types what an operator would type, into the database that the settings name: init, apply, account add, load, serve.
`--state` holds the secrets of the accounts and what has been loaded. A second run finds all of it and only serves.
"""

import argparse
import io
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from contents import ACCOUNTS, DATA, LOADS, Account, Load

from app.cli.command import app as comity_command
from app.errors import ComityError, OperatorError
from app.settings import Settings

HOST = "127.0.0.1"
READY_SECONDS_MAX = 60
POLL_SECONDS = 0.1
INTERRUPTED = 130
"""The exit status after Ctrl-C, of a command and of this program."""


def main(arguments: Sequence[str]) -> int:
    """Set up, serve, and return the exit status."""
    parser = argparse.ArgumentParser(description="Serve the demonstration partnerships.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state", type=Path, default=Path("var/demo"), help="where secrets and progress are kept")
    chosen = parser.parse_args(arguments)
    try:
        _require_free(chosen.port)
        _set_up(chosen.state)
        return _serve(chosen.port, chosen.state)
    except ComityError as error:
        print(f"demonstration: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demonstration: stopped while it was set up; the next run goes on from there", file=sys.stderr)
        return INTERRUPTED


def comity(*arguments: str) -> tuple[int, str]:
    """Run one command of `comity` in this process. Its exit status and what it printed; raises what it raises."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        status = comity_command(arguments, standalone_mode=False) or 0
    if status == INTERRUPTED:
        raise KeyboardInterrupt
    return status, printed.getvalue()


def comity_json(*arguments: str) -> tuple[int, Any]:
    """The same with `--json`, and what it printed as a value."""
    status, printed = comity(*arguments, "--json")
    return status, json.loads(printed)


def _require_free(port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise OperatorError(
                f"Port {port} of {HOST} can't be used ({error}). Take another one: make run PORT=8001"
            ) from None


def _set_up(state: Path) -> None:
    _require_own(state)
    print(comity("init")[1], end="")
    _, applied = comity_json("apply", "--yes", "--reason", "demonstration")
    for root, revision in applied["revisions"].items():
        print(f"Partnership {root} is at revision {revision}.")
    if _ensure_accounts(state):
        for marker in state.glob("loaded/*"):
            marker.unlink()
    for load in LOADS:
        _ensure_loaded(state, load)


def _require_own(state: Path) -> None:
    """One state folder belongs to one database: secrets of another one would not work here."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = Settings().database_url
    mark = sha256(url.encode()).hexdigest() + "\n"
    owner = state / "database"
    if not owner.exists():
        owner.write_text(mark, encoding="ascii")
    elif owner.read_text(encoding="ascii") != mark:
        raise OperatorError(
            f"{state} belongs to another database than the one that COMITY_DATABASE_URL names. Remove the folder, or "
            "run deploy/demo/run.py with --state and another one."
        )


def _ensure_accounts(state: Path) -> bool:
    """Add the accounts that are not there, and renew secrets that are lost. Whether the database was a new one."""
    secrets = state / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    _, found = comity_json("account", "list")
    there = {each["name"] for each in found}
    for account in ACCOUNTS:
        file = secrets / account.name
        if account.name not in there:
            file.unlink(missing_ok=True)
            words = ["add", account.name, "--partner", account.partner, "--role", account.role]
        elif not file.exists():
            words = ["rotate", account.name]
        else:
            continue
        comity("account", *words, "--secret-file", str(file))
    return not there


def _ensure_loaded(state: Path, load: Load) -> None:
    """Push the files, once. Raises OperatorError if other objects are refused than the load says."""
    marker = state / "loaded" / load.key
    if marker.exists():
        return
    begun = time.monotonic()
    files = [str(DATA / file) for file in load.files]
    _, outcome = comity_json("load", load.place, *files, "--account", load.account)
    refused = dict.fromkeys(load.files, 0)
    for each in outcome["refused"]:
        refused[Path(each["file"]).name] += 1
    if refused != load.files:
        raise OperatorError(
            f"{load.place} refused other objects than it should: {_counts(refused)}, and not {_counts(load.files)}. "
            f"The first: {outcome['refused'][:1]}"
        )
    print(
        f"{load.place}: {outcome['accepted']} objects loaded by {load.account}, {outcome['already_present']} were "
        f"there, {len(outcome['refused'])} refused ({time.monotonic() - begun:.1f} s).",
        flush=True,
    )
    marker.parent.mkdir(exist_ok=True)
    marker.touch()


def _counts(refused: Mapping[str, int]) -> str:
    return ", ".join(f"{count} of {file}" for file, count in refused.items())


def _serve(port: int, state: Path) -> int:
    """Serve until the server ends or somebody stops it: 0 then, the server's own status otherwise."""
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        server.terminate()

    server = subprocess.Popen([sys.executable, "-m", "app", "serve", "--port", str(port)], start_new_session=True)
    try:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, stop)
        if _wait_until_ready(server, port):
            _show(port, state)
        status = server.wait()
    finally:
        server.kill()
    return 0 if stopped else status or 1


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> bool:
    """Whether the server answers; False if it ended. Raises OperatorError if it does neither in time."""
    deadline = time.monotonic() + READY_SECONDS_MAX
    while server.poll() is None:
        try:
            with urlopen(f"http://{HOST}:{port}/ready", timeout=5):
                return True
        except (URLError, HTTPException, OSError):
            if time.monotonic() > deadline:
                raise OperatorError(f"The server is not ready after {READY_SECONDS_MAX} s.") from None
            time.sleep(POLL_SECONDS)
    return False


def _show(port: int, state: Path) -> None:
    secrets = {each.name: (state / "secrets" / each.name).read_text(encoding="ascii").strip() for each in ACCOUNTS}
    rows = [("ACCOUNT", "PARTNER", "ROLE", "SECRET", "WHAT IT IS FOR")]
    rows += [(each.name, each.partner, each.role, secrets[each.name], each.purpose) for each in ACCOUNTS]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] + [0]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    print("\nOne line to try for each:\n")
    for each in ACCOUNTS:
        print(_curl(each, secrets[each.name], port))
    print(f"\nThe exchange answers at http://{HOST}:{port}/taxii2/ until Ctrl-C.", flush=True)


def _curl(account: Account, secret: str, port: int) -> str:
    headers = "-H 'Accept: application/taxii+json;version=2.1'"
    if account.pushes:
        body = json.dumps({"objects": account.pushes}, separators=(",", ":"))
        headers += f" -H 'Content-Type: application/taxii+json;version=2.1' -d '{body}'"
    return f"curl -u {account.name}:{secret} {headers} 'http://{HOST}:{port}{account.path}'"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
