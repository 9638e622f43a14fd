"""A real `comity serve` on a free loopback port: started, stopped and killed like any other process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx

from app.settings import PROJECT
from tests.support.exchanges import TAXII

READY_SECONDS = 60
STOP_SECONDS = 20


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """A server over one database. `folder` holds its key file and what it writes to standard error.

    `settings` are named as in app/settings.py, `secrets` are the accounts' secrets by name. As a context manager it
    runs from the beginning of the block to its end.
    """

    database_url: str
    folder: Path
    workers: int = 1
    settings: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of the server, and of the commands beside it."""
        chosen = {"database_url": self.database_url, "secret_key_file": self.folder / "secret.key", **self.settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COMITY_")}
        return {
            **kept,
            "PYTHONPATH": str(PROJECT),
            **{f"COMITY_{name.upper()}": str(value) for name, value in chosen.items()},
        }

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> "Server":
        """Start it and wait until it is ready. Raises AssertionError, with what it wrote, if it ends instead."""
        assert self.process is None, "it runs already"
        command = [sys.executable, "-m", "app", "serve", "--port", str(self.port), "--workers", str(self.workers)]
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=errors, stderr=errors, start_new_session=True
            )
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """End it as an operator would, and wait until it has ended."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self) -> None:
        """End it and its workers at once, with nothing tidied up (SIGKILL)."""
        assert self.process is not None, "it does not run"
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        self.process = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It and its workers stand still for the length of the block, wherever they are (SIGSTOP), and go on."""
        assert self.process is not None, "it does not run"
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def stderr(self) -> str:
        """Everything that it has written so far."""
        return self._errors.read_text(encoding="utf-8", errors="replace") if self._errors.exists() else ""

    def client(self, account: str, **options: float) -> httpx.Client:
        """An HTTP client that is this account. Whoever takes it closes it."""
        return httpx.Client(
            base_url=self.url,
            auth=(account, self.secrets[account]),
            headers={"Accept": TAXII},
            timeout=options.get("timeout", 30),
            verify=False,  # to read all certificates that the machine trusts takes longer than most requests
        )

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `comity …` in a process beside the server, on the same database. It has to succeed."""
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=READY_SECONDS,
        )

    def worker_pids(self) -> Sequence[int]:
        """The processes that answer requests."""
        assert self.process is not None, "it does not run"
        if self.workers == 1:
            return [self.process.pid]
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
        return sorted(pid for pid, command in commands.items() if b"spawn_main" in command)

    @contextmanager
    def served_by(self, pid: int) -> Iterator[None]:
        """Within this block, which has to be short, new connections are answered by this worker alone."""
        others = [each for each in self.worker_pids() if each != pid]
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            yield
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)

    @property
    def _errors(self) -> Path:
        return self.folder / "server.log"

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + READY_SECONDS
        with httpx.Client(base_url=self.url, timeout=5, verify=False) as client:
            while not self._is_ready(client):
                ended = self.process.poll()
                assert ended is None, f"the server ended with {ended}:\n{self.stderr()}"
                assert time.monotonic() < deadline, f"not ready after {READY_SECONDS} s:\n{self.stderr()}"
                time.sleep(0.05)

    def _is_ready(self, client: httpx.Client) -> bool:
        try:
            ready = client.get("/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
        return ready and len(self.worker_pids()) == self.workers
