"""docs/exports.md does not lie: its examples print what stands under them, and it names every format, key and limit."""

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.files.editor_schema import schema_of
from app.files.export_formats import ExportFile, read_export_formats
from app.settings import PROJECT
from tests.exports.world import HERE, a_world
from tests.support.asgi import InProcess
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running

PAGE = (PROJECT / "docs" / "exports.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def client_of(world: Running, account: str) -> httpx.Client:
    return httpx.Client(
        transport=InProcess(world.application),
        base_url=f"https://exchange.example{HERE}/exports/",
        auth=(account, world.secrets[account]),
    )


def test_every_example_prints_what_the_page_shows(sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    with sqlite_databases.new(tmp_path) as url, a_world(url, tmp_path) as world:
        names: dict[str, Any] = {"firewall": client_of(world, "port-soc"), "cert": client_of(world, "nl-soc")}
        steps = FENCE.findall(PAGE)
        assert len(steps) == PAGE.count("```python") >= 6
        for code, shown in steps:
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(code, "docs/exports.md", "exec"), names)
            assert printed.getvalue() == shown, code
        (command,) = re.findall(r"```sh\n(curl .*)\n```", PAGE)
        path = urlsplit(shlex.split(command)[-1]).path
        assert world.client("port-soc").get(path).text == names["firewall"].get("ip-list/").text


def test_the_page_names_every_format_that_comes_along_every_key_and_every_limit() -> None:
    formats = PAGE.split("## The formats that come along")[1].split("\n## ")[0]
    shipped = read_export_formats(PROJECT / "mappings" / "exports")
    assert re.findall(r"^\| `([a-z-]+)` \|", formats, re.MULTILINE) == sorted(shipped, key=formats.find)
    assert set(re.findall(r"^\| `([a-z-]+)` \|", formats, re.MULTILINE)) == set(shipped)
    keys = PAGE.split("## Writing a format")[1]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", keys, re.MULTILINE)) == set(schema_of(ExportFile)["properties"])
    for name in ("EXPORT_OBJECTS_MAX", "EXPORT_VALUES_MAX", "EXPORTS_WAITING_MAX", "ANSWER_BYTES_MAX"):
        assert f"COMITY_{name}" in PAGE


def test_the_format_of_the_page_reads(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "names.yaml").write_text(text)
    (made,) = read_export_formats(tmp_path).values()
    assert (made.name, made.kinds, made.confidence_min) == ("names", {"domain-name"}, 90)
