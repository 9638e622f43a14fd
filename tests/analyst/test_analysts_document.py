"""docs/analysts.md does not lie: its examples are run in their order, and print what stands under them."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import httpx

from app.settings import PROJECT
from tests.analyst.world import a_world
from tests.support.asgi import InProcess
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running

PAGE, _, _rest = (PROJECT / "docs" / "analysts.md").read_text(encoding="utf-8").partition("\n## On real data\n")
REAL_DATA, _, _after = _rest.partition("\n## ")
PAGE += f"\n## {_after}"
FENCE = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


def client_of(world: Running, account: str) -> httpx.Client:
    return httpx.Client(
        transport=InProcess(world.application),
        base_url="https://exchange.example/analyst/v1/",
        auth=(account, world.secrets[account]),
    )


def test_every_example_prints_what_the_page_shows(sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    with sqlite_databases.new(tmp_path) as url, a_world(url, tmp_path) as world:
        names: dict[str, Any] = {"cert": client_of(world, "nl-analyst"), "port": client_of(world, "port-analyst")}
        steps = FENCE.findall(PAGE)
        for code, shown in steps:
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(code, "docs/analysts.md", "exec"), names)
            assert printed.getvalue() == shown, code
        names["analyst"]("an account", "a secret").close()
    assert len(steps) >= 8


LOOK_UP = (
    "lookup_values",
    "lookup_body_bytes",
    "lookup_objects",
    "lookup_matches",
    "lookups_waiting",
    "answer_bytes",
)
MATCH = ("match_body_bytes", "match_observations", "match_indicators", "match_pattern_steps", "match_steps")


def test_every_limit_of_look_ups_and_matches_stands_in_the_page() -> None:
    for name in (*LOOK_UP, *MATCH):
        assert f"COMITY_{name.upper()}_MAX" in PAGE
