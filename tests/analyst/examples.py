"""The examples of the OpenAPI document: each is asked again, and has to be the real answer.

`python -m tests.analyst.examples` writes them anew where answers have changed.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.settings import PROJECT
from tests.analyst.world import ADDRESS, DOMAIN, REPORT, a_world
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running

FOLDER = PROJECT / "app" / "http" / "analyst" / "examples"

SIGHTING, STATUS = "sighting--7b6f5b0e-51f4-4c4f-8d3c-5f0f2f1e7a90", "f0b1a6c4-2f0e-4e55-9b7c-0a1d9c3e8d27"

REQUESTS: Mapping[str, tuple[str, str, Any]] = {
    "lookup": ("GET", "/analyst/v1/lookup?value=198%5B.%5D51%5B.%5D100%5B.%5D7", None),
    "lookup-many": ("POST", "/analyst/v1/lookup", {"values": ["hxxp://bad[.]example/Kit", "203.0.113.9"]}),
    "match": (
        "POST",
        "/analyst/v1/match",
        {"values": ["hxxp://bad[.]example/", "bad[.]example", {"type": "ipv4-addr", "value": "198.51.100.7"}]},
    ),
    "search": ("GET", "/analyst/v1/search?type=indicator&text=ADDRESS&valid=true", None),
    "object": ("GET", f"/analyst/v1/object/{ADDRESS['id']}?versions=all", None),
    "graph": ("GET", f"/analyst/v1/graph/{ADDRESS['id']}?steps=1", None),
    "report": ("GET", f"/analyst/v1/report/{REPORT['id']}", None),
    "sightings": (
        "POST",
        "/analyst/v1/sightings",
        {"partnership": "north-sea", "collection": "seen", "indicator": DOMAIN["id"], "count": 2},
    ),
    "changes": ("GET", "/analyst/v1/changes?since=2026-06-01T12:30:00Z&limit=1", None),
}


def answered(world: Running, name: str, account: str = "port-analyst") -> dict[str, Any]:
    """The request of this name, and what it is answered."""
    method, target, body = REQUESTS[name]
    answer = world.client(account).request(method, target, json=body)
    assert answer.status_code == 200, answer.text
    asked = {"method": method, "target": target, **({"body": body} if body is not None else {})}
    return {"request": asked, "answer": with_known_ids(name, answer.json())}


def with_known_ids(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer; where each one gives new ids, they are made the same."""
    if name != "sightings":
        return answer
    text = json.dumps(answer)
    for found, known in ((answer["object"]["id"], SIGHTING), (answer["status"]["id"], STATUS)):
        text = text.replace(found, known)
    anew: dict[str, Any] = json.loads(text)
    return anew


def written() -> None:
    """Write every example as it is answered now."""
    with TemporaryDirectory() as folder:
        databases = SqliteDatabases(Path(folder))
        with databases.new(Path(folder)) as url, a_world(url, Path(folder)) as world:
            for name in REQUESTS:
                text = json.dumps(answered(world, name), indent=1, ensure_ascii=False)
                (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    written()
