"""How a command of `comity` ended, what it wrote, and what a mistake has to look like."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.settings import PROJECT
from tests.support.agreements import FILES

LASTING: Mapping[str, str] = {
    name: text.replace("effective: 2026-01-01, expires: 2028-01-01", "effective: 2020-01-01, expires: 2100-01-01")
    for name, text in FILES.items()
}
"""The agreement of most tests, in force on any day on which they may run: commands read the machine's clock."""

PLACE = "north-sea/indicators"
MISTAKE_IS_ONE_LINE = 1


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Comity = Callable[..., Ran]


def in_a_process(folder: Path, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "app", *arguments]
    environment = {"PYTHONPATH": str(PROJECT), "PATH": "/usr/bin:/bin", "COLUMNS": "500"}
    ended = subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, timeout=60)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)


def refused(ran: Ran, *telling: str) -> None:
    """A mistake is one line that says what is wrong, where, and what to do; status 1; nothing on standard output."""
    assert ran.status == 1, ran
    assert len(ran.err.strip().splitlines()) == MISTAKE_IS_ONE_LINE, ran.err
    assert ran.err.startswith("comity: "), ran.err
    for text in telling:
        assert text in ran.err, ran.err
