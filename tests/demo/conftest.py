"""One demonstration exchange for all tests here: what `make run` serves, in a folder and on a port of its own.

It is stopped after the first run and started again, so that whatever holds here holds after a restart.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from served_demonstration import PROJECT, Demonstration, free_port, served


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demonstration")
    (folder / "collections").symlink_to(PROJECT / "collections")
    comity = folder / ".venv" / "bin" / "comity"
    comity.parent.mkdir(parents=True)
    comity.write_text(f'#!/bin/sh\nexec {sys.executable} -m app "$@"\n')
    comity.chmod(0o755)
    with served(folder, free_port()) as first:
        pass
    begun = time.monotonic()
    with served(folder, free_port()) as later:
        yield replace(later, printed_first=first.printed, start_seconds=time.monotonic() - begun)
