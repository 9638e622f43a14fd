"""Traces: in which forms a value that was cut is found in what is kept, and in which it is not."""

import json
import time
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.sanitising import Nothing, Sanitised, looking
from app.policy.sanitising.minted import MINTED_TYPES, how_many, uuids_made_of
from app.stix.identifiers import sco_id
from tests.policy.builders import IDENTITY, WATER
from tests.policy.test_sanitising import NOTHING_LEAKS, content_of, hiding, left_of, thing
from tests.support.cases import examples, record_cases

HASH = "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"
ADDRESS = {"type": "ipv4-addr", "value": "198.51.100.3"}
OPENCTI = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
FILE = {"type": "file", "name": "evil.exe", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"}}


def minted(object_type, **content):
    """The id that OpenCTI gives an object of this content."""
    return f"{object_type}--{uuid5(OPENCTI, json.dumps(content, sort_keys=True, separators=(',', ':')))}"


MARKS = "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 200
FOUND = {
    "as it stands": ("Fancy Bear", "seen with Fancy Bear"),
    "in another letter case": ("Fancy Bear", "seen with FANCY BEAR"),
    "as part of a longer word": ("bear", "unbearable"),
    "a word of it that has a capital": ("the Rotterdam branch", "an office in rotterdam"),
    "a word of it that has a digit": ("it was apt29 again", "apt29's tools"),
    "a word of it that has a sign": ("by way of evil.example it came", "see evil.example."),
    "a word in brackets": ("what they did (Rotterdam)", "in Rotterdam"),
    "a short text, as a word": ("nl", "sent to NL, too"),
    "with an accent less": ("Zürich", "an office in ZURICH"),
    "with full-width letters": ("evil.example", "ｅｖｉｌ．ｅｘａｍｐｌｅ"),
    "with a soft hyphen and a blank of no width": ("Rotterdam", "Rot\u00adter\u200bdam"),
    "with marks without end": ("Rotterdam", f"an office in Rot{MARKS}terdam"),
    "with marks without end, where it was cut": (f"R{MARKS}otterdam", "an office in Rotterdam"),
    "with other blanks": ("Operation Red Star", "Operation  Red\n\tStar"),
    "with dashes": ("Operation Red Star", "operation-red_star"),
    "with a sharp s": ("Weißbach", "WEISSBACH"),
    "composed otherwise": ("Caf\u00e9 Noir", "cafe\u0301 noir"),
    "as an emoji": ("🐻", "the 🐻 again"),
    "as two letters in a script without blanks": ("攻撃", "この攻撃者は"),
    "defanged in brackets": ("evil.example", "evil[.]example"),
    "defanged by a word in brackets": ("evil.example", "evil(dot)example"),
    "defanged by a word": ("evil.example", "evil dot example"),
    "defanged in the scheme": ("http://evil.example/a", "hxxp://evil[.]example/a"),
    "defanged where it was cut": ("hxxps://evil[.]example", "https://evil.example"),
    "an address for mail, defanged": ("ann@evil.example", "ann[at]evil[.]example"),
    "with a pattern's escapes": ("evil.example", r"evil\.example"),
    "URL-encoded": ("evil.example/päth", "https://x.example/?to=evil%2Eexample%2Fp%C3%A4th"),
    "URL-encoded twice": ("evil.example", "evil%252Eexample"),
    "with HTML entities": ("evil.example", "evil&#46;example"),
    "the host of a URL": ("https://evil.example:8443/a?b=c", "the server evil.example"),
    "the domain of an address for mail": ("ann@evil.example", "all of evil.example"),
    "the domain above a host": ("evil.corp.example", "Beacon to corp.example"),
    "the domain above the host of a URL": ("https://evil.corp.example:8443/a", "Beacon to corp.example"),
    "the domain above a host within a sentence": ("it came by way of evil.corp.example.", "all of corp.example"),
    "a domain between a host and the one to register": ("a.b.corp.example", "b.corp.example"),
    "the id of the domain above a host": (
        "evil.corp.example",
        sco_id({"type": "domain-name", "value": "corp.example"}),
    ),
    "the reverse name of an address": ("203.0.113.200", "200.113.0.203.in-addr.arpa"),
    "the reverse name of an IPv6 address": ("2001:db8::1", f"1.{'0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa"),
    "the reverse name of an address in a sentence": ("from 203.0.113.200 it came", "200.113.0.203.in-addr.arpa"),
    "an address as IPv6": ("203.0.113.200", "::ffff:203.0.113.200"),
    "an address as IPv6 in hexadecimal": ("203.0.113.200", "to ::FFFF:CB00:71C8"),
    "an address as IPv6 in full": ("203.0.113.200", "0000:0000:0000:0000:0000:ffff:cb00:71c8"),
    "an address as IPv6 with zeros before": ("10.0.0.1", "::ffff:0a00:0001"),
    "an address as IPv6 without zeros before": ("10.0.0.1", "::ffff:a00:1"),
    "an address out of IPv6": ("::ffff:cb00:71c8", "203.0.113.200"),
    "the file of a path": (r"C:\Users\ann\evil.exe", "dropped evil.exe"),
    "a hash in another case": (HASH, HASH.upper()),
    "a hash in a sentence": (f"SHA-256:{HASH}", f"the sample {HASH}"),
    "an address with its port": ("198.51.100.3", "198.51.100.3:443"),
    "an IPv6 address in full": ("2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001"),
    "an IPv6 address in short": ("2001:0db8:0:0:0:0:0:1", "to 2001:DB8::1"),
    "a domain name in punycode": ("münchen.example", "xn--mnchen-3ya.example"),
    "a domain name out of punycode": ("xn--mnchen-3ya.example", "München.example"),
    "written together": ("Fancy Bear", "FancyBear"),
    "written apart": ("APT29", "APT 29"),
    "a hardware address with dashes": ("00:11:22:aa:bb:cc", "00-11-22-AA-BB-CC"),
    "a hardware address without anything": ("00:11:22:aa:bb:cc", "001122AABBCC"),
    "six words in a row": ("they like the colour purple best of all", "who like the colour purple best of us"),
    "the reverse name of an IPv6 address in a sentence": (
        "from 2001:db8::1 to us",
        f"1.{'0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa",
    ),
    "an address in a network of one": ("198.51.100.3/32", "198.51.100.3"),
    "a number": (4711, "port 4711"),
    "a number, kept as one": ("4711", 4711),
    "a number with a fraction": (51.9225, "at 51.9225 north"),
    "a number written otherwise": (65536.0, 65536),
    "the number of an AS": (65551, "AS65551"),
    "the number of an AS, kept as one": ("AS65551", 65551),
    "an identifier": (IDENTITY[WATER], f"told by {IDENTITY[WATER]}"),
    "the UUID of an identifier": (IDENTITY[WATER], f"x-person--{IDENTITY[WATER].partition('--')[2]}"),
    "an instant": ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00.000Z"),
    "what a pattern asks for": ("[ipv4-addr:value = '198.51.100.3']", "198.51.100.3"),
    "words that a pattern asks for": ("[mutex:name = 'red kraken lurks']", "a red kraken lurks here"),
    "words that a pattern of STIX 2.0 asks for": (
        "[mutex:name = 'red kraken lurks'] START '2026-01-01T00:00:00Z' STOP '2026-02-01T00:00:00Z'",
        "a red kraken lurks here",
    ),
    "what a pattern asks for with escapes": (r"[file:name = 'o\'neil.exe']", "o'neil.exe"),
    "the UUID of an identifier in capitals": (
        f"told by {IDENTITY[WATER].upper()}",
        f"x-person--{IDENTITY[WATER].partition('--')[2]}",
    ),
    "the id of an SCO": ("198.51.100.3", sco_id(ADDRESS)),
    "the id of an SCO that a pattern asks for": ("[ipv4-addr:value = '198.51.100.3']", sco_id(ADDRESS)),
    "the id of an SCO within a sentence": ("came from 198.51.100.3 to us", f"see {sco_id(ADDRESS)}"),
    "the id of an SCO, in another case": ("EVIL.example", sco_id({"type": "domain-name", "value": "evil.example"})),
    "the id of an SCO within a sentence, in another case": (
        "By: Red Kraken, of course",
        sco_id({"type": "user-account", "account_login": "red kraken"}),
    ),
    "the id of an AS": (65551, sco_id({"type": "autonomous-system", "number": 65551})),
    "the id of a file by its hash": (HASH, sco_id({"type": "file", "hashes": {"SHA-256": HASH}})),
    "the id of a file by its name": ("evil.exe", sco_id({"type": "file", "name": "evil.exe"})),
    "the id of an AS that was written as text": ("AS64500", sco_id({"type": "autonomous-system", "number": 64500})),
    "the id of an AS in a sentence": ("by AS64500 today", sco_id({"type": "autonomous-system", "number": 64500})),
    "the id of an identity of OpenCTI's": (
        "Siemens",
        minted("identity", identity_class="organization", name="siemens"),
    ),
    "the id of malware of OpenCTI's": ("Uses Emotet now", minted("malware", name="emotet")),
    "the id of malware of OpenCTI's in a URL": ("Emotet", f"https://octi.example/{minted('malware', name='emotet')}"),
    "the id of a group of OpenCTI's": (
        "By: Fancy Bear, of course",
        minted("threat-actor", name="fancy bear", opencti_type="Threat-Actor-Group"),
    ),
    "the id of a city of OpenCTI's": ("Delft", minted("location", name="delft", x_opencti_location_type="City")),
    "the id of an indicator of OpenCTI's": (
        "[ipv4-addr:value = '198.51.100.3']",
        minted("indicator", pattern="[ipv4-addr:value = '198.51.100.3']"),
    ),
    "two capital letters": ("Victim is HP", "HP intrusion"),
    "a letter and a digit": ("The customer is O2 of course", "seen at o2"),
    "a digit and a letter": ("The group 9T of them", "9t was here"),
    "defanged with underscores": ("evil.victim.example", "evil_dot_victim_dot_example"),
    "defanged with hyphens": ("ann@victim.example", "ann-at-victim-dot-example"),
    "an address with zeros before its numbers": ("203.0.113.77", "203.000.113.077"),
    "an address that was cut with zeros": ("from 203.000.113.077", "203.0.113.77"),
    "with JSON's escapes": ("Siemens AG", r"\u0053iemens AG"),
    "with escapes by the byte": ("Siemens AG", r"\x53iemens AG"),
    "URL-encoded four times": ("Siemens AG", "S%25252569emens AG"),
    "with entities of entities": ("evil.example", "evil&amp;#46;example"),
    "a letter with a stroke": ("Ørsted", "Orsted"),
    "a letter with a stroke, in two": ("Ørsted", "Oersted"),
    "letters in one": ("Mærsk", "Maersk"),
    "a Polish letter": ("Wrocław", "Wroclaw"),
    "a Croatian letter": ("Đakovo", "Dakovo"),
    "an umlaut": ("Müller", "Muller"),
    "an umlaut in two letters": ("Müller", "by Mueller"),
    "two letters for an umlaut": ("Mueller", "by Müller"),
    "a sharp s": ("Großmann", "Grossmann"),
    "an instant with a blank": ("2026-03-04T05:06:07.250Z", "at 2026-03-04 05:06:07 UTC"),
    "the date of an instant": ("2026-03-04T05:06:07Z", "on 2026-03-04 it"),
    "the date of an instant in a sentence": ("Broken into 2026-03-04T05:06:07Z.", "on 2026-03-04 it"),
    "the first digits of a hash": (HASH, f"sample {HASH[:8].upper()}..."),
    "the first digits of a hash in a sentence": (f"SHA-256:{HASH} and more", HASH[:20]),
    "the id of an SCO that was cut whole": ({"0": FILE}, f"see {sco_id(FILE).partition('--')[2]}"),
    "a key of a dictionary that was cut": ({"x_rotterdam": 1}, "x_rotterdam"),
    "a key that is kept": ("rotterdam", {"x_rotterdam": 1}),
    "a text in a dictionary whose type is none": ({"type": {"x_name": "Rotterdam"}}, "Rotterdam"),
    "an address with its zone": ("fe80::1%eth0", "at fe80:0:0:0:0:0:0:1"),
    "the id of a mutex that is called by a number": (65551, sco_id({"type": "mutex", "name": "65551"})),
    "a text in a list in a dictionary": ({"x_who": [{"x_name": "Rotterdam"}]}, "Rotterdam"),
}


@pytest.mark.parametrize(("cut", "kept"), FOUND.values(), ids=FOUND.keys())
def test_what_tells_of_a_cut_part_goes_with_it(cut, kept):
    tree = thing(x_always="said", x_cut=cut, x_kept=kept, labels=["ok"])
    content = content_of(hiding(tree, "x_cut"))
    assert (content["x_always"], content["labels"]) == ("said", ["ok"])
    assert "x_kept" not in content


NOT_FOUND = {
    "look-alike letters of another script": ("paypal.example", "раураl"),
    "a plain word of a longer text": ("they like the colour purple best", "purple"),
    "a part of what signs join": ("acme-corp", "acme"),
    "five words in a row": ("they like the colour purple best of all", "who like the colour purple most"),
    "a value in two properties": ("wolfpack", ["wolf", "pack"]),
    "in base64": ("evil.example", "ZXZpbC5leGFtcGxl"),
    "in hexadecimal": ("evil.example", "6576696c2e6578616d706c65"),
    "backwards": ("evil.example", "elpmaxe.live"),
    "an address as one number": ("198.51.100.3", 3325256707),
    "the network that an address is in": ("198.51.100.3", "198.51.100.0/24"),
    "seven digits of a hash": (HASH, HASH[:7]),
    "the last digits of a hash": (HASH, HASH[-20:]),
    "digits of no hash": (HASH[:31], HASH[:10]),
    "a number that was rounded": (52.3702, 52.37),
    "a word with an ending": ("Victim Vattenfall", "vattenfalls"),
    "two small letters": ("they told nl of it", "nl"),
    "short words all in capitals": ("THIS IS IT", "it is"),
    "another instant of the day": ("2026-03-04T05:06:07Z", "2026-03-04T09:00:00Z"),
    "an id of another name": ("Siemens", minted("malware", name="emotet")),
    "an id of another kind": ("Siemens", minted("identity", identity_class="nobody", name="siemens")),
    "half a pair of escapes": ("Siemens", r"\ud83diemens"),
    "another address with zeros": ("203.0.113.77", "203.000.113.078"),
    "a public suffix above a host": ("evil.corp.co.uk", "all of co.uk"),
    "a host beside a host": ("evil.corp.example", "corps.example"),
    "another address as IPv6": ("203.0.113.200", "0000:0000:0000:0000:0000:ffff:cb00:71c9"),
    "a hash of it": ("evil.example", "d2a2ec9d5a4b9b4a6d9a3e2d7f0e9f6b"),
    "a translation": ("Den Haag", "The Hague"),
    "a small number": (443, "port 443"),
    "a number within a longer one": (4711, "number 147112"),
    "a date within longer numbers": ("Broken into 2026-03-04T05:06:07Z.", "12026-03-041"),
    "a word of a sentence in punycode": ("the Zürich branch", "xn--zrich-kva"),
    "signs alone": ("!!!!", "hey!!!!"),
    "a short text, written together": ("a-bc", "xabcx"),
    "the last five words": ("they like the colour purple best of all", "is colour purple best of all now"),
    "a number with separators": (1234567, "1,234,567"),
    "more digits than the number of any AS has": ("9" * 5000, sco_id({"type": "autonomous-system", "number": 64500})),
    "a number of more digits": (10**309, sco_id({"type": "autonomous-system", "number": 64500})),
    "an SCO with more digits than any id is made of": (
        {"0": {"type": "autonomous-system", "number": 10**309}},
        "of a system",
    ),
    "the id of an SCO that two properties make": ("[file:name = 'evil.exe']", sco_id(FILE)),
    "an instant written in words": ("2026-03-01T08:00:00Z", "on the first of March"),
    "two letters between other letters": ("nl", "only"),
    "an unlike word": ("Rotterdam", "Amsterdam"),
    "words that tell nothing": ("The group and its tools", "the tools and the group"),
}


@pytest.mark.parametrize(("cut", "kept"), NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_what_no_machine_is_asked_to_find_stays(cut, kept):
    content = content_of(hiding(thing(x_cut=cut, x_kept=kept), "x_cut"))
    assert content["x_kept"] == kept


@pytest.mark.parametrize("object_type", [*sorted(MINTED_TYPES), "malware"])
def test_how_many_ids_are_made_of_a_value_is_known_before(object_type):
    types = {object_type} & MINTED_TYPES
    made = [len(list(uuids_made_of(value, types))) for value in ("d41d8cd98f00b204e9800998ecf8427e", "64500")]
    assert max(made) == how_many(types)
    both = types | {"identity", "url"}
    assert how_many(both) - 1 == sum(how_many({each}) - 1 for each in both)


def test_one_item_of_a_list_goes_and_the_others_stay():
    tree = thing(x_always="said", x_cut="Rotterdam", labels=["port", "rotterdam", "crane"])
    assert content_of(hiding(tree, "x_cut"))["labels"] == ["port", "crane"]


def test_a_key_that_tells_goes_with_what_it_leads_to():
    tree = thing(x_always="said", x_cut="Rotterdam", x_map={"x_rotterdam": "north", "x_other": "south"})
    assert content_of(hiding(tree, "x_cut"))["x_map"] == {"x_other": "south"}


def test_the_key_of_a_cut_part_is_looked_for_too():
    tree = thing(x_always="said", x_map={"x_rotterdam": "a port", "x_other": "b"}, x_kept="of x_rotterdam")
    content = content_of(hiding(tree, "x_map.x_rotterdam"))
    assert content["x_map"] == {"x_other": "b"}
    assert "x_kept" not in content


def test_names_that_the_standard_gives_are_no_trace():
    references = [{"source_name": "url", "description": "first"}, {"source_name": "here", "url": "https://x.example"}]
    tree = thing(x_always="said", external_references=references)
    assert content_of(hiding(tree, "external_references.[0]"))["external_references"] == references[1:]


def test_the_original_s_own_id_is_told_nowhere():
    tree = thing(x_always="said", x_cut="Rotterdam")
    tree |= {"x_self_ref": tree["id"], "x_page": f"https://x.example/{tree['id'].partition('--')[2].upper()}"}
    content = content_of(hiding(tree, "x_cut"))
    assert content.keys().isdisjoint(("x_self_ref", "x_page"))


def test_what_goes_because_it_tells_takes_nothing_else_with_it():
    tree = thing(x_cut="Rotterdam", x_first="From Rotterdam by Ship", x_second="a ship", x_always="said")
    content = content_of(hiding(tree, "x_cut"))
    assert "x_first" not in content
    assert content["x_second"] == "a ship"


def test_a_trace_in_what_the_type_needs_leaves_nothing():
    tree = {**thing(x_cut="related-to"), "type": "relationship", "relationship_type": "related-to"}
    tree |= {"id": tree["id"].replace("x-thing", "relationship"), "source_ref": IDENTITY[WATER]}
    tree["target_ref"] = tree["source_ref"].replace("identity", "malware")
    assert left_of(hiding(tree, "x_cut")) is Nothing.LEFT


def seconds(tree):
    started = time.process_time()
    left = left_of(tree)
    return time.process_time() - started, left


@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        ([f"needle{number:06}" for number in range(20_000)], [f"straw{number:06}" for number in range(20_000)]),
        ("a " * 200_000, ["a " * 100_000 + "b"] * 2),
        (["a " * number for number in range(2, 600)], "a " * 200_000),
        (" ".join(f"A{number}" for number in range(50_000)), [sco_id(ADDRESS)] * 5_000),
        ("[[[[" * 50_000, "x"),
        ("x", "a" * 1_000_000),
        ("ü." * 100_000, "a-" * 500_000),
        ("[ " * 300_000, "h" * 300_000 + "<" * 300_000),
        ("x", f"%{'25' * 300_000}"),
        (r"\u005c" * 100_000, "&amp;" * 100_000),
        ([f"{number:032x}" for number in range(15_000)], "0123456789 " * 50_000),
        ("0." * 300_000, "0.0.0." * 100_000),
        (
            " ".join(f"A{number}" for number in range(50_000)),
            [minted(each, name="a") for each in (*MINTED_TYPES, "x-a")],
        ),
    ],
    ids=[
        *("many texts", "one word often", "many prefixes of one text", "many words and many ids", "no pattern at all"),
        *("one letter", "hyphens", "brackets", "percent signs", "escapes", "hashes", "zeros", "ids of all types"),
    ],
)
def test_however_much_is_cut_and_kept_the_time_is_bounded(cut, kept):
    took, _ = seconds(hiding(thing(x_always="said", x_cut=cut, x_kept=kept), "x_cut"))
    assert took < 3


