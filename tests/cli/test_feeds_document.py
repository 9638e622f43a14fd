"""docs/feeds.md: its commands run and print what it says, it names every key, and its mapping reads."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from app.feeds.drafts import Draft
from app.feeds.reading import read_feed
from app.files.editor_schema import schema_of
from app.files.feed_entry import FeedFile
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry
from tests.cli.ran import Comity
from tests.feeds.deliveries import PROJECT, SAMPLES, a_feed_of_misp
from tests.support.exchanges import Running

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = (PROJECT / "docs" / "feeds.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n((?:comity [^\n]*\n)+)```\n```text\n(.*?)```\n", PAGE, re.DOTALL)
BAD = b"""first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware
2026-02-04 21:24:53,203.0.113.246,8080,online,2026-03-01,Emotet
2026-02-04 21:24:53,not-an-address,443,online,2026-03-01,Emotet
2026-02-31 00:00:00,203.0.113.7,443,online,2026-03-01,Emotet
"""


def test_every_command_of_the_page_prints_what_it_says(comity: Comity, here: Path) -> None:
    (here / "recent.csv").write_bytes((SAMPLES / "urlhaus.csv").read_bytes())
    (here / "bad.csv").write_bytes(BAD)
    a_feed_of_misp(here / "misp-feed", 1_772_000_000)
    assert len(COMMANDS) == 4
    for commands, printed in COMMANDS:
        ran = [comity(*shlex.split(command)[1:]) for command in commands.splitlines()]
        assert "".join(each.out for each in ran) == printed
        assert {each.status for each in ran} == {1 if "refused.\n  1" in printed else 0}


def test_the_requests_of_the_page_are_answered(exchange: Running) -> None:
    deliver, trial = (shlex.split(each) for each in re.findall(r"```sh\n(curl .*)\n```", PAGE))
    told = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])  # type: ignore[index]
    for words, content, status in ((trial, BAD, 200), (deliver, (SAMPLES / "urlhaus.csv").read_bytes(), 202)):
        name, _, value = words[words.index("-H") + 1].partition(": ")
        url = urlsplit(words[-1])
        answer = exchange.client("nl-feed").post(
            f"{url.path}?{url.query}" if url.query else url.path,
            content=content,
            headers={name: value, "Accept": "*/*"},
        )
        assert answer.status_code == status, answer.text
        assert status == 202 or answer.json() == told
    assert answer.json()["success_count"] == 5


def test_the_page_names_every_key_and_no_other() -> None:
    schema = schema_of(FeedFile)

    def keys(part: dict[str, object], path: str) -> set[str]:
        reference = part.get("$ref") or next(
            (each["$ref"] for each in part.get("anyOf", ()) if "$ref" in each),
            None,  # type: ignore[attr-defined]
        )
        if isinstance(reference, str):
            part = {**schema["$defs"][reference.removeprefix("#/$defs/")], **part}
        found: set[str] = set()
        for name, below in part.get("properties", {}).items():  # type: ignore[attr-defined]
            found |= {path + name} | keys(below, f"{path}{name}.")
        for inner in ("items", "additionalProperties"):
            if isinstance(part.get(inner), dict):
                below = part[inner]
                found |= ({f"{path}*"} if inner == "additionalProperties" else set()) | keys(below, f"{path}*.")  # type: ignore[arg-type]
        return found

    named = set(re.findall(r"^\| `([a-z_.*]+)` \|", PAGE.split("## Writing a mapping")[1], re.MULTILINE))
    assert named == keys(schema, "")


def test_the_page_names_every_mapping_that_comes_along() -> None:
    table = PAGE.split("## The mappings that come along")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE))
    assert named == {file.stem for file in (PROJECT / "mappings" / "feeds").glob("*.yaml")}


def test_the_mapping_of_the_page_reads_a_delivery(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "partner.yaml").write_text(text)
    mapping = read_feed_mappings(tmp_path, read_registry(PROJECT / "mappings" / "markings"))["partner"]
    rows = "# theirs\nindicator;type;family;score;first;last;changed\n198.51.100.7:443;IP:Port;Bot;80;2026-01-01;-;-\n"
    (draft,) = read_feed(mapping, rows.encode(), "nl-cert", NOW)
    assert isinstance(draft, Draft)
    assert (draft.tree["name"], draft.tree["confidence"]) == ("Bot: 198.51.100.7:443", 80)
