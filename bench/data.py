"""Indicators as feeds send them: 760 to 900 bytes each, with random ids, the same for the same seed."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
WORDS = (
    "beacon", "loader", "stealer", "campaign", "dropper", "phishing", "panel", "relay", "proxy", "tunnel", "implant",
    "botnet", "scanner",
)  # fmt: skip


def indicators(count: int, marking: str, seed: int) -> Iterator[dict[str, Any]]:
    """So many indicators, all under one marking."""
    source = random.Random(seed)
    for _ in range(count):
        value = f"{source.choice(WORDS)}-{source.getrandbits(40):x}.example"
        text = " ".join(source.choice(WORDS) for _ in range(source.randint(32, 48)))
        yield {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{UUID(bytes=source.randbytes(16), version=4)}",
            "created": "2026-05-01T08:00:00.000Z",
            "modified": f"2026-05-01T08:{source.randint(0, 59):02}:00.000Z",
            "name": f"Domain {value}",
            "description": text,
            "indicator_types": ["malicious-activity"],
            "pattern": f"[domain-name:value = '{value}']",
            "pattern_type": "stix",
            "valid_from": "2026-05-01T08:00:00Z",
            "labels": [source.choice(WORDS), source.choice(WORDS)],
            "object_marking_refs": [marking],
        }


def envelopes(count: int, marking: str, seed: int, size: int = 1000) -> Iterator[bytes]:
    """The indicators as TAXII envelopes of `size` objects."""
    batch: list[dict[str, Any]] = []
    for each in indicators(count, marking, seed):
        batch.append(each)
        if len(batch) == size:
            yield _envelope(batch)
            batch = []
    if batch:
        yield _envelope(batch)


def _envelope(objects: Sequence[dict[str, Any]]) -> bytes:
    return json.dumps({"objects": objects}).encode()
