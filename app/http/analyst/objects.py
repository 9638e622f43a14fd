"""GET /analyst/v1/object/{id}, /analyst/v1/graph/{id} and /analyst/v1/report/{id}."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from app.exchange import examine as examining
from app.exchange import graph as graphs
from app.exchange.graph import Graph
from app.http.analyst import rendering
from app.http.analyst.call import OBJECTS_DEFAULT, OBJECTS_MAX, PREFIX, Called, PageParameters, Parameters, identifier
from app.http.analyst.documenting import answers
from app.http.analyst.groups import by_reference
from app.http.analyst.shapes import ExaminedShape, GraphShape

ROUTER: Final = APIRouter(prefix=PREFIX)


class ObjectParameters(PageParameters):
    """What is asked about one object."""

    versions: Literal["last", "all"] = Field("last", description="`last`: the newest; `all`: every version.")


class ReportParameters(Parameters):
    """How much of what an object names."""

    limit: int = Field(OBJECTS_DEFAULT, ge=1, le=OBJECTS_MAX, description="The most objects beside it.")


class GraphParameters(ReportParameters):
    """How far the graph reaches."""

    steps: int = Field(2, ge=1, le=graphs.STEPS_MAX, description="How many references away objects may lie.")


@ROUTER.get("/object/{object_id}", responses=answers(ExaminedShape, "object"))
async def examine(call: Called, object_id: str, asked: Annotated[ObjectParameters, Query()]) -> Response:
    """One object in each collection that shows it, and what refers to it, newest first."""
    every = asked.versions == "all"
    question = examining.Question(identifier(object_id), every, asked.scope, asked.limit, asked.next)
    found = await examining.examine(call.exchange, call.requester, question)
    return rendering.answer(
        {
            "id": object_id,
            "versions": [rendering.entry(each) for each in found.versions],
            **by_reference(found.referring),
            "next": found.next,
        }
    )


@ROUTER.get("/graph/{object_id}", responses=answers(GraphShape, "graph"))
async def graph(call: Called, object_id: str, asked: Annotated[GraphParameters, Query()]) -> Response:
    """What lies around an object, nearest first. A relationship is an object: what it joins lies two steps away."""
    question = graphs.Question(identifier(object_id), asked.steps, asked.scope, asked.limit)
    return _drawn(object_id, await graphs.around(call.exchange, call.requester, question))


@ROUTER.get("/report/{object_id}", responses=answers(GraphShape, "report"))
async def report(call: Called, object_id: str, asked: Annotated[ReportParameters, Query()]) -> Response:
    """An object, and everything that it names, as far as the caller is shown it: a report and its contents."""
    question = graphs.Question(identifier(object_id), 1, asked.scope, asked.limit)
    return _drawn(object_id, await graphs.report(call.exchange, call.requester, question))


def _drawn(object_id: str, found: Graph) -> Response:
    return rendering.answer(
        {
            "id": object_id,
            "entries": [rendering.entry(each) for each in found.entries],
            "edges": [{"source": each.source, "property": each.name, "target": each.target} for each in found.edges],
            "more": found.more,
        }
    )
