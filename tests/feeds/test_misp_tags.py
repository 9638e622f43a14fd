"""What tags of MISP say: spellings of a level are read where they are clear, and refused where they are not."""

import pytest

from app.feeds.misp_tags import UnreadTag, level_of
from tests.support.growth import grows_as_its_text

READ = {
    "tlp:red": ["TLP:Red", "tlp=red", "tlp : red", "TLP-RED", "tlp_red", "tlp red", "tlpred", "[TLP:RED]"],
    "tlp:green": ['tlp:"green"', 'tlp:color="green"', "TLP:level=green", " tlp/green "],
    "tlp:amber": [
        "tlp:\u200bamber",
        "\u3164tlp:amber",
        "\uff34\uff2c\uff30\uff1aamber",
        "tlp\u2013amber",
        "Traffic Light Protocol: Amber",
    ],
    "tlp:amber+strict": ["TLP:AMBER+STRICT", "tlp:amber-strict", "tlp=amber + strict", "TLP AMBER STRICT"],
    "tlp:white": ['iep:traffic-light-protocol="WHITE"', 'iep2-policy:tlp="white"', 'ais-marking:TLPMarking="WHITE"'],
    "pap:red": ["PAP:RED", "pap=red", "PAP-RED", 'pap:level="red"', "permissible-actions-protocol:red"],
    "pap:clear": ["pap : clear", "PAP:CLEAR"],
}
KNOWN = frozenset(READ)
NO_LEVEL_THAT_IS_KNOWN = [
    *("tlp", "tlp:", "tlp:ex:chr", "tlp:unclear", "tlp:rouge", "tlp:amber+", "tlp:red,amber", "TLP:RED do not share"),
    *("tlp2:red", "!tlp:red", "#tlp:red", "tlp≠red", "not tlp:red", 'our-org:tlp="rouge"', "thales_group:tlp:black"),
    *("PAP", "pap:purple", "pap:red:x", "do not pap:red", "PAP:AMBER+STRICT", 'misp-galaxy:tlp="red"'),
]
OTHER_RESTRICTIONS = [
    *('nato:classification="NR"', 'de-vs:einstufung="VS-NfD"', "euci:RE-UE-EU-RE", 'fr-classif:classifiees="SECRET"'),
    *('dni-ism:classification:us="S"', 'acs-marking:caveat="FISA"', "Dissemination: internal", " NATO = NR"),
    *('thales_group:distribution="team_eyes_only"', "thales_group:minarm"),
]
SAY_NO_LEVEL = [
    *("", "red", "paper", "papua-new-guinea", "target:pap", "soap red", "NATO summit", "dissemination of malware"),
    *('workflow:todo="check-tlp"', 'misp-galaxy:threat-actor="TLP:RED gang"', 'thales_group:ioc_confidence="high"'),
    *('admiralty-scale:source-reliability="a"', 'iep:commercial-use="MUST NOT"', 'osint:source-type="blog-post"'),
]


@pytest.mark.parametrize("level", READ)
def test_a_level_is_read_in_each_of_its_spellings(level: str) -> None:
    assert {tag: level_of(tag, KNOWN) for tag in READ[level]} == dict.fromkeys(READ[level], level)


@pytest.mark.parametrize("tag", NO_LEVEL_THAT_IS_KNOWN)
def test_what_reads_like_a_level_and_is_none_is_told(tag: str) -> None:
    with pytest.raises(UnreadTag, match="reads like a level, and is none"):
        level_of(tag, KNOWN)


@pytest.mark.parametrize("tag", OTHER_RESTRICTIONS)
def test_what_restricts_by_another_taxonomy_is_told(tag: str) -> None:
    with pytest.raises(UnreadTag, match="in a way that is not read"):
        level_of(tag, KNOWN)


def test_tags_of_other_things_say_no_level() -> None:
    assert {tag: level_of(tag, KNOWN) for tag in SAY_NO_LEVEL} == dict.fromkeys(SAY_NO_LEVEL)


def test_the_time_to_read_a_tag_grows_as_the_marks_on_a_sign() -> None:
    assert grows_as_its_text(lambda tag: level_of(tag, KNOWN), lambda n: f"{chr(0x301) * n}{chr(0x323) * n}", 1000)
