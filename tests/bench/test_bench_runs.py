"""The measurements run and give every row, on each engine. What they measure is for people to read."""

import json
import subprocess
import sys

import pytest

from app.settings import PROJECT
from tests.support.databases import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
def test_every_row_is_measured(engine: str) -> None:
    command = [sys.executable, "-m", "bench", "--objects", "200", "--engine", engine, "--json"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)
    assert len(rows) == 12
    assert all(row["ratio"] > 0 or row["at_most"] for row in rows)
    assert {row["engine"] for row in rows} == {engine}
