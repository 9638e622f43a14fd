"""docs/analysts.md on real data: its examples are run by two partners with different rights, on what is published.

`make test` runs them on a part, the target `corpus` on all of it; both print the same.
"""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest

from tests.analyst.published import published
from tests.analyst.test_analysts_document import FENCE, REAL_DATA, client_of
from tests.exchange.corpus_files import CORPUS
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout")

WHOLE = pytest.param(True, marks=pytest.mark.slow, id="all of it")


@pytest.fixture(scope="module", params=[pytest.param(False, id="a part"), WHOLE])
def world(
    request: pytest.FixtureRequest, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("published")
    with sqlite_databases.new(folder) as url, published(url, folder, whole=request.param) as made:
        yield made


def test_every_example_prints_what_the_page_shows(world: Running) -> None:
    names: dict[str, Any] = {"cert": client_of(world, "nl-analyst"), "port": client_of(world, "port-analyst")}
    steps = FENCE.findall(REAL_DATA)
    for code, shown in steps:
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, "docs/analysts.md", "exec"), names)
        assert printed.getvalue() == shown, code
    assert len(steps) >= 4


def test_an_export_of_the_port_is_a_part_of_the_cert_s(world: Running) -> None:
    for alias in ("feeds", "indicators"):
        for name in ("ip-list", "domain-list", "url-list", "hash-list", "csv", "ndjson"):
            path = f"/published/collections/{alias}/exports/{name}/"
            narrow = {} if name == "ndjson" else {"confidence_min": "0"}
            of_the_cert, of_the_port = (
                world.client(account).get(path, params=narrow) for account in ("nl-analyst", "port-analyst")
            )
            assert of_the_port.status_code == 200, (path, of_the_port.text)
            if of_the_cert.status_code == 422:  # all of it is more than an export may hold
                assert "of objects is given" in of_the_cert.json()["description"]
                continue
            of_both, of_one = set(of_the_port.text.splitlines()), set(of_the_cert.text.splitlines())
            assert of_both <= of_one, path
            assert of_both < of_one or name.endswith("-list"), path
