"""An application of this process behind a real server on a loopback port."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

import uvicorn
from fastapi import FastAPI

from tests.support.servers import free_port

READY_SECONDS = 20


@contextmanager
def listening(application: FastAPI) -> Iterator[str]:
    """The address at which it is served until the block ends."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="warning", access_log=False))
    thread = Thread(target=server.run, name="uvicorn")
    thread.start()
    address, deadline = f"http://127.0.0.1:{port}", monotonic() + READY_SECONDS
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended"
            assert monotonic() < deadline, "the server is not ready"
            sleep(0.02)
        yield address
    finally:
        server.should_exit = True
        thread.join()
