"""The web application: `create_app(settings, clock)` builds all of it, and nothing happens at import."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from app.clock import Clock, Identifiers, SystemClock
from app.composition import build_exchange, require_fit
from app.errors import ComityError
from app.exchange.exchange import Exchange
from app.exchange.sweep import keep_record, sweep
from app.http.application import build_application
from app.http.failures import Failures
from app.http.protocol import FAILURES
from app.http.published import Published
from app.logs import configure_logs
from app.settings import Settings

log = structlog.get_logger("comity.sweep")

SWITCH_SECONDS = 0.001
"""How long a push may keep the interpreter before a poll beside it gets its turn (five times that is the default)."""


def create_app(settings: Settings, clock: Clock, identifiers: Identifiers | None = None) -> FastAPI:
    """The application on these settings. Raises OperatorError where the database is not fit to be served."""
    identifiers = identifiers or Identifiers()
    require_fit(settings)
    exchange = build_exchange(settings, clock, identifiers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, object]]:
        keeping = [
            asyncio.create_task(keep_sweeping(exchange, str(identifiers.uuid()))),
            asyncio.create_task(keep_recording(exchange)),
        ]
        yield {FAILURES: Failures(identifiers)}
        for each in keeping:
            each.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        exchange.close()

    return build_application(exchange, published(settings), identifiers=identifiers, lifespan=lifespan)


async def keep_sweeping(exchange: Exchange, holder: str) -> None:
    """Do what time makes due, for as long as this process serves."""
    while True:
        try:
            while await exchange.write(sweep, exchange, holder):
                pass
        except ComityError as error:
            log.warning("what is due has to wait", reason=str(error))
        except Exception:
            log.exception("what is due could not be done")
        await asyncio.sleep(exchange.settings.sweep_seconds)


async def keep_recording(exchange: Exchange) -> None:
    """Keep the record of this process's dates and clock, for as long as it serves.

    In a thread beside those for pushes and polls: the record must not wait for a long push, nor a poll for the record.
    """
    while True:
        try:
            await asyncio.to_thread(keep_record, exchange)
        except ComityError as error:
            log.warning("the record of dates has to wait", reason=str(error))
        except Exception:
            log.exception("the record of dates could not be kept")
        await asyncio.sleep(exchange.settings.sweep_seconds)


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
