"""Rows to objects, without a server: every form that cells have, and every row that is not taken."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from app.feeds.drafts import MEMBERS_MAX, Draft
from app.feeds.mapping import (
    ENDPOINT,
    Creator,
    CsvForm,
    FamilyTemplate,
    FeedMapping,
    IndicatorTemplate,
    JsonForm,
    ListForm,
    ReferenceTemplate,
    ValueColumn,
)
from app.feeds.reading import read_feed
from app.feeds.rows import NotAFeed, RowMistake
from app.feeds.versions import version_of
from app.files.markings import read_registry
from app.stix.objects import StixObject
from app.stix.strict_json import parse
from app.stix.validation import read_object
from tests.feeds.deliveries import PROJECT
from tests.support.growth import grows_as_its_text

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMESPACE = UUID("5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10")
REGISTRY = read_registry(PROJECT / "mappings" / "markings")
CREATOR = "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11"


def a_mapping(*values: ValueColumn, **template: Any) -> FeedMapping:
    return FeedMapping(
        name="test",
        title="A test",
        namespace=NAMESPACE,
        csv=CsvForm(comment="#"),
        json=JsonForm(),
        empty=frozenset({"none"}),
        indicators=(IndicatorTemplate(values=values or (ValueColumn("value", "any"),), **template),),
    )


def read(mapping: FeedMapping, text: str) -> tuple[list[Draft], list[str]]:
    found = read_feed(mapping, text.encode(), "nl-cert", NOW)
    drafts = [each for each in found if isinstance(each, Draft)]
    return drafts, [str(each) for each in found if isinstance(each, RowMistake)]


DATES = {
    "2026-03-01 10:20:30": "2026-03-01T10:20:30.000Z",
    "2026-03-01 10:20:30 UTC": "2026-03-01T10:20:30.000Z",
    "2026-03-01T10:20:30Z": "2026-03-01T10:20:30.000Z",
    "2026-03-01T10:20:30.1234567+02:00": "2026-03-01T08:20:30.123Z",
    "2026-03-01 10:20": "2026-03-01T10:20:00.000Z",
    "2026-03-01": "2026-03-01T00:00:00.000Z",
    "1772360430": "2026-03-01T10:20:30.000Z",
    "1772360430123": "2026-03-01T10:20:30.123Z",
}


@pytest.mark.parametrize("written", DATES)
def test_a_date_is_read_as_feeds_write_it(written: str) -> None:
    (draft,), mistakes = read(a_mapping(valid_from="seen"), f"value,seen\nexample.org,{written}\n")
    assert mistakes == []
    assert version_of(draft, None, NOW)["valid_from"] == DATES[written]


@pytest.mark.parametrize("written", ["yesterday", "2026-13-01", "01.03.2026", "2026-03-01 25:00:00", "17"])
def test_what_is_no_date_is_told(written: str) -> None:
    drafts, (mistake,) = read(a_mapping(valid_from="seen"), f"value,seen\nexample.org,{written}\nexample.net,\n")
    assert f"line 2, column `seen`: `{written}` is no date" in mistake
    assert [each.tree["name"] for each in drafts] == ["example.net"]


# kind -> (what stands there, the pattern)
KINDS = {
    "any": ("hxxp://example[.]org/A", "[url:value = 'http://example.org/A']"),
    "domain": ("Bücher.example", "[domain-name:value = 'xn--bcher-kva.example']"),
    "ip": ("2001:DB8::0", "[ipv6-addr:value = '2001:db8::']"),
    "sha512": ("AB" * 64, f"[file:hashes.'SHA-512' = '{'ab' * 64}']"),
    "ssdeep": ("3:Ab:cD", "[file:hashes.SSDEEP = '3:Ab:cD']"),
    "email": ("a@Example.org", "[email-addr:value = 'a@example.org']"),
    "asn": ("AS64500", "[autonomous-system:number = 64500]"),
    "filename": ("it's \\ here.exe", r"[file:name = 'it\'s \\ here.exe']"),
    "user-account:user_id": ("S-1-5-21", "[user-account:user_id = 'S-1-5-21']"),
    "directory": (r"C:\Temp", r"[directory:path = 'C:\\Temp']"),
    "mutex": ("Global\\x", r"[mutex:name = 'Global\\x']"),
    "mac": ("02-00-5E-00-00-01", "[mac-addr:value = '02:00:5e:00:00:01']"),
    ENDPOINT: (
        "example.org:8443",
        (
            "[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'example.org'"
            " AND network-traffic:dst_port = 8443]"
        ),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_of_each_kind_becomes_a_valid_pattern(kind: str) -> None:
    written, pattern = KINDS[kind]
    (draft,), mistakes = read(a_mapping(ValueColumn("value", kind)), f'value\n"{written}"\n')
    assert mistakes == []
    tree = dict(version_of(draft, None, NOW))
    assert tree["pattern"] == pattern
    assert isinstance(read_object(parse(json.dumps(tree).encode())), StixObject)


# sentence -> (mapping, text, mistake)
HASH = ValueColumn("value", "sha256")
DEEP = "[" * 900 + "]" * 900
ROWS = {
    "a hash that is too short": (a_mapping(HASH), "value\nabc\n", "line 2, column `value`: `abc` is no SHA-256"),
    "a URL that is none": (a_mapping(ValueColumn("value", "url")), "value\nhttp://\n", "`http://` is no url"),
    "an id of CVE": (a_mapping(), "value\nCVE-2021-44228\n", "`CVE-2021-44228` is no value"),
    "a word": (a_mapping(), "value\nsvchost\n", "`svchost` is no value that says of which kind it is"),
    "no port": (a_mapping(ValueColumn("value", ENDPOINT)), "value\nexample.org\n", "column `value`: There is no port"),
    "an end before its beginning": (
        a_mapping(valid_from="a", valid_until="b"),
        "value,a,b\nexample.org,2026-02-01,2026-01-01\n",
        "line 2, column `b`: It ends before it begins",
    ),
    "no confidence": (
        a_mapping(confidence_column="c"), "value,c\nexample.org,101\n", "column `c`: `101` is no confidence",
    ),
    "a row that is cut off within a cell": (
        a_mapping(), '"value"\n"example.or', "line 2: It does not read as CSV",
    ),
    "a row that is cut off between cells": (
        a_mapping(confidence_column="c"), "value,c\nexample.org\n", "line 2: It has 1 cells, and the header 2",
    ),
    "a cell without an end": (a_mapping(), f'value\n"{"x" * 140_000}\n', "line 2: It does not read as CSV"),
    "a row of JSON that is none": (a_mapping(), '["example.org"]', "row 1: A row is a JSON object"),
    "a row of JSON that is nested deep": (a_mapping(), f"[{DEEP}]", "row 1: A row is a JSON object"),
    "a row of JSON with a member twice": (
        a_mapping(), '[{"value": "a.example", "value": "b.example"}]',
        "row 1, column `value`: It stands twice in this row",
    ),
    "a row of JSON with a column in two letter cases": (
        a_mapping(), '[{"Value": "a.example", "value": "b.example"}]',
        "row 1, column `value`: It stands twice in this row",
    ),
    "a row of JSON with a number that is none": (
        a_mapping(confidence_column="c"), '[{"value": "a.example", "c": NaN}]',
        "row 1, column `c`: It is no number of JSON",
    ),
    "a row of JSON with a number that overflows": (
        a_mapping(), '[{"value": "a.example", "c": ["x", -1e999]}]',
        "row 1, column `c`: It is no number of JSON",
    ),
    "a row of JSON without the column": (a_mapping(), '[{"valu": "example.org"}]', "row 1, column `value`: There"),
    "a row of JSON with nothing in the column": (a_mapping(), '[{"value": null}]', "row 1, column `value`: There"),
    "a row whose value is missing": (
        a_mapping(confidence_column="c"), "value,c\n,7\n", "line 2, column `value`: There is no value",
    ),
    "a row without any of several values": (
        a_mapping(HASH, ValueColumn("name", "filename")), "value,name,c\nnone,,7\n",
        "line 2: There is no value in any of the columns `name`, `value`",
    ),
    "an object of JSON in a cell": (
        a_mapping(), f'[{{"value": {{"x": {DEEP}}}}}]', "row 1, column `value`: It is neither a text or a number",
    ),
    "a list of lists in a cell": (
        a_mapping(label_columns=("tags",)), '[{"value": "example.org", "tags": [["x"]]}]', "row 1, column `tags`: It",
    ),
    "a beginning in the future": (
        a_mapping(valid_from="seen"), "value,seen\nexample.org,2026-03-03\n",
        "line 2, column `seen`: `2026-03-03` is in the future",
    ),
    "a change in the future": (
        a_mapping(valid_from="seen", modified="changed"), "value,seen,changed\nexample.org,2026-03-01,2026-03-03\n",
        "line 2, column `changed`: `2026-03-03` is in the future",
    ),
}  # fmt: skip


@pytest.mark.parametrize("says", ROWS)
def test_a_row_that_is_not_taken_says_why(says: str) -> None:
    mapping, text, told = ROWS[says]
    drafts, (mistake,) = read(mapping, text)
    assert drafts == []
    assert told in mistake


def test_what_ends_or_has_begun_is_not_in_the_future() -> None:
    """Dates that date no version may be later than any version."""
    mapping = a_mapping(created="seen", valid_from="begins", valid_until="ends")
    (draft,), mistakes = read(mapping, "value,seen,begins,ends\nexample.org,2026-03-02,2026-04-01,2026-05-01\n\n,,,\n")
    assert mistakes == []
    tree = version_of(draft, None, NOW)
    assert (tree["modified"][:10], tree["valid_from"][:10]) == ("2026-03-02", "2026-04-01")


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = '# a comment\r\nvalue,note\r\n\r\n"example.org","two\r\nlines\u2028of one"\r\nbad value,\r\n'
    drafts, mistakes = read(a_mapping(description="{note}"), text)
    assert drafts[0].tree["description"] == "two\r\nlines\u2028of one"
    assert mistakes == ["line 6, column `value`: `bad value` is no value that says of which kind it is"]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_cell_without_an_end_is_told_where_it_begins(end: str) -> None:
    text = 'value,note\n\nexample.org,"of\ntwo lines"\nexample.net,"a ""note""\nof two", "cut\noff\nhere' + end
    _, mistakes = read(a_mapping(description="{note}"), text)
    assert [each.partition(":")[0] for each in mistakes] == ["line 6"]


def test_a_row_that_is_no_good_costs_none_beside_it() -> None:
    rows = [
        '{"value": "a.example", "x": {"y": 1, "y": 2}}',
        '{"value": "b.example", "value": 1}',
        '{"value": "c.example"}',
    ]
    mapping = replace(a_mapping(), json=JsonForm(("*", "*")))
    drafts, mistakes = read(mapping, f'{{"1": [{", ".join(rows)}]}}')
    assert ([each.tree["name"] for each in drafts], len(mistakes)) == (["a.example", "c.example"], 1)


def test_a_list_has_comments_behind_its_values_and_a_byte_order_mark_before_them() -> None:
    mapping = FeedMapping(
        "test",
        "A test",
        NAMESPACE,
        lines=ListForm("#"),
        indicators=(IndicatorTemplate((ValueColumn("value", "any"),)),),
    )
    drafts, mistakes = read(mapping, "\ufeff# c\nexample.org # why\n\nhttp://example.net/#top\n")
    assert [each.tree["name"] for each in drafts] == ["example.org", "http://example.net/#top"]
    assert mistakes == []


def test_texts_are_filled_from_columns_and_left_out_where_one_is_empty() -> None:
    mapping = a_mapping(
        name="{malware} at {value}",
        description="By {who}.",
        references=(ReferenceTemplate("Feed", "https://example.org/{id}", "{id}"), ReferenceTemplate("More", "{link}")),
    )
    both, one = read(mapping, "value,malware,who,id,link\nexample.org,{who},me,7,\nexample.net,None,,,x:y\n")[0]
    assert both.tree["name"] == "{who} at example.org"  # what stands in a cell names no column
    assert both.tree["description"] == "By me."
    assert both.tree["external_references"] == [
        {"source_name": "Feed", "url": "https://example.org/7", "external_id": "7"}
    ]
    assert one.tree["name"] == "example.net"
    assert "description" not in one.tree
    assert one.tree["external_references"] == [{"source_name": "More", "url": "x:y"}]


def test_rows_about_one_value_are_one_object_in_whatever_order_they_come() -> None:
    mapping = a_mapping(label_columns=("tags",), confidence_column="c", valid_from="seen", valid_for=timedelta(days=1))
    rows = ['Example.org,"b,a",10,2026-03-02', "example[.]org,c,90,2026-03-01"]
    trees = [read(mapping, "value,tags,c,seen\n" + "\n".join(order))[0] for order in (rows, rows[::-1])]
    (one,), (other,) = trees
    assert one.tree == other.tree
    assert one.tree["labels"] == ["a", "b", "c"]
    assert (one.tree["confidence"], one.tree["valid_from"][:10], one.tree["valid_until"][:10]) == (
        90, "2026-03-01", "2026-03-03",
    )  # fmt: skip


def test_a_family_is_one_object_in_whatever_rows_and_under_whatever_word() -> None:
    by_word, by_tag = (
        FamilyTemplate("key", "{name}"),
        FamilyTemplate("tags", families={"heodo": "Emotet", "emo": "Emotet"}),
    )
    text = 'value,key,name,tags,seen\na.example,win.x,X,"elf, Heodo,emo",2026-03-02\nb.example,win.x,X 2,,2026-03-01\n'
    drafts, mistakes = read(a_mapping(malware=(by_word, by_tag), valid_from="seen"), text + "c.example,none,none,x,\n")
    assert mistakes == []
    malware = {each.tree["name"]: version_of(each, None, NOW) for each in drafts if each.tree["type"] == "malware"}
    assert malware.keys() == {"X", "Emotet"}
    assert malware["X"]["created"] == malware["X"]["modified"] == "2026-03-01T00:00:00.000Z"
    names = {each.id: each.tree.get("name") for each in drafts}
    joined = [
        (names[each.tree["source_ref"]], names[each.tree["target_ref"]]) for each in drafts if "target_ref" in each.tree
    ]
    assert sorted(joined) == [("a.example", "Emotet"), ("a.example", "X"), ("b.example", "X")]
    for each in drafts:
        assert isinstance(read_object(parse(json.dumps(dict(version_of(each, None, NOW))).encode())), StixObject)


def test_an_id_depends_on_namespace_creator_kind_and_value_and_on_nothing_else() -> None:
    signed = FeedMapping(
        "x", "x", NAMESPACE, Creator(CREATOR), lines=ListForm(), indicators=(IndicatorTemplate((HASH,)),)
    )
    hashes = ["ab" * 32, "AB" * 32]
    told = f'["{CREATOR}","SHA-256","{hashes[0]}"]'
    (one,), (other,) = (
        read_feed(signed, value.encode(), who, NOW) for value, who in zip(hashes, ("a", "b"), strict=True)
    )
    assert isinstance(one, Draft)
    assert isinstance(other, Draft)
    assert one.id == other.id == f"indicator--{uuid5(NAMESPACE, told)}"


@pytest.mark.parametrize(
    ("form", "data"),
    [({"csv": CsvForm()}, b""), ({"csv": CsvForm()}, b"a;b\n1;2\n"), ({"json": JsonForm(("data", "*"))}, b"[1]"),
     ({"json": JsonForm()}, b"7"), ({"json": JsonForm()}, b"value\nx\n")],
)  # fmt: skip
def test_what_is_no_delivery_is_told_as_a_whole(form: dict[str, Any], data: bytes) -> None:
    mapping = FeedMapping("x", "x", NAMESPACE, indicators=(IndicatorTemplate((HASH,)),), **form)
    with pytest.raises(NotAFeed, match=r"\.|:"):
        read_feed(mapping, data, "nl-cert", NOW)


NO_FEEDS = {
    "nothing": (b"", "It is empty"),
    "blanks": (b"\n \r\n", "It is empty"),
    "a web page": (b"\xef\xbb\xbf <!DOCTYPE html>\n<title>429</title>", "It is a web page or XML"),
    "UTF-16": ("value\nexample.org\n".encode("utf-16"), "It is UTF-16. Write it as UTF-8"),
    "UTF-16 without a mark": ("value\nexample.org\n".encode("utf-16-be"), "Feeds are UTF-8"),
    "gzip": (gzip.compress(b"value\n"), "It is gzipped. Unpack it"),
    "an archive": (b"PK\x03\x04 and so on", "It is a zip archive"),
    "another delimiter": (
        b"id;value;x\n1;example.org;\n",
        "`value`, with `,` between columns. The first row is `id;value;x`",
    ),
    "another table": (b"id,link\n1,2\n", "no header with a column of `value`"),
    "no text": (b"caf\xe9\n", "The first row is `caf?`"),
    "deep JSON": (b"[" * 100_000, "This JSON is nested too deep. Rows are objects"),
    "JSON that is cut off": (b'[{"value": "example.org"},\n {', "is not JSON: Expecting property name enclosed"),
    "JSON of other octets": (b'["caf\xe9"]', "This is not JSON: it is not UTF-8"),
    "JSON with a member twice outside of its rows": (
        b'{"1": [{"value": "a.example"}], "1": [{"value": "b.example"}]}',
        "`1` stands twice in one object of this JSON",
    ),
    "a header with a column twice": (
        b"Value,x,value\na.example,,b.example\n",
        "Line 1: the column `value` stands twice",
    ),
    "a number that nobody reads": (b"[" + b"1" * 5000 + b"]", "has a number of more digits"),
}


@pytest.mark.parametrize("says", NO_FEEDS)
def test_what_comes_in_a_feed_s_place_is_told(says: str) -> None:
    data, telling = NO_FEEDS[says]
    with pytest.raises(NotAFeed) as told:
        read_feed(a_mapping(), data, "x", NOW)
    assert telling in str(told.value)


def test_a_version_follows_what_was_sent_before() -> None:
    mapping = a_mapping(confidence_column="c", created="seen", modified="changed")
    head = "value,c,seen,changed\n"

    def draft(row: str) -> Draft:
        return read(mapping, head + row)[0][0]

    first = version_of(draft("example.org,10,2026-03-01,2026-03-01"), None, NOW)
    assert (first["created"][:10], first["modified"][:10]) == ("2026-03-01", "2026-03-01")
    assert version_of(draft("example.org,10,2026-02-01,2026-03-01"), first, NOW) == first
    dated = version_of(draft("example.org,20,2026-02-01,2026-03-01 10:00"), first, NOW)
    assert (dated["created"], dated["modified"]) == (first["created"], "2026-03-01T10:00:00.000Z")
    undated = version_of(draft("example.org,30,2026-02-01,2026-03-01"), dated, NOW)
    assert (undated["created"], undated["modified"]) == (first["created"], "2026-03-02T12:00:00.000Z")
    early = version_of(draft("example.org,40,,"), undated, NOW - timedelta(days=1))
    assert early["modified"] == "2026-03-02T12:00:00.001Z"


def test_a_table_that_lacks_a_column_of_the_mapping_is_not_that_feed() -> None:
    mapping = a_mapping(ValueColumn("value", "any", "Tpye", {"x": "url"}), valid_until="Expiers", name="{value} {who}")
    with pytest.raises(NotAFeed) as refused:
        read(mapping, "# made today\n# value,type,expires,who\nexample.org,x,,me\n")
    assert str(refused.value) == (
        "Line 2: the header lacks `expiers`, `tpye`, which the mapping test reads. It has `value`, `type`, `expires`, "
        "`who`. A column that a feed may lack stands under `optional` in its mapping."
    )
    lenient = replace(mapping, optional=frozenset({"expiers", "tpye"}))
    (draft,), mistakes = read(lenient, "value,type,expires,who\nexample.org,x,,me\n")
    assert (draft.tree["name"], mistakes) == ("example.org me", [])


def test_a_column_that_no_row_of_json_has_is_told_and_refuses_no_row() -> None:
    mapping = replace(a_mapping(valid_until="Expiers", labels=("x",)), json=JsonForm(("*",), "id", {"till": "seen"}))
    rows = '[{"value": "a.example", "Expires": null}, {"value": "b.example"}]'
    drafts, mistakes = read(mapping, rows)
    assert len(drafts) == 2
    (mistake,) = mistakes
    assert mistake == (
        "row 1 to 2, column `expiers`: No row has it, and the mapping test reads it. There are `expires`, `value`. "
        "A column that a feed may lack stands under `optional` in its mapping"
    )
    assert read(replace(mapping, optional=frozenset({"expiers"})), rows)[1] == []
    assert read(mapping, rows.replace("Expires", "EXPIERS"))[1] == []
    assert read(mapping, "[]") == ([], [])
    keyed = replace(mapping, indicators=(IndicatorTemplate((ValueColumn("id", "any"),), valid_from="Seen"),))
    assert read(keyed, '{"a.example": {"till": "2026-01-01"}}')[1] == []


def test_every_column_that_a_mapping_names_is_one_that_it_reads() -> None:
    template = IndicatorTemplate(
        values=(ValueColumn("V", "any", "K", {}, "P"),), name="{N}", description="a {D} b {D2}", label_columns=("L",),
        confidence_column="C", created="CR", modified="M", valid_from="F", valid_until="U",
        references=(ReferenceTemplate("S", "{R}", "{E}"),), malware=(FamilyTemplate("W", "{WN}"),),
    )  # fmt: skip
    mapping = replace(a_mapping(), indicators=(template,))
    assert mapping.columns == {"v", "k", "p", "n", "d", "d2", "l", "c", "cr", "m", "f", "u", "r", "e", "w", "wn"}


def about_one_value(rows: int) -> str:
    return "value,tags,row\n" + "".join(f"example.org,t{row:05},{row}\n" for row in range(rows))


LISTS = a_mapping(label_columns=("tags",), references=(ReferenceTemplate("rows", external_id="{row}"),))


def test_what_one_object_has_of_many_rows_is_bounded_and_what_is_left_out_is_told() -> None:
    text = about_one_value(MEMBERS_MAX + 2)
    (draft,), mistakes = read(LISTS, text + text)
    assert draft.tree["labels"] == [f"t{row:05}" for row in range(MEMBERS_MAX)]
    assert {each["external_id"] for each in draft.tree["external_references"]} == set(map(str, range(MEMBERS_MAX)))
    left_out = "would have more than 1000 `{}` with those of this row, which are left out"
    of_a_row = f"line {MEMBERS_MAX + 2}: {draft.id} "
    assert mistakes[-2:] == [of_a_row + left_out.format(name) for name in ("labels", "external_references")]


def test_the_time_that_rows_about_one_value_take_grows_as_their_number() -> None:
    assert grows_as_its_text(lambda text: read(LISTS, text), about_one_value, 200)
