"""The measurements run and give every row, on each engine. What they measure is for people to read."""

import json
import os
import subprocess
import sys
from collections import Counter

from app.settings import PROJECT
from tests.support.databases import ENGINES, PostgresDatabases


def test_every_row_is_measured(postgres_databases: PostgresDatabases) -> None:
    command = [sys.executable, "-m", "bench", "--objects", "200", "--json"]
    beside = {**os.environ, "COMITY_TEST_POSTGRES_URL": postgres_databases.server}  # to make a server takes longer
    ended = subprocess.run(command, cwd=PROJECT, env=beside, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)
    assert Counter(row["engine"] for row in rows) == dict.fromkeys(ENGINES, 12)
    assert all(row["ratio"] > 0 or row["at_most"] for row in rows)
