"""The formats of `mappings/exports`: mistakes are told with line and remedy."""

from pathlib import Path

import pytest

from app.errors import WrongFiles
from app.files.export_formats import read_export_formats

SOUND = """title: Addresses
form: list
kinds: [ipv4, ipv6]
confidence_min: 50
"""

# sentence -> (what stands there, what is written instead, line, what, remedy)
MISTAKES = {
    "a kind that is none": ("ipv4,", "ipv5,", 3, "`ipv5` is no kind of values", "Write `ipv"),
    "a kind that the form can't hold": ("ipv4,", "mutex,", 3, "`mutex` has no place in this form", "domain-name"),
    "a form that is none": ("form: list", "form: lists", 2, "`lists`", "`list`"),
    "no confidence": ("50", "high", 4, "`high` is no confidence", "from 0 to 100"),
    "a misspelt key": ("confidence_min", "confidence", 4, "no key `confidence`", "`confidence_min`"),
    "objects by kinds": ("form: list", "form: bundle", 3, "It holds objects", "Leave `kinds` out"),
    "values of what is over": ("confidence_min: 50", "valid: false", 4, "what holds now", "Leave `valid` out"),
    "no kind at all": ("[ipv4, ipv6]", "[]", 3, "`kinds` is empty", "Write `kinds: [ipv4]`"),
    "tables without private networks": (
        "form: list\nkinds: [ipv4, ipv6]", "form: csv\nprivate: true", 3, "Only what machines read", "Leave `private`",
    ),
    "rules without schemes": ("form: list", "form: suricata\nscheme: false", 3, "Only lists", "Leave `scheme` out"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_to_write(sentence: str, tmp_path: Path) -> None:
    there, instead, line, what, remedy = MISTAKES[sentence]
    assert there in SOUND
    (tmp_path / "ours.yaml").write_text(SOUND.replace(there, instead))
    with pytest.raises(WrongFiles) as wrong:
        read_export_formats(tmp_path)
    (mistake,) = wrong.value.mistakes
    assert mistake.file.endswith("ours.yaml")
    assert (mistake.line, what in mistake.what, remedy in mistake.remedy) == (line, True, True), str(mistake)


def test_what_is_not_there_is_no_format(tmp_path: Path) -> None:
    assert read_export_formats(tmp_path / "none") == {}
    (tmp_path / "ours.yaml").write_text(SOUND)
    assert read_export_formats(tmp_path)["ours"].kinds == {"ipv4-addr", "ipv6-addr"}
