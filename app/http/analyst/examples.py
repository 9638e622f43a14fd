"""The examples of OpenAPI: real requests and their real answers, which tests ask again."""

import json
from importlib.resources import files
from typing import Any


def example(name: str) -> Any:
    """The answer of this example; each file of `examples/` holds a request and its answer."""
    return json.loads(files("app.http.analyst").joinpath("examples", f"{name}.json").read_text("utf-8"))["answer"]
