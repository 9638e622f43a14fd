"""Search: whatever is asked for, each analyst is shown what fits of what its partner may see, newest first."""

from typing import Any

import pytest

from app.exchange.own_logs import Scope, own_logs
from app.exchange.received import received
from app.storage import leads
from tests.analyst.world import DOMAIN, HIDDEN_SHELL, KIT, NAMES, SHELL, USES, ask, asked
from tests.support.agreements import HOST_IDENTITY
from tests.support.exchanges import Running
from tests.support.stix import AMBER, STIX, stix_id

CASES: dict[str, tuple[dict[str, Any], set[str], set[str]]] = {
    "a word of a name": (
        {"text": "kit"},
        {"Kit", "Kit on the move"},
        {"Kit", "Kit on the move"},
    ),
    "words in any order and case": ({"text": "MOVE kit"}, {"Kit on the move"}, {"Kit on the move"}),
    "a word of a description, however its signs are composed": (
        {"text": "mu\u0308ller söhne"},
        {"Kit on the move"},
        {"Kit on the move"},
    ),
    "a word and a type": ({"text": "address", "type": "indicator"}, {"an address"}, {"an address"}),
    "types": (
        {"type": "malware,attack-pattern"},
        {"Kit", "PowerShell"},
        {"Kit", "PowerShell"},
    ),
    "a type that nobody has used": ({"type": "x-nothing"}, set(), set()),
    "a label in any case": ({"label": "crime-ware"}, {"Kit"}, {"Kit"}),
    "a marking": ({"marking": AMBER, "type": "indicator"}, {"its network", "a name below it"}, set()),
    "a level": ({"marking": "TLP:AMBER", "type": "indicator"}, {"its network", "a name below it"}, set()),
    "a marking that nobody has used": ({"marking": stix_id("marking-definition", "never")}, set(), set()),
    "an identity that nobody knows": ({"created_by_ref": stix_id("identity", "never")}, set(), set()),
    "a letter with its mark is another than without it": ({"text": "muller"}, set(), set()),
    "… and no end of a word": ({"text": "ller"}, set(), set()),
    "… in any letter case": ({"text": "MÜLLER SÖHNE"}, {"Kit on the move"}, {"Kit on the move"}),
    "who signed it": ({"created_by_ref": HOST_IDENTITY}, {"an address"}, {"an address"}),
    "a technique with what lies under it, and what is said to use or indicate that": (
        {"technique": "t1059"},
        {"PowerShell", "Kit", "a domain"},
        {"PowerShell", "Kit"},
    ),
    "a sub-technique": ({"technique": "T1059.001"}, {"PowerShell", "Kit", "a domain"}, {"PowerShell", "Kit"}),
    "indicators of a technique": ({"technique": "T1059.001", "type": "indicator"}, {"a domain"}, set()),
    "another sub-technique": ({"technique": "T1059.002"}, set(), set()),
    "confidence": (
        {"confidence_min": 40, "confidence_max": 60},
        {"its network", "Kit on the move"},
        {"Kit on the move"},
    ),
    "what does not hold now": ({"valid": False}, {"a URL", "a sender"}, {"a URL", "a sender"}),
    "what holds now": (
        {"valid": True, "type": "indicator", "partnership": "north-sea"},
        {"an address", "its network", "a domain", "a name below it", "a file", "a system"},
        {"an address", "a domain", "a file", "a system"},
    ),
    "when a version was made": (
        {"modified_after": "2026-05-01T12:00:00Z", "type": "indicator"},
        {"a domain"},
        {"a domain"},
    ),
    "when an object was made": ({"created_before": "2026-05-01T00:00:00Z"}, set(), set()),
    "when it was added": (
        {"added_after": "2026-06-01T12:30:00Z", "added_before": "2026-06-01T12:50:00Z", "type": "report"},
        {"Kit on the move"},
        {"Kit on the move"},
    ),
    "a collection": ({"text": "east", "collection": "indicators"}, {"from the east"}, set()),
}


@pytest.mark.parametrize("case", CASES)
def test_each_analyst_finds_what_its_partner_may_see(world: Running, case: str) -> None:
    parameters, of_the_cert, of_the_port = CASES[case]
    for account, wanted in (("nl-analyst", of_the_cert), ("port-analyst", of_the_port)):
        found = ask(world, account, "search", **parameters)["entries"]
        assert {NAMES[each["id"]] for each in found} == wanted, account


