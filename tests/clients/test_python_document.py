"""docs/python.md does not lie: its examples are run in their order over TLS, and print what stands under them."""

import io
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from app.policy.partnership import Role
from app.settings import PROJECT
from tests.analyst.world import a_world
from tests.clients.proxy import tls_before
from tests.support.databases import SqliteDatabases
from tests.support.listening import listening
from tests.support.logs import plain_logs
from tests.support.servers import free_port

PAGE = (PROJECT / "docs" / "python.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
ADDRESS = "https://exchange.example"


def test_every_example_prints_what_the_page_shows(
    sqlite_databases: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they would go before what the examples say
        monkeypatch.delenv(name, raising=False)
    authority = trustme.CA()
    authority.cert_pem.write_to_path("authority.pem")
    names: dict[str, Any] = {}
    plain_logs(sys.stderr)  # standard output is the examples'
    steps = FENCE.findall(PAGE)
    with sqlite_databases.new(tmp_path) as url, a_world(url, tmp_path) as world:
        world.add_account("port-soc", "port-nl", Role.READER)
        for account, secret in world.secrets.items():
            Path(f"{account}.secret").write_text(f"{secret}\n")
        with (
            listening(world.application) as backend,
            tls_before(urlsplit(backend).port or 0, free_port(), authority) as proxy,
        ):
            try:
                for code, shown in steps:
                    printed = io.StringIO()
                    with redirect_stdout(printed):
                        exec(compile(code.replace(ADDRESS, proxy.url), "docs/python.md", "exec"), names)
                    assert printed.getvalue() == shown, code
            finally:
                plain_logs()
                for each in (*names["server"].api_roots, names["server"]):
                    each.close()
    assert len(steps) == PAGE.count("```python") > 12
