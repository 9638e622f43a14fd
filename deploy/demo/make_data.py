"""Make the demonstration's data files from their public sources. The results are in this folder; this is how they came.

    python deploy/demo/make_data.py MVT-INDICATORS.jsonl.gz ATTACK-DIRECTORY OUTPUT-DIRECTORY

MVT-INDICATORS holds one file of github.com/mvt-project/mvt-indicators a line: `{"_src": its path, "doc": the bundle}`.
ATTACK-DIRECTORY holds the releases of ATT&CK for ICS, `ics-attack-VERSION.json.gz`; they are copied, byte for byte.

Nobody but its creator changes a STIX object (STIX 2.1 section 3.5), so the indicators that the demonstration partners
share are objects of their own: other ids, signed by the partner's identity, marked by it, each with an external
reference to what it was made from. The same sources give the same bytes.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

NAMESPACE = UUID("6a1d4c0e-8f57-4b1e-9c35-2f0b7e6d9a48")
"""Every id made here is a UUIDv5 in this namespace, so that making the files again gives the same ids."""

SOURCE_URL = "https://github.com/mvt-project/mvt-indicators/blob/e035f4fbdb8a"
ATTACK_RELEASES = ("8.0", "12.1", "15.1", "18.1")

TLP = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "red": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    "green-1.0": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "amber-1.0": "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
}
"""TLP 2.0, and the two levels of TLP 1.0 that are still met most."""

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """What one partner shares: who signs, which reports of MVT it rests on, and how it marks them.

    * `signers`: by report, the identity that signs what comes from it.
    * `markings`: dealt out to the indicators in turn: words of TLP, `none`, or `statement` for green under that one.
    * `context`: the marking of the identities and of the malware, which the indicators refer to.
    * `statement`: the partner's own marking definition, or None.
    """

    file: str
    identities: Mapping[str, str]
    signers: Mapping[str, str]
    markings: str
    context: str
    statement: Object | None = None


NL_CERT = "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11"
WIND_ISAC = "identity--3d0f2a8b-5c1e-4f7d-8a26-91b7c4e0d512"
WIND_ISAC_LABORATORY = "identity--b7a4c9e6-02d8-4b3f-9c51-6e8f1d2a7043"
DE_GRID = "identity--f48b2d13-96e0-4a7c-a3d2-57c1e8b09f36"

STATEMENT: Object = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": f"marking-definition--{uuid5(NAMESPACE, 'nl-cert statement')}",
    "created_by_ref": NL_CERT,
    "created": "2026-01-05T09:00:00.000Z",
    "definition_type": "statement",
    "definition": {"statement": "Dutch national CERT (demonstration): from an open investigation, do not act on it."},
}

SHARES = (
    Share(
        file="north-sea-indicators.nl-cert.json.gz",
        identities={NL_CERT: "Dutch national CERT"},
        signers={
            "2026-03-03_coruna_cryptowaters/coruna.stix2": NL_CERT,
            "2026-03-30_darksword/darksword.stix2": NL_CERT,
            "ResidentBat/residentbat.stix2": NL_CERT,
        },
        markings="green amber clear amber+strict none green-1.0 green amber-1.0 clear amber"
        " green amber+strict red statement amber clear",
        context="clear",
        statement=STATEMENT,
    ),
    Share(
        file="north-sea-indicators.wind-isac.json.gz",
        identities={WIND_ISAC: "Offshore wind ISAC", WIND_ISAC_LABORATORY: "Offshore wind ISAC, laboratory"},
        signers={
            "2022-06-23_rcs_lab/rcs.stix2": WIND_ISAC,
            "2023-04-11_quadream/kingspawn.stix2": WIND_ISAC_LABORATORY,
            "2023-06_01_operation_triangulation/operation_triangulation.stix2": WIND_ISAC,
        },
        markings="green amber green-1.0 clear amber amber+strict none green amber-1.0"
        " green amber clear green red amber",
        context="clear",
    ),
    Share(
        file="grid-watch-indicators.de-grid.json.gz",
        identities={DE_GRID: "German grid operators"},
        signers={
            "2023-07-25_wyrmspy_dragonegg/wyrmspy_dragonegg.stix2": DE_GRID,
            "2024-12-25_eaglemsgspy/eaglemsgspy.stix2": DE_GRID,
            "candiru/candiru.stix2": DE_GRID,
        },
        markings="green amber amber+strict green-1.0 amber green amber-1.0",
        context="green",
    ),
)


def main(arguments: Sequence[str]) -> None:
    """Write all files into the output directory."""
    if len(arguments) != 3:
        sys.exit(__doc__)
    reports, attack, output = (Path(each) for each in arguments)
    bundles = read_reports(reports)
    for share in SHARES:
        write(output / share.file, bundle_of(share, bundles))
    for release in ATTACK_RELEASES:
        shutil.copyfile(attack / f"ics-attack-{release}.json.gz", output / f"ics-attack-{release}.json.gz")


def read_reports(path: Path) -> dict[str, list[Object]]:
    """The objects of each report, by the report's path in its repository."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        reports = [json.loads(line) for line in lines]
    return {report["_src"]: report["doc"]["objects"] for report in reports}


