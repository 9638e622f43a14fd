"""What is measured: a real `comity serve` and a bare route, each alone on the first core, this client on the last."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.clock import SystemClock
from app.policy.partnership import Role
from bench.agreement import FILES
from bench.load import TAXII, request
from bench.processor import Processor
from tests.support.exchanges import running
from tests.support.servers import Server, free_port

UNLIMITED = {"requests_per_minute_max": 10_000_000}
"""One account asks as fast as it is answered."""


@dataclass(frozen=True)
class Served:
    """A running exchange over one database."""

    port: int
    database_url: str
    secrets: dict[str, str]
    processor: Processor

    def request(self, account: str, path: str, method: str = "GET", body: bytes = b"", body_type: str = TAXII) -> bytes:
        """The bytes of a request of this account."""
        return request(path, account, self.secrets[account], method, body, body_type)


@contextmanager
def exchange(databases: Any, folder: Path) -> Iterator[Served]:
    """An exchange under the agreement of these measurements, with nothing in it."""
    with databases.new(folder) as url:
        with running(url, folder, files=FILES, clock=SystemClock(), only=[]) as made:
            made.add_account("feed", "feed", Role.FEEDER)
            for name in ("broad", "narrow"):
                made.add_account(name, name, Role.READER)
            made.add_account("analyst", "broad", Role.ANALYST)
            secrets = dict(made.secrets)
        with Server(url, folder, settings=UNLIMITED, secrets=secrets) as server:
            pid = server.worker_pids()[0]
            _pin(pid, _cores()[0])
            _pin(os.getpid(), _cores()[-1])
            yield Served(server.port, url, secrets, Processor(pid, url))


@contextmanager
def bare() -> Iterator[int]:
    """The port of a bare route."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "bench.bare", str(port)]) as process:
        try:
            with httpx.Client(verify=False) as client:
                while not _answers(client, port):
                    assert process.poll() is None, "the bare route ended"
                    time.sleep(0.05)
            _pin(process.pid, _cores()[0])
            yield port
        finally:
            process.terminate()


def _answers(client: httpx.Client, port: int) -> bool:
    try:
        client.get(f"http://127.0.0.1:{port}/bare")
    except httpx.TransportError:
        return False
    return True


def _cores() -> list[int]:
    return sorted(range(os.cpu_count() or 1))


def _pin(pid: int, core: int) -> None:
    """All threads of the process, and those that they will start."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})
