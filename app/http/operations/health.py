"""GET /health (the process answers) and GET /ready (it can serve: the database is there and at its version)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.exchange import readiness
from app.exchange.exchange import Exchange


def routes(exchange: Exchange) -> list[BaseRoute]:
    """Both paths, with and without the final slash."""

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers={"cache-control": "no-store"})

    async def ready(request: Request) -> Response:
        await readiness.check(exchange)  # Unavailable becomes 503 with Retry-After
        return JSONResponse({"status": "ready"}, headers={"cache-control": "no-store"})

    endpoints = {"/health": health, "/ready": ready}
    return [Route(path + slash, endpoint) for path, endpoint in endpoints.items() for slash in ("", "/")]
