"""The FastAPI application: which routes there are, and who answers failures."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Lifespan

from app.clock import Identifiers
from app.errors import ComityError
from app.exchange.exchange import Exchange
from app.http import analyst
from app.http.failures import Failures
from app.http.operations import health
from app.http.published import Published
from app.http.route import TaxiiRoute
from app.http.taxii import PATHS
from app.http.terms import TERMS


def build_application(
    exchange: Exchange,
    published: Published,
    *,
    identifiers: Identifiers | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Everything that this exchange serves over HTTP.

    No generated documentation and no redirects. `identifiers` are where the ids of error messages come from,
    `lifespan` starts and stops what the exchange needs.
    """
    failures = Failures(identifiers or Identifiers())
    application = FastAPI(
        title=published.title,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers={
            ComityError: failures.handle,
            HTTPException: failures.handle,
            RequestValidationError: failures.handle,
            Exception: failures.handle,
        },
    )
    application.router.routes.extend(health.routes(exchange))
    analyst.add_to(application, exchange, published)
    application.router.routes.extend(TaxiiRoute(path, exchange, published, failures) for path in (*PATHS, TERMS))
    return application
