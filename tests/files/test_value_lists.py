"""The lists of `mappings/lists`: values compared by what they mean, and mistakes told with file, line and remedy."""

from pathlib import Path

import pytest

from app.errors import WrongFiles
from app.files.value_lists import read_value_lists
from app.stix.observables import Mentioned, Observable, mentioned_in, observables_in

LISTS = Path(__file__).resolve().parents[2] / "mappings" / "lists"
SOUND = "title: Ours\nsource: our registry\nnetworks: [198.51.100.0/24]\ndomains: [example.nl]\n"

# sentence -> (what stands there, what is written instead, line, what, remedy)
MISTAKES = {
    "a network with too many bits": ("198.51.100.0/24", "198.51.100.0/33", 3, "`198.51.100.0/33`", "`198.51.100.0/24`"),
    "a domain with a scheme": ("example.nl", "https://example.nl", 4, "`https://example.nl`", "without a scheme"),
    "a domain with a star": ("example.nl", "'*.example.nl'", 4, "`*.example.nl`", "`*.`"),
    "an address as a domain": ("example.nl", "198.51.100.1", 4, "`198.51.100.1` does not belong", "a name alone"),
    "a hash that is none": ("domains: [example.nl]", "hashes: [d41d8]", 4, "`d41d8`", "under `values`"),
    "a hash of digits alone": (
        "domains: [example.nl]", "hashes: [11111111111111111111111111111111]", 4, "a number", "Put it in quotes",
    ),
    "a value that stands twice": ("[example.nl]", "[example.nl, example.nl]", 4, "stands twice", "Remove one"),
    "a misspelt key": ("domains:", "domain:", 4, "no key `domain`", "Write `domains`"),
    "no source": ("source: our registry\n", "", 1, "no key `source`", "Write `source:"),
    "a key without a value": ("[example.nl]", "", 4, "`domains` has no value", "Write `domains:"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_to_write(sentence: str, tmp_path: Path) -> None:
    there, instead, line, what, remedy = MISTAKES[sentence]
    assert there in SOUND
    (tmp_path / "own-assets.yaml").write_text(SOUND.replace(there, instead))
    with pytest.raises(WrongFiles) as wrong:
        read_value_lists(tmp_path)
    (mistake,) = wrong.value.mistakes
    assert mistake.file.endswith("own-assets.yaml")
    assert mistake.line == line
    assert what in mistake.what
    assert remedy in mistake.remedy


def test_what_is_not_there_is_no_list_and_what_comes_with_comity_reads(tmp_path: Path) -> None:
    assert read_value_lists(tmp_path / "none") == {}
    resolvers = read_value_lists(LISTS)["public-resolvers"]
    assert resolvers.networks
    named = mentioned_in({"type": "ipv6-addr", "value": "2001:4860:4860:0:0:0:0:8888"})
    assert resolvers.first_of(named) == "2001:4860:4860:0:0:0:0:8888"
    assert resolvers.first_of(mentioned_in({"type": "domain-name", "value": "example.org"})) is None


def test_lists_and_values_are_compared_in_their_normal_forms(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "title: Ours\nsource: us\nnetworks: [198.51.100.0/24]\ndomains: [Bücher.example, gov.uk]\n"
        "values: [HKLM\\Software\\Ours, 'HTTP://portal.example.org:80/login', AS64496]\n"
    )
    own = read_value_lists(tmp_path)["own"]
    held = {
        "domain-name": ["www.XN--BCHER-KVA.example.", "a.gov.uk", "198.51.100.7"],
        "url": ["bücher.example/a", "http://u@198.51.100.7:8080/", "http://PORTAL.example.org/login"],
        "ipv6-addr": ["::ffff:198.51.100.7"],
        "email-addr": ["a@mail.bücher.example"],
        "autonomous-system": ["64496"],
        "windows-registry-key": ["hkey_local_machine\\software\\ours"],
    }
    for kind, values in held.items():
        for value in values:
            assert own.first_of(Mentioned(frozenset([Observable(kind, value)]))) == value
    for kind, value in (
        ("domain-name", "cher.example"),
        ("url", "http://portal.example.org/LOGINS"),
        ("mutex", "64497"),
    ):
        assert own.first_of(Mentioned(frozenset([Observable(kind, value)]))) is None


def test_observables_are_those_of_patterns_of_scos_and_of_observed_data() -> None:
    def values(**tree: object) -> set[str]:
        return {each.value for each in observables_in(tree)}

    assert values(type="indicator", pattern="[url:value IN ('a', 'b')]", pattern_type="stix") == {"a", "b"}
    assert values(type="indicator", pattern="alert tcp", pattern_type="snort") == set()
    assert values(type="file", name="x.exe", hashes={"MD5": "d4", "x_own": "q"}) == {"x.exe", "d4", "q"}
    assert values(type="autonomous-system", number=64496) == {"64496"}
    embedded = {"0": {"type": "ipv4-addr", "value": "198.51.100.3"}, "1": {"type": "mutex", "name": "m"}}
    assert values(type="observed-data", objects=embedded) == {"198.51.100.3", "m"}
    assert values(type="malware", name="x") == set()
