"""What the tests' own process logs: plain lines, which are shown where a test fails."""

import structlog


def plain_logs() -> None:
    """From now on. Unless told otherwise, structlog draws every traceback with all its variables, which takes longer
    than most tests."""
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ]
    )
