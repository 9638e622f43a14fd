"""Samples of feeds, and delivering them over HTTP."""

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


def messages(status: dict[str, Any], which: str) -> set[str | None]:
    """The messages of the successes or failures of a status."""
    return {each.get("message") for each in status.get(which, ())}
