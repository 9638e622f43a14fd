"""A real exchange behind the real application, asked in process: collections for each combination of rights."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.clock import Identifiers, SystemClock
from app.composition import build_exchange, prepare
from app.exchange import accounts, apply, plan
from app.http.application import build_application
from app.http.published import Published
from app.policy.partnership import Role
from app.settings import Settings
from tests.support.asgi import InProcess
from tests.support.exchanges import QUICK_PASSWORDS
from tests.support.rights import HIDDEN, NONE, RO, RW, WO

TA = "application/taxii+json;version=2.1"
CONTENT_LENGTH_MAX = 100_000

PARTNERS = """
host: hosting
partners:
  hosting: {name: Who runs it}
  north: {name: North}
  south: {name: South}
"""
TERMS = "release: {tlp: [clear], unmarked: clear}, intake: {types: all, tlp: [clear], unmarked: clear}"
NORTHERN = f"""
partnership: northern
title: The northern partnership
agreement: {{reference: A, effective: 2020-01-01, expires: 2090-01-01}}
members:
  hosting: {{tlp: all}}
  north: {{tlp: all}}
collections:
  rw: {{id: {RW}, title: Read and write, read: all, write: all, {TERMS}}}
  ro: {{id: {RO}, title: Read only, read: all, write: [hosting], {TERMS}}}
  wo: {{id: {WO}, title: Write only, read: [hosting], write: all, {TERMS}}}
  none: {{id: {NONE}, title: Neither, read: [hosting], write: [hosting], listed: all, {TERMS}}}
  hidden: {{id: {HIDDEN}, title: Hidden, read: [hosting], write: [hosting], {TERMS}}}
"""
SOUTHERN = """
partnership: southern
title: The southern partnership
agreement: {reference: B, effective: 2020-01-01, expires: 2090-01-01}
members: {hosting: {}}
"""


@dataclass(frozen=True)
class Client:
    """One account's view of the server. `ask` takes a path, with its query, as a client writes it."""

    application: FastAPI
    credentials: tuple[tuple[str, str], ...]

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> httpx.Response:
        sent = {"accept": TA, **dict(self.credentials), **(headers or {})}
        kept = {name: value for name, value in sent.items() if value}
        with httpx.Client(transport=InProcess(self.application)) as client:
            client.headers.clear()
            return client.request(method, f"https://exchange.example{path}", headers=kept, content=body)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, headers)

    def post(self, path: str, *objects: dict[str, Any]) -> httpx.Response:
        return self.ask("POST", path, {"content-type": TA}, json.dumps({"objects": objects}).encode())


@dataclass(frozen=True)
class Server:
    """The server as several accounts see it. `north` may do in each collection what its title says."""

    application: FastAPI
    north: Client
    hosting: Client
    south: Client
    nobody: Client
    secret: str


def with_basic(application: FastAPI, user: str, secret: str) -> Client:
    encoded = b64encode(f"{user}:{secret}".encode()).decode()
    return Client(application, (("authorization", f"Basic {encoded}"),))


@contextmanager
def a_server(database_url: str, folder: Path) -> Iterator[Server]:
    """A server on this database; the folder is for its secret key."""
    settings = Settings(
        _env_file=None, database_url=database_url, secret_key_file=folder / "secret.key", **QUICK_PASSWORDS
    )
    identifiers = Identifiers()
    prepare(settings, identifiers)
    exchange = build_exchange(settings, SystemClock(), identifiers)
    texts = {"partners.yaml": PARTNERS, "northern.yaml": NORTHERN, "southern.yaml": SOUTHERN}
    apply.apply(exchange, plan.plan(exchange, texts), "a test", "")
    secrets = {
        partner: accounts.add(exchange, f"{partner}-feeder", partner, Role.FEEDER, None) or ""
        for partner in ("north", "hosting", "south")
    }
    published = Published(
        base_url="https://exchange.example",
        title="An exchange",
        description=None,
        contact=None,
        content_length_bytes_max=CONTENT_LENGTH_MAX,
        query_chars_max=1000,
    )
    application = build_application(exchange, published)
    clients = {partner: with_basic(application, f"{partner}-feeder", secret) for partner, secret in secrets.items()}
    try:
        yield Server(application, nobody=Client(application, ()), secret=secrets["north"], **clients)
    finally:
        exchange.close()


def an_indicator(number: int, **properties: Any) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012}",
        "created": "2020-01-01T00:00:00.000Z",
        "modified": "2020-01-01T00:00:00.000Z",
        "pattern": "[file:name = 'x']",
        "pattern_type": "stix",
        "valid_from": "2020-01-01T00:00:00Z",
        **properties,
    }
