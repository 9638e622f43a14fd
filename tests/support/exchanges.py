"""A whole exchange for a test: real database, agreement applied, one account for each partner and purpose."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.clock import Clock
from app.composition import build_exchange
from app.exchange import accounts, apply, jobs, plan, sweep
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester, requester_of
from app.exchange.keys import write_key_file
from app.files.differences import Difference
from app.http.application import build_application
from app.main import published
from app.policy.partnership import Role
from app.settings import Settings
from tests.support.agreements import FILES
from tests.support.asgi import client_of
from tests.support.clocks import StillClock, seeded_identifiers
from tests.support.stix import STIX, an_envelope

TAXII = "application/taxii+json;version=2.1"

ACCOUNTS: Mapping[str, tuple[str, Role]] = {
    "nl-feed": ("nl-cert", Role.FEEDER),
    "nl-soc": ("nl-cert", Role.READER),
    "duty-officer": ("nl-cert", Role.READER),
    "officer": ("nl-cert", Role.OFFICER),
    "wind-feed": ("wind-isac", Role.FEEDER),
    "wind-soc": ("wind-isac", Role.READER),
    "water-feed": ("water-nl", Role.FEEDER),
    "water-soc": ("water-nl", Role.READER),
    "port-soc": ("port-nl", Role.READER),
    "outsider-soc": ("outsider", Role.READER),
    "outsider-feed": ("outsider", Role.FEEDER),
}

QUICK_PASSWORDS: Mapping[str, int] = {"password_memory_kibibytes": 64, "password_passes": 1}
"""Every exchange hashes one as it begins, and few tests are about what that costs."""

TRUE_PASSWORDS: Mapping[str, int] = {name: Settings.model_fields[name].default for name in QUICK_PASSWORDS}
"""For those few."""


@dataclass(frozen=True)
class Report:
    """What applying did, its batches included."""

    plan: plan.Plan
    differences: Sequence[Difference]
    applied: Sequence[apply.Applied]
    warnings: Sequence[str]


@dataclass
class Running:
    """An exchange with its web application, its accounts, and a client for each of them."""

    exchange: Exchange
    clock: Clock
    application: FastAPI
    secrets: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """Where others find the same exchange."""
        return self.exchange.settings.database_url

    def client(self, account: str) -> httpx.Client:
        """An HTTP client that is this account."""
        if account not in self._clients:
            made = client_of(self.application)
            made.auth = httpx.BasicAuth(account, self.secrets[account])
            made.headers["Accept"] = TAXII
            self._clients[account] = made
        return self._clients[account]

    def requester(self, account: str) -> Requester:
        """The account as use cases take it."""
        return requester_of(accounts.by_name(self.exchange, account))

    def add_account(self, name: str, partner: str, role: Role) -> None:
        """One more account."""
        secret = accounts.add(self.exchange, name, partner, role, None)
        assert secret is not None
        self.secrets[name] = secret

    def apply(self, files: Mapping[str, str], reason: str = "a test", *, allow_removal: bool = False) -> Report:
        """Make these files the next revision, and do all its batches."""
        planned = plan.plan(self.exchange, files)
        applied = apply.apply(self.exchange, planned, by="test", reason=reason, allow_removal=allow_removal)
        later = jobs.finish(self.exchange)
        with_batches = [replace(each, appended=each.appended + later.get(each.root, 0)) for each in applied]
        return Report(planned, planned.differences, with_batches, planned.warnings)

    def sweep(self) -> int:
        """Do everything that time has made due; in how many steps."""
        steps = 0
        while sweep.sweep(self.exchange, "test"):
            steps += 1
        return steps

    def post(self, account: str, *objects: STIX, to: str = "north-sea/collections/indicators") -> dict[str, Any]:
        """Push the objects; the status resource."""
        answer = self.client(account).post(
            f"/{to}/objects/", content=an_envelope(objects), headers={"Content-Type": TAXII}
        )
        assert answer.status_code == 202, (answer.status_code, answer.text)
        status: dict[str, Any] = answer.json()
        return status

    def take(self, account: str, *objects: STIX, to: str = "north-sea/collections/indicators") -> None:
        """Push the objects, all of which have to be taken."""
        status = self.post(account, *objects, to=to)
        assert status["failure_count"] == 0, status

    def objects(self, account: str, query: str = "", of: str = "north-sea/collections/indicators") -> list[STIX]:
        """All objects that the account is given, page by page along `next`."""
        found: list[STIX] = []
        page = self.client(account).get(f"/{of}/objects/{'?' + query if query else ''}")
        while True:
            assert page.status_code == 200, (page.status_code, page.text)
            body = page.json()
            found.extend(body.get("objects", []))
            if not body.get("more"):
                return found
            token = body["next"]
            page = self.client(account).get(f"/{of}/objects/?next={token}{'&' + query if query else ''}")

    def ids(self, account: str, query: str = "", of: str = "north-sea/collections/indicators") -> set[str]:
        """The ids of all objects that the account is given."""
        return {found["id"] for found in self.objects(account, query, of)}


@contextmanager
def running(
    database_url: str,
    folder: Path,
    files: Mapping[str, str] = FILES,
    clock: Clock | None = None,
    only: Sequence[str] | None = None,
    seed: int = 7,
    **settings: Any,
) -> Iterator[Running]:
    """An exchange on this database with the agreement of these files, and the accounts whose partners they name."""
    here = {"database_url": database_url, "secret_key_file": folder / "secret.key"}
    chosen = _settings(**{**QUICK_PASSWORDS, **settings}).model_copy(update=here)
    identifiers = seeded_identifiers(seed)
    clock = clock or StillClock()
    if not chosen.secret_key_file.exists():
        write_key_file(chosen.secret_key_file, identifiers.secret)
    exchange = build_exchange(chosen, clock, identifiers)
    made = Running(exchange, clock, build_application(exchange, published(chosen), identifiers=identifiers))
    try:
        if files:
            made.apply(files)
            named = ACCOUNTS if only is None else {name: ACCOUNTS[name] for name in only}
            for name, (partner, role) in named.items():
                if f"{partner}:" in files["partners.yaml"]:
                    made.add_account(name, partner, role)
        yield made
    finally:
        exchange.close()


@cache
def _settings(**settings: Any) -> Settings:
    """Kept: to look for each of them in the environment takes a third of the time that an exchange takes to begin."""
    return Settings(_env_file=None, **settings)  # type: ignore[call-arg]


@dataclass(frozen=True)
class Prepared:
    """An exchange that nobody has open, under the usual agreement and with all accounts, to be copied."""

    databases: Any
    url: str
    key_file: Path
    secrets: Mapping[str, str]

    @contextmanager
    def running(self, folder: Path, clock: Clock) -> Iterator[Running]:
        """A copy of it on a database of its own: as `running` would make it, in a fraction of the time."""
        shutil.copy(self.key_file, folder)
        with (
            self.databases.new(folder, like=self.url) as url,
            running(url, folder, files={}, clock=clock, seed=8) as made,
        ):
            made.secrets.update(self.secrets)
            yield made


@contextmanager
def prepared(databases: Any, folder: Path) -> Iterator[Prepared]:
    """Make it once, for many tests."""
    with databases.new(folder) as url:
        with running(url, folder) as made:
            key_file = made.exchange.settings.secret_key_file
        yield Prepared(databases, url, key_file, made.secrets)
