"""`comity probe …`: a report for people and for programs, what it refuses, and how it ends."""

import json
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.cli.ran import Comity, refused
from tests.probe.probed import PROBER, an_exchange
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running
from tests.support.listening import listening
from tests.support.servers import free_port

COLLECTION = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def exchange(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("probed")
    with sqlite_databases.new(folder) as url, an_exchange(url, folder) as made:
        yield made


@pytest.fixture(scope="module")
def url(exchange: Running) -> Iterator[str]:
    with listening(exchange.application) as address:
        yield address


@pytest.fixture(autouse=True)
def the_server_is_silent() -> None:
    """It logs in this process, where the command writes its answers; `comity` sets that back."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


@pytest.fixture
def secret(exchange: Running, tmp_path: Path) -> str:
    """The name of a file that holds the account's secret."""
    (tmp_path / "secret").write_text(exchange.secrets[PROBER] + "\n")
    return "secret"


def test_a_report_names_every_check_and_ends_well_where_all_hold(comity: Comity, url: str, secret: str) -> None:
    ran = comity("probe", url, "--user", PROBER, "--password-file", secret, "--collection", "both")
    assert ran.status == 0, ran.out
    assert ran.err == ""
    first, *_, last = ran.out.splitlines()
    assert first == f"{url}, API root /north-sea/, collection {COLLECTION}"
    assert " 0 fail (0 of level must), 1 do not apply" in last
    assert "holds           must    T-DIS-01   Discovery is at /taxii2/. (8.2.1)" in ran.out


def test_a_report_as_json_says_the_same_of_a_token_and_a_password_from_standard_input(
    comity: Comity, url: str, secret: str, exchange: Running
) -> None:
    words = exchange.secrets[PROBER].encode() + b"\n"
    asked = ("probe", f"{url}/taxii2/", "--json", "--root", "north-sea", "--collection", "both")
    by_password = comity(*asked, "--user", PROBER, "--password-stdin", stdin=words)
    by_token = comity(*asked, "--token-file", secret)
    assert by_password.status == by_token.status == 0
    assert outcomes(by_password.json) == outcomes(by_token.json)
    assert by_token.json["passed"] is True
    assert by_token.json["counts"] == {"holds": len(by_token.json["checks"]) - 1, "fails": 0, "does not apply": 1}
    assert exchange.secrets[PROBER] not in by_password.out + by_token.out


def outcomes(report: Any) -> dict[str, str]:
    return {each["name"]: each["outcome"] for each in report["checks"]}


def test_it_writes_where_it_is_told_to_and_says_so(comity: Comity, url: str, secret: str) -> None:
    ran = comity("probe", url, "--user", PROBER, "--password-file", secret, "--write", "both")
    assert ran.status == 0, ran.out
    assert f"Objects were pushed to {COLLECTION} and deleted." in ran.out


def test_the_bound_on_requests_is_kept(comity: Comity, url: str, secret: str) -> None:
    ran = comity("probe", url, "--user", PROBER, "--password-file", secret, "--requests-max", "40", "--json")
    assert ran.json["requests"] == 40
    assert ran.json["cut_short"] == "the bound of 40 requests was reached"
    assert ran.status == 1, "what could not be judged was not found to hold"


REFUSED = {
    "a wrong password": (["--user", PROBER, "--password-file", "wrong"], "knows no such account (401)", "Check --user"),
    "no credentials": ([], "wants credentials (401)", "Check --user"),
    "a root that is none": (["--token-file", "secret", "--root", "south"], "south is no API root", "/north-sea/"),
    "a collection that is none": (["--token-file", "secret", "--collection", "x"], "no collection x", "Give its id"),
    "no file of that name": (["--token-file", "none"], "none can't be read", "Name a file"),
    "an empty secret": (["--token-file", "empty"], "empty holds no secret", "first line"),
    "reading what can't be read": (["--token-file", "secret", "--collection", "wo"], "can't read wo", "Choose another"),
    "writing where it can't read": (["--token-file", "secret", "--write", "wo"], "can't read wo", "Choose another"),
    "writing where it can't write": (["--token-file", "secret", "--write", "ro"], "both read and write ro", "Choose"),
}


@pytest.mark.parametrize("says", REFUSED)
def test_what_can_not_be_probed_is_told_in_one_line(
    comity: Comity, url: str, secret: str, tmp_path: Path, says: str
) -> None:
    (tmp_path / "wrong").write_text("comity_wrong")
    (tmp_path / "empty").write_text("")
    arguments, *telling = REFUSED[says]
    refused(comity("probe", url, *arguments), *telling)


def test_a_server_that_does_not_answer_is_told(comity: Comity) -> None:
    refused(comity("probe", f"http://127.0.0.1:{free_port()}"), "does not answer", "Check the address")


WRONG_USAGE = {
    "no URL": [],
    "no scheme": ["exchange.example"],
    "another scheme": ["ftp://exchange.example"],
    "an account in the URL": ["https://soc:secret@exchange.example"],
    "an API root for a server": ["https://exchange.example/north-sea/"],
    "a password for nobody": ["https://exchange.example", "--password-file", "secret"],
    "nobody to ask for a password": ["https://exchange.example", "--user", "soc"],
    "two sources of a secret": ["https://exchange.example", "--user", "soc", "--password-stdin", "--token-file", "x"],
    "an account beside a token": ["https://exchange.example", "--user", "soc", "--token-file", "secret"],
    "certificates that are not looked at": ["https://exchange.example", "--insecure", "--ca", "ca.pem"],
    "no time to answer": ["https://exchange.example", "--timeout", "0"],
    "a password on the command line": ["https://exchange.example", "--user", "soc", "--password", "secret"],
}


@pytest.mark.parametrize("says", WRONG_USAGE)
def test_wrong_usage_ends_with_2(comity: Comity, says: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    ran = comity("probe", *WRONG_USAGE[says])
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err


class Hostile(BaseHTTPRequestHandler):
    """Answers whatever is asked with the same text, which means something to a terminal and nothing to a client."""

    protocol_version = "HTTP/1.1"
    body = json.dumps({"api_roots": ["/x/"], "collections": [7, None, {"id": {}}], "objects": 3, "title": "\x1b[2J"})

    def do_GET(self) -> None:
        """The text, raw escapes and all."""
        content = self.body.replace("\\u001b", "\x1b").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_PUT = do_GET  # noqa: N815  (named by the library)

    def log_message(self, *arguments: Any) -> None:
        """Not to standard error."""


class Listening(ThreadingHTTPServer):
    """Serves until it is shut down."""

    daemon_threads = True

    def handle_error(self, *arguments: Any) -> None:
        """A client that does not trust it hangs up, which is its right."""


@contextmanager
def hostile(certificate: Path | None = None) -> Iterator[Listening]:
    """It, behind TLS where there is a file of a certificate and its key."""
    server = Listening(("127.0.0.1", 0), Hostile)
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_server_that_talks_nonsense_is_reported_and_reaches_no_terminal(comity: Comity) -> None:
    with hostile() as server:
        ran = comity("probe", f"http://127.0.0.1:{server.server_port}")
    assert ran.status == 1
    assert ran.err == ""
    assert "\x1b" not in ran.out
    assert " fail (" in ran.out.splitlines()[-1]


def a_certificate(file: Path) -> Path:
    """A file of a certificate for 127.0.0.1 that nobody signed but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    unencrypted = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


def test_a_certificate_is_checked_unless_it_is_told_not_to(comity: Comity, tmp_path: Path) -> None:
    file = a_certificate(tmp_path / "server.pem")
    with hostile(file) as server:
        asked = ("probe", f"https://127.0.0.1:{server.server_port}")
        refused(comity(*asked), "does not answer", "CERTIFICATE_VERIFY_FAILED", "--ca")
        refused(comity(*asked, "--ca", "none.pem"), "none.pem can't be used", "PEM")
        for trusting in (["--ca", file.name], ["--insecure"]):
            ran = comity(*asked, *trusting)
            assert ran.err == ""
            assert "holds           must    T-SEC-01   The server is reached by HTTPS. (8.2.2)" in ran.out
