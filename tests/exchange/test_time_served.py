"""What time makes due is done by whoever serves, without a command."""

import time
from pathlib import Path

import pytest

from app.clock import SystemClock
from app.exchange import apply, plan
from tests.support.agreements import FILES, NORTH_SEA
from tests.support.databases import ENGINES
from tests.support.exchanges import TAXII, running
from tests.support.servers import Server
from tests.support.stix import AMBER, CLEAR, an_envelope, an_indicator

HERE = "/north-sea/collections/indicators/objects/"
SECONDS_MAX = 30


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_server_ends_embargoes_and_does_the_batches_that_a_command_left(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """On PostgreSQL with two workers, of which one holds the lease."""
    databases = request.getfixturevalue("sqlite_databases" if engine == "sqlite" else "postgres_databases")
    embargo = {**FILES, "north-sea.yaml": NORTH_SEA.replace("statements: all", "statements: all\n      embargo: PT2S")}
    wider = {
        name: text.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")
        for name, text in embargo.items()
    }
    with databases.new(tmp_path) as url:
        accounts = ["nl-feed", "port-soc"]
        with running(url, tmp_path, files=embargo, clock=SystemClock(), only=accounts) as made:
            secrets = dict(made.secrets)
            workers = 1 if engine == "sqlite" else 2
            with Server(url, tmp_path, workers=workers, secrets=secrets) as server:
                with server.client("nl-feed") as feed:
                    body = an_envelope([an_indicator("clear", CLEAR), an_indicator("amber", AMBER)])
                    feed.post(HERE, content=body, headers={"Content-Type": TAXII})
                with server.client("port-soc") as reader:
                    assert reader.get(HERE).json() == {}
                    wait_for(lambda: len(reader.get(HERE).json().get("objects", [])) == 1)
                    planned = plan.plan(made.exchange, wider)
                    apply.apply(made.exchange, planned, by="test", reason="and its batches are left to the server")
                    wait_for(lambda: len(reader.get(HERE).json().get("objects", [])) == 2)


def wait_for(holds) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not holds():
        assert time.monotonic() < deadline, "the server has not done it"
        time.sleep(0.1)