def test_what_would_take_too_long_is_withheld(monkeypatch):
    tree = hiding(thing(x_always="said", x_cut=["needle one", "needle two"], x_kept="straw"), "x_cut")
    assert isinstance(left_of(tree), Sanitised)
    monkeypatch.setattr(looking, "WORK_MAX", 10)
    assert left_of(tree) is Nothing.LEFT


def test_what_an_object_may_take_grows_with_its_size(monkeypatch):
    monkeypatch.setattr(looking, "WORK_OF_ANY_OBJECT", 0)
    monkeypatch.setattr(looking, "WORK_PER_CHAR", 8)
    cut = " ".join(f"A{number}" for number in range(100))
    assert left_of(hiding(thing(x_always="said", x_cut=cut), "x_cut")) is Nothing.LEFT
    assert isinstance(left_of(hiding(thing(x_always="said " * 500, x_cut=cut), "x_cut")), Sanitised)


@pytest.mark.parametrize("many", [3, 300], ids=["one by one", "all at once"])
def test_of_many_texts_each_is_found_wherever_it_stands(many):
    texts = [f"{'needle' * (number % 7 + 1)}{number:03}" for number in range(many)]
    haystacks = [f"hay{text}stack" for text in texts]
    straw = ["needle", "needleneedle", f"{'needle' * 9}", "hay" * 50]
    tree = hiding(thing(x_always="said", x_cut=texts, x_kept=[*straw, *haystacks]), "x_cut")
    assert content_of(tree)["x_kept"] == straw


