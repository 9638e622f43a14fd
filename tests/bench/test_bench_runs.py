"""The measurements run and give every row, all on PostgreSQL and look-ups on SQLite. They are for people to read."""

import json
import os
import subprocess
import sys
from typing import Any

from app.settings import PROJECT
from tests.support.databases import PostgresDatabases


def measured(beside: PostgresDatabases, *chosen: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench", *chosen, "--json"]
    there = {**os.environ, "COMITY_TEST_POSTGRES_URL": beside.server}  # to make a server takes longer
    ended = subprocess.run(command, cwd=PROJECT, env=there, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    rows: list[dict[str, Any]] = json.loads(ended.stdout)
    return rows


def test_every_row_is_measured(postgres_databases: PostgresDatabases) -> None:
    rows = measured(postgres_databases, "--objects", "200", "--engine", "postgresql")
    assert [row["engine"] for row in rows] == ["postgresql"] * 13
    assert all(row["ratio"] > 0 or row["at_most"] for row in rows)


def test_look_ups_are_measured_alone(postgres_databases: PostgresDatabases) -> None:
    rows = measured(postgres_databases, "--objects", "40", "--engine", "sqlite", "--look-ups")
    assert [row["work"].partition(":")[0] for row in rows] == [
        "look-up of one value among 40", *["look-up of 40 values at once"] * 2
    ]  # fmt: skip
    assert rows[0]["floor"].startswith("among 4 ")
    assert all(row["ratio"] > 0 and row["engine"] == "sqlite" for row in rows)