def bundle_of(share: Share, reports: Mapping[str, list[Object]]) -> Object:
    """One partner's bundle: its identities, its marking definition, then everything made from the reports."""
    objects: list[Object] = [_identity(share, each, name) for each, name in share.identities.items()]
    if share.statement is not None:
        objects.append(share.statement)
    turns = cycle(share.markings.split())
    for source, signer in share.signers.items():
        objects += _derived(share, source, signer, reports[source], turns)
    return {"type": "bundle", "id": f"bundle--{uuid5(NAMESPACE, share.file)}", "objects": objects}


def _identity(share: Share, identity: str, name: str) -> Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": identity,
        "created": "2026-01-05T09:00:00.000Z",
        "modified": "2026-01-05T09:00:00.000Z",
        "name": name,
        "identity_class": "organization",
        "object_marking_refs": _marks(share, share.context),
    }


def _derived(share: Share, source: str, signer: str, originals: Sequence[Object], turns: Iterator[str]) -> list[Object]:
    """The objects made from one report. A relationship is marked as the indicator that it starts from."""
    malware = next(each for each in originals if each["type"] == "malware")
    markings = {malware["id"]: share.context}
    for each in originals:
        if each["type"] == "indicator":
            markings[each["id"]] = next(turns)
    made = []
    for each in originals:
        marking = markings[each.get("source_ref", each["id"])]
        made.append(_object(share, source, signer, each, marking, malware["name"]))
    return made


def _object(share: Share, source: str, signer: str, original: Object, marking: str, malware_name: str) -> Object:
    made = {"type": original["type"], "spec_version": "2.1", "id": _id(share, original["id"]), "created_by_ref": signer}
    for name, value in original.items():
        made.setdefault(name, _id(share, value) if name in ("source_ref", "target_ref") else value)
    if made["type"] == "indicator":
        made["name"] = f"{malware_name} indicator"
    made["external_references"] = [
        {"source_name": "MVT indicators", "url": f"{SOURCE_URL}/{source}", "external_id": original["id"]}
    ]
    if marking != "none":
        made["object_marking_refs"] = _marks(share, marking)
    return made


def _marks(share: Share, word: str) -> list[str]:
    if word == "statement" and share.statement is not None:
        return [TLP["green"], share.statement["id"]]
    return [TLP[word]]


def _id(share: Share, original: str) -> str:
    return f"{original.partition('--')[0]}--{uuid5(NAMESPACE, f'{share.file} {original}')}"


def write(path: Path, document: Object) -> None:
    """One gzipped JSON document, an object a line, without the time it was made at."""
    head = {name: value for name, value in document.items() if name != "objects"}
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in document["objects"])
    text = f'{json.dumps(head)[:-1]}, "objects": [\n{lines}\n]}}\n'
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1:])
