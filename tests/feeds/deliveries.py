"""Samples of feeds, and delivering them over HTTP."""

import json
from pathlib import Path
from typing import Any

from tests.support.exchanges import Running

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "tests" / "feeds" / "samples"
CORPUS = PROJECT / "../shared/corpus"
INDICATORS = "north-sea/collections/indicators"
TYPES = {".csv": "text/csv", ".json": "application/json", ".txt": "text/plain"}


def deliver(
    exchange: Running, mapping: str, data: bytes, *, account: str = "nl-feed", media_type: str = "text/csv"
) -> dict[str, Any]:
    """Deliver a feed; the status resource."""
    answer = exchange.client(account).post(
        f"/{INDICATORS}/feeds/{mapping}/", content=data, headers={"Content-Type": media_type}
    )
    assert answer.status_code == 202, (answer.status_code, answer.text)
    status: dict[str, Any] = answer.json()
    return status


def tried(
    exchange: Running, mapping: str, data: bytes, query: str = "", *, account: str = "nl-feed", status: int = 200
) -> dict[str, Any]:
    """Try a feed; what would become of it, or the error."""
    answer = exchange.client(account).post(
        f"/{INDICATORS}/feeds/{mapping}/dry-run/{query}",
        content=data,
        headers={"Content-Type": "text/csv", "Accept": "application/json"},
    )
    assert answer.status_code == status, (answer.status_code, answer.text)
    told: dict[str, Any] = answer.json()
    return told


def messages(status: dict[str, Any], which: str) -> set[str | None]:
    """The messages of the successes or failures of a status."""
    return {each.get("message") for each in status.get(which, ())}


UUIDS = ("0a0b1c2d-0d2e-4f8b-9a77-2c51d0e4b601", "0a0b1c2d-0d2e-4f8b-9a77-2c51d0e4b602")


def a_feed_of_misp(folder: Path, *seconds: int) -> Path:
    """A feed whose events were changed at these instants, each with an address of its own."""
    folder.mkdir(exist_ok=True)
    manifest = {}
    for number, (uuid, changed) in enumerate(zip(UUIDS, seconds, strict=False), 1):
        head = {"uuid": uuid, "info": f"event {number}", "date": "2026-03-01", "timestamp": str(changed)}
        said = {"type": "ip-dst", "category": "Network activity", "to_ids": True, "timestamp": str(changed)}
        of = {**head, "published": True, "publish_timestamp": str(changed), "analysis": "2", "threat_level_id": "2"}
        attribute = {**said, "uuid": uuid.replace("0a0b", "0a0c"), "value": f"198.51.100.{changed % 200}"}
        event = {**of, "Orgc": {"uuid": uuid.replace("0a0b", "0a0d"), "name": "Us"}, "Attribute": [attribute]}
        (folder / f"{uuid}.json").write_text(json.dumps({"Event": event}))
        manifest[uuid] = head
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "hashes.csv").write_text("")
    return folder
