"""What the demonstration consists of: its accounts, and who loads which file into which collection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent
"""The folder of the data files; NOTICE.md there says where they come from."""

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


@dataclass(frozen=True, slots=True)
class Account:
    """One account: `path` is what its line to try asks for, or pushes to where `pushes` holds objects."""

    name: str
    partner: str
    role: str
    purpose: str
    path: str
    pushes: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """Files that one account pushes into one collection, in this order: how many objects of each are refused."""

    place: str
    account: str
    files: Mapping[str, int] = field(hash=False)

    @property
    def key(self) -> str:
        """A name for this load, as a file name."""
        return f"{self.place.replace('/', '.')}.{self.account}"


_NORTH_SEA = "/north-sea/collections/indicators/objects/"
_GRID_WATCH = "/grid-watch/collections/indicators/objects/"
_SCANNER = {
    "type": "ipv4-addr",
    "spec_version": "2.1",
    "id": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
    "value": "198.51.100.3",
    "object_marking_refs": [GREEN],
}
"""An address of the range that is kept for documentation (RFC 5737), under its deterministic id."""

ACCOUNTS = (
    Account("nl-soc", "nl-cert", "reader", "the CERT's SOC: all but RED", f"{_NORTH_SEA}?limit=2"),
    Account("nl-duty-officer", "nl-cert", "reader", "named for RED in north-sea/indicators", f"{_NORTH_SEA}?limit=2"),
    Account("nl-analyst", "nl-cert", "analyst", "looks things up, in all levels but RED", "/grid-watch/collections/"),
    Account("nl-officer", "nl-cert", "officer", "of the host: answers who received what, and why", "/taxii2/"),
    Account("nl-feed", "nl-cert", "feeder", "pushes for the CERT", _NORTH_SEA, (_SCANNER,)),
    Account(
        "wind-soc", "wind-isac", "reader", "clear, green and amber; in grid-watch no amber", f"{_NORTH_SEA}?limit=2"
    ),
    Account("wind-analyst", "wind-isac", "analyst", "looks things up, and reports back", "/grid-watch/collections/"),
    Account("wind-feed", "wind-isac", "feeder", "pushes for the ISAC", _NORTH_SEA, (_SCANNER,)),
    Account(
        "water-soc", "water-nl", "reader", "of a client of nl-cert: never amber+strict or red", f"{_NORTH_SEA}?limit=2"
    ),
    Account("port-soc", "port-nl", "reader", "clear and green alone", f"{_NORTH_SEA}?limit=2"),
    Account("grid-soc", "de-grid", "reader", "member of grid-watch, and of nothing else", f"{_GRID_WATCH}?limit=2"),
    Account("grid-feed", "de-grid", "feeder", "pushes for the grid operators", _GRID_WATCH, (_SCANNER,)),
)

LOADS = (
    Load("north-sea/indicators", "nl-feed", {"north-sea-indicators.nl-cert.json.gz": 0}),
    Load("north-sea/indicators", "wind-feed", {"north-sea-indicators.wind-isac.json.gz": 0}),
    Load("grid-watch/indicators", "grid-feed", {"grid-watch-indicators.de-grid.json.gz": 0}),
    Load(
        "north-sea/ics-attack",
        "nl-feed",
        {
            "ics-attack-8.0.json.gz": 0,
            "ics-attack-12.1.json.gz": 33,
            "ics-attack-15.1.json.gz": 29,
            "ics-attack-18.1.json.gz": 7,
        },
    ),
    Load("grid-watch/techniques", "nl-feed", {"ics-attack-18.1.json.gz": 0}),
)
"""Releases of ATT&CK change objects without a new version, change `created`, change who signed three objects, and go on
after a revocation (STIX 2.1, sections 3.2 and 3.6). Those objects are refused, and what was there before stays."""
