"""TAXII resources as they are written (rows TYP-01, -04, -10, DIS-07, ROOT-04, STA-02, -08, COLS-02, ERR-02)."""

import json
from typing import Any

import pytest

from app.taxii.resources import (
    ApiRoot,
    CollectionResource,
    Collections,
    Discovery,
    ErrorMessage,
    Resource,
    Status,
    StatusDetails,
)

COLLECTION = CollectionResource(
    id="5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", title="Shared", can_read=True, can_write=False
)
NO_PUSH = Status(
    id="2d086da7-4bdc-4f91-900e-d77486753710",
    status="complete",
    total_count=0,
    success_count=0,
    failure_count=0,
    pending_count=0,
)

WRITTEN: dict[str, tuple[Resource, dict[str, Any]]] = {
    "discovery without roots has no default and no list": (Discovery(title="Comity"), {"title": "Comity"}),
    "discovery with roots": (
        Discovery(title="Comity", contact="x", default="https://e/a/", api_roots=("https://e/a/", "https://e/b/")),
        {
            "title": "Comity",
            "contact": "x",
            "default": "https://e/a/",
            "api_roots": ["https://e/a/", "https://e/b/"],
        },
    ),
    "an API root": (
        ApiRoot(title="North", max_content_length=1),
        {"title": "North", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 1},
    ),
    "no collections": (Collections(), {}),
    "collections": (
        Collections(collections=(COLLECTION,)),
        {
            "collections": [
                {
                    "id": "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10",
                    "title": "Shared",
                    "can_read": True,
                    "can_write": False,
                }
            ]
        },
    ),
    "T-STA-02: counts are there when zero, lists are not": (
        NO_PUSH,
        {
            "id": "2d086da7-4bdc-4f91-900e-d77486753710",
            "status": "complete",
            "total_count": 0,
            "success_count": 0,
            "failure_count": 0,
            "pending_count": 0,
        },
    ),
    "details without a message": (StatusDetails(id="a", version="v"), {"id": "a", "version": "v"}),
    "an empty text is a text": (StatusDetails(id="", version=""), {"id": "", "version": ""}),
    "the status of an error is a string": (
        ErrorMessage(title="Not found", http_status="404"),
        {"title": "Not found", "http_status": "404"},
    ),
}


@pytest.mark.parametrize(("resource", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_written(resource: Resource, expected: dict[str, Any]) -> None:
    assert json.loads(resource.to_json()) == expected


@pytest.mark.row("T-TYP-11")
def test_text_of_any_script_is_written_as_utf8() -> None:
    title = "Zürich 🛰 \u2028 עברית"
    assert json.loads(Discovery(title=title).to_json().decode())["title"] == title