BY_INDEX = [
    case for case, (asked, *_) in CASES.items() if asked.keys() & {"text", "label", "marking", "created_by_ref"}
]


@pytest.mark.parametrize("case", BY_INDEX)
def test_what_too_much_fits_to_be_led_by_an_index_is_found_all_the_same(
    world: Running, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    parameters, _, _ = CASES[case]
    led = ask(world, "nl-analyst", "search", **parameters)
    monkeypatch.setattr(leads, "LED_MAX", -1)
    assert ask(world, "nl-analyst", "search", **parameters) == led


def test_what_led_to_an_object_of_a_technique_is_on_the_record_with_it(world: Running) -> None:
    def recorded(each: STIX) -> int:
        return sum(one.endpoint == "search" for one in received(world.exchange, each["id"]))

    led_by = (HIDDEN_SHELL, SHELL, DOMAIN)
    before = [recorded(each) for each in (*led_by, USES, KIT)]
    ask(world, "nl-analyst", "search", technique="T1059", type="indicator")
    assert [recorded(each) for each in (*led_by, USES, KIT)] == [*(number + 1 for number in before[:3]), *before[3:]]


def test_what_others_hold_leads_a_search_nowhere(world: Running) -> None:
    exchange = world.exchange
    with exchange.database.reading() as transaction:
        for account, is_shown in (("nl-analyst", True), ("port-analyst", False)):
            requester = world.requester(account)
            (log,) = own_logs(exchange, transaction, requester, Scope("north-sea", "indicators"), exchange.clock.now())
            shelves = exchange.shelves.of(transaction, log.audience)
            for terms, words in (((), ("network",)), ([("marking", frozenset({AMBER}))], ())):
                led = leads.lead(transaction, log.audience.collection, shelves, terms, words)
                assert bool(led.keys) == is_shown, account


def test_what_is_found_comes_newest_first_and_page_by_page_once(world: Running) -> None:
    whole = ask(world, "nl-analyst", "search", type="indicator")["entries"]
    dates = [each["date_added"] for each in whole]
    assert dates == sorted(dates, reverse=True)
    pages: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = ask(world, "nl-analyst", "search", type="indicator", limit=2, **token)
        pages += page["entries"]
        if "next" not in page:
            break
        token = {"next": page["next"]}
    assert pages == whole
    assert asked(world, "nl-analyst", "search", type="malware", limit=2, **token).status_code == 400


@pytest.mark.parametrize(
    ("parameters", "telling"),
    [
        ({"text": "!?"}, "text: there is no word in it"),
        ({"confidence_min": 101}, "confidence_min: This is above 100, the most that is taken."),
        ({"confidence_min": "1.5"}, "confidence_min: This is no whole number, such as 100."),
        ({"confidence_min": "9" * 5000}, "confidence_min: This is no whole number, such as 100."),
        ({"valid": "perhaps"}, "valid: This is neither true nor false."),
        ({"technique": "powershell"}, "technique: no id of ATT&CK such as T1059 or T1059.001."),
        ({"type": "indicator, malware"}, "type: ` malware` can't be a type of objects"),
        ({"type": ""}, "type: `` can't be a type of objects"),
        ({"created_by_ref": "Dutch national CERT"}, "created_by_ref: no id of an identity, such as identity--"),
        ({"created_by_ref": AMBER}, "created_by_ref: no id of an identity"),
        ({"marking": "amber"}, "marking: neither a level such as tlp:amber nor the id of a marking-definition."),
        ({"marking": HOST_IDENTITY}, "marking: neither a level"),
        ({"marking": "tlp:nothing"}, "marking: This is none of the levels pap:amber, pap:clear,"),
        ({"created_after": "2026-05-01"}, "created_after: not a timestamp"),
        ({"added_after": "yesterday"}, "added_after: not a timestamp"),
        ({"txt": "kit"}, "txt: This is not known here; the OpenAPI document has the names that are."),
        ({"text": ["kit", "kat"]}, "text occurs more than once."),
        ({"next": "x"}, "This value of next is not valid here. Start again without next."),
    ],
)
def test_a_parameter_that_is_wrong_is_told(world: Running, parameters: dict[str, Any], telling: str) -> None:
    answer = asked(world, "port-analyst", "search", **parameters)
    assert (answer.status_code, telling in answer.json()["description"]) == (400, True), answer.text
