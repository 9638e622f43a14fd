"""The web application: `create_app(settings, clock)` builds all of it, and nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.clock import Clock, Identifiers, SystemClock
from app.composition import build_exchange, require_current_schema
from app.http.application import build_application
from app.http.published import Published
from app.logs import configure_logs
from app.settings import Settings


def create_app(settings: Settings, clock: Clock, identifiers: Identifiers | None = None) -> FastAPI:
    """The application on these settings. Raises OperatorError where the database is not at head."""
    identifiers = identifiers or Identifiers()
    require_current_schema(settings)
    exchange = build_exchange(settings, clock, identifiers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        exchange.close()

    published = Published(
        base_url=(settings.base_url or "").rstrip("/"),
        title=settings.title,
        description=None,
        contact=settings.contact,
        content_length_bytes_max=settings.content_length_bytes_max,
        query_chars_max=settings.query_chars_max,
    )
    return build_application(exchange, published, identifiers=identifiers, lifespan=lifespan)


def create_from_environment() -> FastAPI:
    """What each worker process runs: settings from its environment, the machine's clock."""
    settings = Settings()
    configure_logs(settings)
    return create_app(settings, SystemClock())
