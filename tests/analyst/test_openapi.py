"""The OpenAPI document says what is so: each answer has the shape that it gives, each example is the real answer."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.http.analyst import shapes
from tests.analyst.examples import FOLDER, REQUESTS, answered
from tests.analyst.test_match import with_settings
from tests.support.exchanges import Running

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
SHAPES: dict[str, type[BaseModel]] = {
    "lookup": shapes.LookUpShape,
    "lookup-many": shapes.ManyLookUpsShape,
    "match": shapes.MatchedShape,
    "search": shapes.FoundShape,
    "object": shapes.ExaminedShape,
    "graph": shapes.GraphShape,
    "report": shapes.GraphShape,
    "sightings": shapes.ReportedShape,
    "changes": shapes.ChangesShape,
}


def document(world: Running) -> dict[str, Any]:
    found: dict[str, Any] = world.client("port-analyst").get("/analyst/v1/openapi.json").json()
    return found


@pytest.mark.parametrize("name", REQUESTS)
def test_each_example_is_the_real_answer(world: Running, name: str) -> None:
    assert json.loads((FOLDER / f"{name}.json").read_text("utf-8")) == answered(world, name)


def test_there_is_an_example_for_each_endpoint_and_no_other(world: Running) -> None:
    examples = {
        (method, path): answers["responses"]["200"]["content"]["application/json"]["example"]
        for path, methods in document(world)["paths"].items()
        for method, answers in methods.items()
    }
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.json" for name in REQUESTS}
    assert len(examples) == len(REQUESTS)
    for (method, path), example in examples.items():
        fitting = [
            name
            for name, (asked, target, _) in REQUESTS.items()
            if asked.lower() == method and target.startswith(path.partition("{")[0])
        ]
        assert example in [answered(world, name)["answer"] for name in fitting], path


@pytest.mark.parametrize("name", REQUESTS)
def test_each_answer_has_the_shape_that_is_documented(world: Running, name: str) -> None:
    for account in ("nl-analyst", "port-analyst"):
        SHAPES[name].model_validate(answered(world, name, account)["answer"], strict=True)


def test_the_document_tells_every_limit_that_the_page_names(world: Running) -> None:
    told = document(with_settings(world, match_observations_max=7))["info"]["x-limits"]
    table = PAGE.split("| limit | unit |", 1)[1].split("\n\n", 1)[0]
    named = {name.lower() for name in re.findall(r"`COMITY_([A-Z_]+)`", table)}
    assert set(told) == named | {"query_chars_max", "json_depth_max"}
    assert told["match_observations_max"] == {"value": 7, "description": "The most observations of one such upload."}


def test_the_document_names_how_to_identify_and_every_refusal(world: Running) -> None:
    found = document(world)
    assert set(found["components"]["securitySchemes"]) == {"basic", "bearer", "key"}
    for methods in found["paths"].values():
        for answers in methods.values():
            assert {"200", "400", "401", "403", "404", "422", "503"} <= set(answers["responses"])
            assert answers["description"]
