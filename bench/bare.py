"""The floor of every request: a FastAPI route that returns 20 bytes, served as Comity is."""

import sys

import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response


def build() -> FastAPI:
    """The application."""
    application = FastAPI(openapi_url=None)

    @application.get("/bare")
    async def bare() -> Response:
        return Response(b"x" * 20)

    return application


if __name__ == "__main__":
    uvicorn.run(build(), host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
