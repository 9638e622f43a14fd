"""The web application: `create_app(settings, clock)` builds all of it, and nothing happens at import."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.clock import Clock, Identifiers, SystemClock
from app.composition import build_exchange, require_current_schema
from app.http.application import build_application
from app.http.published import Published
from app.logs import configure_logs
from app.settings import Settings

SWITCH_SECONDS = 0.001
"""How long a push may keep the interpreter before a poll beside it gets its turn (five times that is the default)."""


def create_app(settings: Settings, clock: Clock, identifiers: Identifiers | None = None) -> FastAPI:
    """The application on these settings. Raises OperatorError where the database is not at head."""
    identifiers = identifiers or Identifiers()
    require_current_schema(settings)
    exchange = build_exchange(settings, clock, identifiers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        exchange.close()

    return build_application(exchange, published(settings), identifiers=identifiers, lifespan=lifespan)


def published(settings: Settings) -> Published:
    """The public face of an exchange with these settings."""
    return Published(
        base_url=(settings.base_url or "").rstrip("/"),
        title=settings.title,
        description=None,
        contact=settings.contact,
        content_length_bytes_max=settings.content_length_bytes_max,
        query_chars_max=settings.query_chars_max,
    )


def create_from_environment() -> FastAPI:
    """What each worker process runs: settings from its environment, the machine's clock."""
    settings = Settings()
    configure_logs(settings)
    sys.setswitchinterval(SWITCH_SECONDS)
    return create_app(settings, SystemClock())
