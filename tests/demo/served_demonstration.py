"""Serving the demonstration as `make run` does, in any folder and on any port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
RUN = PROJECT / "deploy" / "demo" / "run.py"
START_SECONDS_MAX = 240


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A served demonstration: `folder` is where its commands are typed, `printed` what it told on the way.

    `printed_first` is what the first run in that folder told, and `start_seconds` what the later one took.
    """

    folder: Path
    port: int
    environment: Mapping[str, str]
    printed: str
    printed_first: str = ""
    start_seconds: float = 0.0


@contextmanager
def served(folder: Path, port: int) -> Iterator[Demonstration]:
    """`make run` in this folder, until the block ends; it must then end well."""
    environment = own_environment()
    out = folder / f"printed-{port}"
    with (
        out.open("w") as stream,
        subprocess.Popen(
            [sys.executable, RUN, "--port", str(port)], cwd=folder, env=environment, stdout=stream, stderr=stream
        ) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS_MAX
            while "until Ctrl-C" not in out.read_text():
                assert process.poll() is None, out.read_text()
                assert time.monotonic() < deadline, out.read_text()
                time.sleep(0.05)
            yield Demonstration(folder, port, environment, out.read_text())
        finally:
            process.terminate()
        assert process.wait(20) == 0


def own_environment() -> Mapping[str, str]:
    """This process's environment without settings of Comity, and with room for wide tables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMITY_")}
    return kept | {"PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
