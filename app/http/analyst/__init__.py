"""The analyst API, under /analyst/v1/: look-ups, matches, search, objects, graphs, reports, changes and sightings.

For accounts with the role analyst or officer, and nobody else. What they are shown is what they could pull; what
they report is taken like a push.
"""

from typing import Final

from fastapi import FastAPI
from starlette.responses import JSONResponse

from app import VERSION
from app.exchange.exchange import Exchange
from app.http.analyst import changes, lookup, match, objects, search, sightings
from app.http.analyst.call import PREFIX, Called
from app.http.analyst.documenting import document
from app.http.analyst.rendering import HEADERS
from app.http.published import Published

ROUTES: Final = tuple(
    route for module in (lookup, match, objects, search, changes, sightings) for route in module.ROUTER.routes
)


def add_to(application: FastAPI, exchange: Exchange, published: Published) -> None:
    """Let the application serve the analyst API, and its OpenAPI document to whoever may use it."""
    application.state.exchange = exchange
    application.router.routes.extend(ROUTES)

    @application.get(f"{PREFIX}/openapi.json", include_in_schema=False)
    async def openapi(call: Called) -> JSONResponse:
        return JSONResponse(document(published.title, VERSION, exchange.settings, ROUTES), headers=HEADERS)
