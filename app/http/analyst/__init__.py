"""The analyst API, under /analyst/v1/: look-ups, search, one object, its graph, reports and changes.

For accounts with the role analyst or officer, and nobody else. What they are shown is what they could pull.
"""

from typing import Final

from fastapi import FastAPI
from starlette.responses import JSONResponse

from app import VERSION
from app.exchange.exchange import Exchange
from app.http.analyst import changes, lookup, objects, search
from app.http.analyst.call import PREFIX, Called
from app.http.analyst.documenting import document
from app.http.analyst.rendering import HEADERS
from app.http.published import Published

ROUTES: Final = (*lookup.ROUTER.routes, *objects.ROUTER.routes, *search.ROUTER.routes, *changes.ROUTER.routes)


def add_to(application: FastAPI, exchange: Exchange, published: Published) -> None:
    """Let the application serve the analyst API, and its OpenAPI document to whoever may use it."""
    application.state.exchange = exchange
    application.router.routes.extend(ROUTES)

    @application.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    async def openapi(call: Called) -> JSONResponse:
        return JSONResponse(document(published.title, VERSION, ROUTES), headers=HEADERS)
