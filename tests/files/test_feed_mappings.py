"""The mappings of `mappings/feeds`: those that come with Comity read, and mistakes are told with line and remedy."""

import json
from pathlib import Path

import pytest

from app.errors import WrongFiles
from app.files.feed_mappings import read_feed_mappings
from app.files.markings import read_registry

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
REGISTRY = read_registry(MAPPINGS / "markings")
SOUND = """title: A feed
source: us
licence: ours
namespace: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10
creator: {id: identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11, name: Us, since: 2026-01-01}
tlp: green
csv: {comment: "#"}
indicators:
  - values:
      - {column: value, kind: url}
    name: "{value}"
    confidence: 75
    valid_from: seen
    valid_for: P30D
"""

# sentence -> (what stands there, what is written instead, line, what, remedy)
MISTAKES = {
    "a kind that is none": ("kind: url", "kind: urll", 10, "`urll` is no kind of values", "Write `url`"),
    "a kind of which no pattern speaks": ("kind: url", "kind: cve", 10, "`cve` is no kind of values", "Write"),
    "no UUID": ("5b9f3f0c-6f0e", "nothing", 4, "is no UUID", "uuid.uuid4()"),
    "a level that is none": ("tlp: green", "tlp: grene", 6, "`grene`", "`green`"),
    "a misspelt key": ("confidence:", "confidense:", 12, "no key `confidense`", "`confidence`"),
    "a time without its beginning": ("    valid_from: seen\n", "", 13, "counts from `valid_from`", "`valid_from` too"),
    "a name without a date": (", since: 2026-01-01", "", 5, "`name` and `since` stand together", "Write both"),
    "an identity that is none": ("identity--8c1e", "identity-8c1e", 5, "is no id of identity", "Write identity--"),
    "no form": ('csv: {comment: "#"}\n', "", 1, "does not say how a delivery is read", "Write `csv`"),
    "two forms of text": ("indicators:", "list: {}\nindicators:", 8, "can't be told apart", "two mappings"),
    "events with columns": ("indicators:", "misp: true\nindicators:", 8, "say themselves", "Keep `misp`"),
    "a brace that is not closed": ('"{value}"', '"{value"', 11, "A brace stands alone", "`{column}`"),
    "a brace that is not opened": ('"{value}"', '"{value}} x"', 11, "A brace stands alone", "`{column}`"),
    "braces around nothing": ('"{value}"', '"{} x"', 11, "A brace stands alone", "`{column}`"),
    "a brace in a reference": (
        "seen\n", "seen\n    references: [{source_name: S, url: 'https://x.example/{a'}]\n", 14, "A brace", "`{c",
    ),
    "a brace in an id elsewhere": (
        "seen\n", "seen\n    references: [{source_name: S, external_id: 'a}'}]\n", 14, "A brace", "`{c",
    ),
    **{
        f"the delimiter {sign!r}": (
            '{comment: "#"}', f'{{comment: "#", delimiter: {json.dumps(sign)}}}', 7, "is no delimiter", 'Write `,`',
        )
        for sign in '"\n\r\0a1 é\u2028'
    },
    "a delimiter that begins comments": (
        '{comment: "#"}', '{comment: "#", delimiter: "#"}', 7, "begins a comment", "Write another",
    ),
    **{
        f"the comment sign {sign!r}": ('comment: "#"', f"comment: {json.dumps(sign)}", 7, "begins no comments", "`#`")
        for sign in '"\nb '
    },
    "a kind for one word twice": (
        "kind: url", "kind_column: k, kinds: {URL: url, url: domain}", 10, "`URL` and `url` are one word", "Keep one",
    ),
    "a family for one word twice": (
        "seen\n", "seen\n    malware: [{column: a, families: {One: x, one: y}}]\n", 14, "`One` and `one`", "Keep one",
    ),
    "a member of JSON twice": (
        'csv: {comment: "#"}', "json: {names: {X: value, x: seen}}", 7, "`X` and `x` are one word", "Keep one",
    ),
    "an optional column that nothing reads": (
        "tlp: green", "tlp: green\noptional: [Seen, value, expires]", 7, "`expires` is read by nothing", "Remove it",
    ),
    "a list with columns": ('csv: {comment: "#"}', "list: {}", 7, "A list has no column `seen`", "the column `value`"),
    "kinds without their column": (
        "kind: url", "kinds: {u: url}", 10, "`kinds` and `kind_column` stand together", "Write both",
    ),
    "an endpoint with a companion": (
        "kind: url}", "kind: url}\n      - {column: c2, kind: endpoint}", 9, "stands alone", "Give it an entry",
    ),
    "no confidence": ("confidence: 75", "confidence: high", 12, "`high` is no confidence", "from 0 to 100"),
    "a family with two names": (
        "seen\n", "seen\n    malware: [{column: a, name: b, families: {c: d}}]\n", 14, "says the names already", "Keep",
    ),
    "a brace in a family's name": (
        "seen\n", "seen\n    malware: [{column: a, name: '{b'}]\n", 14, "A brace stands alone", "`{column}`",
    ),
    "no duration": ("P30D", "a month", 14, "`a month` is no duration", "`P90D`"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_to_write(sentence: str, tmp_path: Path) -> None:
    there, instead, line, what, remedy = MISTAKES[sentence]
    assert there in SOUND
    (tmp_path / "ours.yaml").write_text(SOUND.replace(there, instead))
    with pytest.raises(WrongFiles) as wrong:
        read_feed_mappings(tmp_path, REGISTRY)
    (mistake,) = wrong.value.mistakes
    assert mistake.file.endswith("ours.yaml")
    assert (mistake.line, what in mistake.what, remedy in mistake.remedy) == (line, True, True), str(mistake)


def test_what_is_not_there_is_no_mapping_and_what_comes_with_comity_reads(tmp_path: Path) -> None:
    assert read_feed_mappings(tmp_path / "none", REGISTRY) == {}
    shipped = read_feed_mappings(MAPPINGS / "feeds", REGISTRY)
    assert {"urlhaus", "threatfox", "malwarebazaar", "feodotracker", "unit42-csv", "ioc-list", "misp"} == set(shipped)
    assert len({each.namespace for each in shipped.values()}) == len(shipped)


def test_a_sound_mapping_reads(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(SOUND)
    mapping = read_feed_mappings(tmp_path, REGISTRY)["ours"]
    assert mapping.marking == "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
    assert mapping.value_columns == {"value"}