def test_thousands_of_cut_strings_that_begin_alike_are_looked_for_in_no_time():
    texts = [f"{'a' * 20}b{number:05}" for number in range(4500)]
    kept = ("a" * 50 + " ") * 2000
    took, left = seconds(hiding(thing(x_cut=texts, x_kept=kept), "x_cut"))
    assert left.content["x_kept"] == kept
    assert took < 2


FRAGMENTS = [
    *(
        "&#",
        "9" * 4301,
        "0" * 50,
        "x",
        "&",
        ";",
        "%",
        "%ff",
        r"\u0000",
        r"\ud800",
        "[",
        "]",
        "'",
        "ipv4-addr:value = '",
    ),
    *("fe80::1%", "::", "ffff", ".", "..", "/", "@", "1.2.3.4", "as", "xn--", "xn--a", "ü", "İ", "🐻", "_dot_", "[.]"),
    *("https://", "2026-03-01T08:00:00Z", "9999-12-31T23:59:60Z", "d41d8cd98f00b204e9800998ecf8427e", "a" * 64, "\n"),
    *(sco_id({"type": "autonomous-system", "number": 64500}), sco_id(FILE), IDENTITY[WATER], "START t'", " LIKE "),
]
said = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=5).map("".join),
    st.sampled_from([0, -1, 5e-324, 1.7976931348623157e308, 2**53, 10**310, True]),
)
parts = st.recursive(
    said,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(["type", "value", "name", "number", "hashes"]), inner, min_size=1, max_size=3),
        inner.map(lambda one: {"type": "autonomous-system", "number": one, "value": one}),
    ),
    max_leaves=4,
)


@settings(max_examples=examples(150))
@given(parts, parts)
def test_whatever_an_object_says_it_is_told_what_is_left_of_it(cut, kept):
    record_cases(NOTHING_LEAKS)
    tree = hiding(thing(x_always="said", x_cut=cut, x_kept=kept), "x_cut")
    left = left_of(tree)
    assert left is Nothing.LEFT or "x_cut" not in left.content
