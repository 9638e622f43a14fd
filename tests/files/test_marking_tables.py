"""The tables of mappings/markings: what markings from elsewhere mean here, and what is wrong with a table."""

import shutil
from pathlib import Path

import pytest

from app.errors import WrongFiles
from app.files.markings import read_registry
from app.policy.partnership import TlpLevel

MARKINGS = Path(__file__).resolve().parents[2] / "mappings" / "markings"
MARKING = "marking-definition--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11"
EXTENSION = "extension-definition--73ec5f86-98fd-4543-aed7-41dd594a3254"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
IEP = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"
HEAD = "kind: {kind}\ntitle: T\nsource: S\nlicence: L\nentries:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder as it comes with Comity."""
    return Path(shutil.copytree(MARKINGS, tmp_path / "markings"))


def test_the_tables_that_come_with_comity_know_what_is_seen_elsewhere() -> None:
    registry = read_registry(MARKINGS)
    strict = registry.tabled("marking-definition--826578e1-40ad-459f-bc73-ede076f81f37")
    assert strict is not None
    assert strict.level is TlpLevel.AMBER_STRICT
    noforn, orcon = registry.tabled_text("NOFORN"), registry.tabled_text(" ORCON\n")
    assert noforn is not None
    assert noforn.releasable_to == {"USA"}
    assert orcon is not None
    assert orcon.originator_control
    assert registry.tabled(GREEN) is None
    assert registry.tabled_text("Copyright") is None


def test_an_operator_adds_a_file_beside_them(folder: Path) -> None:
    (folder / "ours.yaml").write_text(
        HEAD.format(kind="alias")
        + f"- level: amber\n  ids: [{MARKING}]\n  texts: [Members only]\n"
        + f"- level: red\n  extension: {EXTENSION}\n  body: {{group: energy}}\n"
    )
    (folder / "more.yaml").write_text(
        HEAD.format(kind="caveat")
        + "- releasable_to: [NLD, DEU]\n  texts: [NL/DE EYES ONLY]\n- control: originator\n  texts: [Ask us first]\n"
    )
    registry = read_registry(folder)
    by_id, by_text = registry.tabled(MARKING), registry.tabled_text("Members only")
    assert by_id is not None
    assert by_id is by_text
    assert by_id.level is TlpLevel.AMBER
    by_body = registry.tabled_body(EXTENSION, {"extension_type": "property-extension", "group": "energy"})
    assert by_body is not None
    assert by_body.level is TlpLevel.RED
    assert registry.tabled_body(EXTENSION, {"group": "energy", "more": "said"}) is None
    assert registry.tabled_body(EXTENSION, {"group": "water"}) is None
    assert registry.tabled_body(IEP, {"group": "energy"}) is None
    assert registry.tabled_body(EXTENSION, "energy") is None
    caveat = registry.tabled_text("NL/DE EYES ONLY")
    assert caveat is not None
    assert caveat.releasable_to == {"NLD", "DEU"}


# sentence -> (kind, entry, line, what, remedy)
WRONG: dict[str, tuple[str, str, int, str, str]] = {
    "no marking": ("alias", "- level: amber", 6, "The entry means no marking", "Write `ids`"),
    "no level": ("alias", f"- ids: [{MARKING}]", 6, "entries.0.level: ", "other files beside it"),
    "a level that there is not": (
        "alias", f"- level: white\n  ids: [{MARKING}]", 6, "entries.0.level: ", "other files beside it",
    ),
    "an id that is none": ("alias", "- level: amber\n  ids: [amber]", 7, "`amber` is no id of", "and a UUID"),
    "an id of the registry": (
        "alias", f"- level: amber\n  ids: [{GREEN}]", 7, "is a published definition", "Take it out",
    ),
    "a text that another file has": (
        "caveat", "- releasable_to: [NLD]\n  texts: [NOFORN]", 7, "`NOFORN` has its meaning from", "Keep one",
    ),
    "a text with a blank": (
        "caveat", "- releasable_to: [NLD]\n  texts: [' NL ONLY']", 7, "begins or ends with a blank", "between",
    ),
    "a body without its extension": (
        "alias", "- level: amber\n  body: {group: energy}\n  texts: [x]", 6, "stand together", "Write both",
    ),
    "an extension without a body": (
        "alias", f"- level: amber\n  extension: {EXTENSION}", 6, "stand together", "Write both",
    ),
    "an extension that has rules of its own": (
        "alias", f"- level: amber\n  extension: {IEP}\n  body: {{tlp: amber}}", 7, "have a key of their own", "`iep`",
    ),
    "a caveat of neither kind": ("caveat", "- texts: [x]", 6, "either a list of countries or", "control: originator"),
    "a caveat of both kinds": (
        "caveat", "- releasable_to: [NLD]\n  control: originator\n  texts: [x]", 6, "either a list of", "Write",
    ),
    "a country in two letters": ("caveat", "- releasable_to: [NL]\n  texts: [x]", 6, "`NL` is no country", "`NLD`"),
    "a key that there is not": ("caveat", "- control: originator\n  name: [x]", 7, "entries.0.name: ", "beside it"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", WRONG)
def test_a_mistake_is_told_with_its_file_its_line_and_a_remedy(folder: Path, sentence: str) -> None:
    kind, entry, line, what, remedy = WRONG[sentence]
    (folder / "ours.yaml").write_text(HEAD.format(kind=kind) + entry + "\n")
    with pytest.raises(WrongFiles) as refused:
        read_registry(folder)
    (mistake,) = refused.value.mistakes
    assert Path(mistake.file).name == "ours.yaml"
    assert mistake.line == line
    assert what in mistake.what
    assert remedy in mistake.remedy
