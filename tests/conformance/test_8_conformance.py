"""What a server has to have to call itself one of TAXII 2.1: sections 3.9 and 8."""

import pytest

from tests.conformance.conftest import Taxii
from tests.conformance.endpoints import ask, eleven
from tests.conformance.table import PROTOCOL


@pytest.mark.row("T-CONF-01", "T-CONF-05")
def test_all_eleven_endpoints_are_there_and_answer_with_what_is_theirs(fresh: Taxii) -> None:
    pairs = eleven(fresh)
    assert len(set(pairs.values())) == 11
    for says, (method, target) in pairs.items():
        answer = ask(fresh.rw, method, target)
        assert answer.status in (200, 202), says
        assert (answer.body == b"") == (method == "DELETE"), says


@pytest.mark.row("T-CONF-03", "T-V20-02")
def test_the_documented_srv_record_has_the_name_of_2_1() -> None:
    operating = PROTOCOL.with_name("operating.md").read_text(encoding="utf-8")
    records = [line for line in operating.splitlines() if " SRV " in line]
    assert records
    assert all(line.startswith("_taxii2._tcp.") for line in records)
