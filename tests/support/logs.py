"""What the tests' own process logs: plain lines, which are shown where a test fails."""

from typing import TextIO

import structlog

_LINES = structlog.processors.KeyValueRenderer(key_order=["event"])


def plain_logs(to: TextIO | None = None) -> None:
    """From now on, to standard output or to this stream. Unless told otherwise, structlog draws every traceback with
    all its variables, which takes longer than most tests."""
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _LINES,
        ],
        logger_factory=structlog.PrintLoggerFactory(to),
    )


def logs_are_plain() -> bool:
    """Whether nobody has set them otherwise since."""
    return _LINES in structlog.get_config()["processors"]
