"""Each export is read back by who reads such a thing, and holds what its account may see, in the one normal form."""

import csv
import json
import re
from io import StringIO
from ipaddress import ip_address, ip_network

import pytest
import stix2
from misp_stix_converter import MISPtoSTIX21Parser
from pymisp import MISPEvent

from tests.exports.world import ADDRESS, HERE, MD5, SHA_256, asked, text_of
from tests.support.agreements import COLLECTION
from tests.support.exchanges import Running

OF_THE_PORT = {"bad.example", "one.example", "two.example", "quote.example"}
OF_THE_CERT = OF_THE_PORT | {"from.example"}
LISTS = {
    "ip-list": (
        {"192.0.2.7", "198.51.100.7", "203.0.113.0/24", "2001:db8::7"},
        {"192.0.2.7", "198.51.100.7", "2001:db8::7"},
    ),
    "ip-list/?kind=ipv6": ({"2001:db8::7"}, {"2001:db8::7"}),
    "domain-list": (OF_THE_CERT, OF_THE_PORT),
    "domain-list/?confidence_min=1": (OF_THE_CERT | {"unsure.example"}, OF_THE_PORT | {"unsure.example"}),
    "domain-list/?confidence_min=0": (
        OF_THE_CERT | {"unsure.example", "silent.example"},
        OF_THE_PORT | {"unsure.example", "silent.example"},
    ),
    "domain-list/?confidence_min=81": (set(), set()),
    "url-list": ({'bad.example/Kit;a|b?x="1"', "bad.example/login"},) * 2,
    "hash-list": ({SHA_256}, {SHA_256}),
    "hash-list/?kind=md5,sha256": ({SHA_256, MD5}, {SHA_256, MD5}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_holds_a_value_a_line_of_what_holds_now_and_is_sure_enough(world: Running, name: str) -> None:
    for account, wanted in zip(("nl-soc", "port-soc"), LISTS[name], strict=True):
        text = text_of(world, account, name)
        assert text == "".join(f"{line}\n" for line in text.splitlines())
        assert sorted(text.splitlines()) == sorted(wanted)


def unguarded(cell: str) -> str:
    return cell.removeprefix("'")


def test_csv_is_read_by_the_csv_module_and_no_cell_is_a_formula(world: Running) -> None:
    text = text_of(world, "port-soc", "csv")
    rows = list(csv.DictReader(StringIO(text, newline=""), strict=True))
    found = {(each["kind"], unguarded(each["value"])) for each in rows}
    assert {("file:name", "=1+1\t#.exe"), ("domain-name", "silent.example"), ("email-addr", "Kit@bad.example")} <= found
    assert not {value for _, value in found} & {"203.0.113.0/24", "red.example", "over.example", "198.051.100.007"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    (row,) = (each for each in rows if each["value"] == "198.51.100.7")
    assert (row["id"], row["labels"], row["tlp"], row["confidence"]) == (ADDRESS["id"], "bot c2", "green", "80")
    assert {unguarded(each["name"]) for each in rows} >= {"=cmd|' /C calc'!A0", 'a "quote"; sid:1; \\'}
    assert (
        sum(each["value"] == "198.51.100.7" for each in csv.DictReader(StringIO(text_of(world, "nl-soc", "csv")))) == 2
    )


ZEEK_TYPES = {
    "Intel::ADDR": lambda text: "/" not in text and ip_address(text),
    "Intel::SUBNET": lambda text: "/" in text and ip_network(text),
    "Intel::URL": lambda text: "://" not in text and "/" in text,
    "Intel::EMAIL": lambda text: text.count("@") == 1,
    "Intel::FILE_HASH": lambda text: re.fullmatch(r"[0-9a-f]{32,128}", text),
    **dict.fromkeys(("Intel::DOMAIN", "Intel::FILE_NAME", "Intel::SOFTWARE", "Intel::USER_NAME"), bool),
}


def read_by_zeek(text: str) -> list[dict[str, str]]:
    """The rows, as Zeek's reader of tables has them: tabs between columns, `\\x` and two digits for an octet, `-` for
    none; a line that begins with `#` is no row. No line is empty, and each has a column for every field.
    """
    head, *lines = text.removesuffix("\n").split("\n")
    mark, *fields = head.split("\t")
    assert mark == "#fields"
    rows = []
    for line in lines:
        assert line.replace("\t", "").isprintable(), line
        assert not line.startswith("#")
        columns = line.split("\t")
        assert len(columns) == len(fields), line
        assert all(columns), line
        assert not re.search(r"\\(?!x[0-9a-f]{2})", line), line
        read = [re.sub(rb"\\x(..)", lambda hit: bytes([int(hit[1], 16)]), each.encode()).decode() for each in columns]
        rows.append(dict(zip(fields, read, strict=True)))
    return rows


def test_zeek_reads_every_row_and_each_is_what_its_type_says(world: Running) -> None:
    rows = read_by_zeek(text_of(world, "nl-soc", "zeek"))
    assert list(rows[0]) == ["indicator", "indicator_type", "meta.source", "meta.desc"]
    assert [row for row in rows if not ZEEK_TYPES[row["indicator_type"]](row["indicator"])] == []
    found = {(row["indicator_type"], row["indicator"]) for row in rows}
    assert {
        ("Intel::ADDR", "198.51.100.7"), ("Intel::ADDR", "2001:db8::7"), ("Intel::SUBNET", "203.0.113.0/24"),
        ("Intel::DOMAIN", "bad.example"), ("Intel::EMAIL", "Kit@bad.example"), ("Intel::FILE_HASH", SHA_256),
        ("Intel::URL", "bad.example/login"), ("Intel::FILE_NAME", "=1+1\t#.exe"),
    } <= found  # fmt: skip
    assert len(found) == len(rows)
    assert {row["meta.source"] for row in rows} == {"north-sea/indicators"}


CONTENT = r'content:"(?:[A-Za-z0-9./_=&?-]|\|[0-9A-F]{2}(?: [0-9A-F]{2})*\|)+";'
BELOW = rf"dotprefix; {CONTENT} nocase; endswith;"
RULE = re.compile(
    r'alert (?:ip \$HOME_NET any <> \[[0-9a-f.:/]+\]|(?:dns|tls|http) \$HOME_NET any -> any) any \(msg:"[^";:\\|]+"; '
    rf"(?:threshold:type limit, track by_src, seconds 3600, count 1;|dns\.query; {BELOW}"
    rf"|flow:established,to_server; tls\.sni; {BELOW}"
    rf"|flow:established,to_server; http\.host; {CONTENT} bsize:\d+; http\.uri\.raw; {CONTENT} bsize:\d+;)"
    r" metadata:stix_id indicator--[0-9a-f-]{36}(?:, tlp [a-z_]+)*; sid:1\d{6}; rev:[1-9]\d*;\)"
)


def content_of(rule: str) -> list[str]:
    def octets(hit: re.Match[str]) -> str:
        return bytes.fromhex(hit[1]).decode()

    return [re.sub(r"\|([0-9A-F ]+)\|", octets, each) for each in re.findall(r'content:"([^"]*)"', rule)]


def test_rules_of_suricata_are_of_the_grammar_and_say_the_values(world: Running) -> None:
    rules = text_of(world, "nl-soc", "suricata").splitlines()
    assert [rule for rule in rules if not RULE.fullmatch(rule)] == []
    numbers = [re.findall(r"sid:(\d+)", rule)[0] for rule in rules]
    assert len(set(numbers)) == len(numbers)
    assert [content_of(rule) for rule in rules if "alert http" in rule] == [["bad.example", '/Kit;a|b?x="1"']]
    names = {content_of(rule)[0] for rule in rules if "alert dns" in rule}
    assert names == {f".{name}" for name in OF_THE_CERT}
    assert {content_of(rule)[0] for rule in rules if "alert tls" in rule} == names


def test_a_rule_keeps_its_number_whoever_reads_it_and_whatever_else_there_is(world: Running) -> None:
    def numbers(account: str) -> dict[str, str]:
        rules = text_of(world, account, "suricata").splitlines()
        return {re.sub(r" sid:\d+;", "", rule): re.findall(r"sid:(\d+)", rule)[0] for rule in rules}

    of_the_cert, of_the_port = numbers("nl-soc"), numbers("port-soc")
    assert of_the_port.items() < of_the_cert.items()


def test_lines_and_a_bundle_hold_exactly_what_a_pull_gives(world: Running) -> None:
    for account in ("nl-soc", "port-soc"):
        pulled = world.objects(account)
        assert [json.loads(line) for line in text_of(world, account, "ndjson").splitlines()] == pulled
        bundle = json.loads(text_of(world, account, "bundle"))
        assert bundle["objects"] == pulled
        assert len(stix2.parse(bundle, allow_custom=True).objects) == len(pulled)
    assert text_of(world, "port-soc", "bundle") == text_of(world, "port-soc", "bundle")
    assert "objects" not in json.loads(text_of(world, "port-soc", "bundle/?added_after=2030-01-01T00:00:00Z"))


def test_misp_reads_the_manifest_and_the_event_that_it_names(world: Running) -> None:
    manifest = json.loads(text_of(world, "nl-soc", "misp/manifest.json"))
    assert manifest == json.loads(text_of(world, "nl-soc", "misp"))
    ((uuid, head),) = manifest.items()
    event = json.loads(text_of(world, "nl-soc", f"misp/{uuid}.json"))
    assert {name: event["Event"][name] for name in head} == head
    read = MISPEvent()
    read.load(event)
    assert {("ip-dst", "203.0.113.0/24"), ("sha256", SHA_256), ("domain", "bad.example")} <= {
        (each.type, each.value) for each in read.attributes
    }
    assert len({(each.type, each.value) for each in read.attributes}) == len(read.attributes)
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(json.loads(text_of(world, "nl-soc", f"misp/{uuid}.json")))
    assert (parser.errors, sum(each.type == "indicator" for each in parser.stix_objects)) == ({}, len(read.attributes))
    digests = asked(world, "nl-soc", "misp/hashes.csv")
    assert digests.headers["content-type"] == "text/csv; charset=utf-8; header=absent"
    assert digests.text.splitlines() == [f"{digest},{uuid}" for digest in read.attributes_hashes("md5")]
    of_the_port = json.loads(text_of(world, "port-soc", f"misp/{uuid}.json"))["Event"]
    assert len(text_of(world, "port-soc", "misp/hashes.csv").splitlines()) == len(of_the_port["Attribute"])
    assert "203.0.113.0/24" not in {each["value"] for each in of_the_port["Attribute"]}
    assert [each["name"] for each in of_the_port["Tag"]] == ["tlp:green"]


def test_an_empty_feed_of_misp_has_an_empty_manifest_and_no_event(world: Running) -> None:
    ((uuid, _),) = json.loads(text_of(world, "nl-soc", "misp")).items()
    assert text_of(world, "nl-soc", "misp/manifest.json?confidence_min=100") == "{}"
    assert text_of(world, "nl-soc", "misp/hashes.csv?confidence_min=100") == ""
    assert asked(world, "nl-soc", f"misp/{uuid}.json?confidence_min=100").status_code == 404


def test_the_uuid_of_a_collection_names_it_too(world: Running) -> None:
    by_alias, by_id = (
        world.client("port-soc").get(f"{place}/exports/csv/", headers={"Accept": "text/csv"})
        for place in (HERE, f"/north-sea/collections/{COLLECTION}")
    )
    assert by_alias.content == by_id.content
