"""The measurements run and give every row, on each engine. What they measure is for people to read."""

import json
import subprocess
import sys
from typing import Any

import pytest

from app.settings import PROJECT
from tests.support.databases import ENGINES


def measured(*chosen: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench", *chosen, "--json"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    rows: list[dict[str, Any]] = json.loads(ended.stdout)
    return rows


@pytest.mark.parametrize("engine", ENGINES)
def test_every_row_is_measured(engine: str) -> None:
    rows = measured("--objects", "200", "--engine", engine)
    assert len(rows) == 13
    assert all(row["ratio"] > 0 or row["at_most"] for row in rows)
    assert {row["engine"] for row in rows} == {engine}


def test_look_ups_are_measured_alone_with_what_the_database_spends_on_them() -> None:
    rows = measured("--objects", "40", "--engine", "postgresql", "--look-ups")
    assert [row["work"].partition(":")[0] for row in rows] == [
        "look-up of one value among 40", *["look-up of 40 values at once"] * 2
    ]  # fmt: skip
    assert rows[0]["floor"].startswith("among 4 ")
    assert all(row["ratio"] > 0 for row in rows)
