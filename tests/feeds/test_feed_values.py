"""What stands in the cells of values: what only resembles a value is a mistake of its row, and no indicator."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from publicsuffixlist import PublicSuffixList

from app.feeds.drafts import Draft
from app.feeds.mapping import CsvForm, FeedMapping, IndicatorTemplate, ValueColumn
from app.feeds.reading import read_feed
from app.feeds.rows import RowMistake
from app.feeds.values import FILE_ENDINGS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMESPACE = UUID("5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10")
ANY = ValueColumn("value", "any")


def reading(column: ValueColumn) -> FeedMapping:
    return FeedMapping("test", "A test", NAMESPACE, csv=CsvForm(), indicators=(IndicatorTemplate((column,)),))


def read(mapping: FeedMapping, text: str) -> tuple[list[Draft], list[str]]:
    found = read_feed(mapping, text.encode(), "nl-cert", NOW)
    drafts = [each for each in found if isinstance(each, Draft)]
    return drafts, [str(each) for each in found if isinstance(each, RowMistake)]


# what only resembles a value -> what is said of it
DOUBTFUL = {
    "1.2.3.4/33": "is no network",
    "1.2.3.4/": "is no network",
    "1.2.3.4/24/5": "is no network",
    "1.2.3.4/255.255.255.256": "is no network",
    "1.2.3.4.5": "is no value",
    "999.1.1.1": "is no value",
    "999.1.1.1/24": "is no value",
    "1.2.3.*": "has a wildcard",
    "a.*.example.org": "has a wildcard",
    "0.0.0.0/0": "covers every address",
    "::/0": "covers every address",
    "1.2.3.4:99999": "has no port",
    "example.org:0": "has no port",
    "[2001:db8::1]:70000": "has no port",
    "http://example.org:99999/": "has no port",
    "http://": "is no value",
    "http://999.1.1.1/": "is no value",
    "http://example.org/a high": "is a URL with blanks",
    "example.org/a # b": "is no value",
    "a..b": "is no value",
    "user@": "is no value",
    "user@999.1.1.1": "is no value",
    "mailto:user@example.org": "is more than one e-mail address",
    "a@example.org, b@example.org": "is more than one e-mail address",
    "d41d8cd98f00b204e9800998ecf8427": "is no value",
    "d41d8cd98f00b204e9800998ecf8427ee": "is no value",
    "::1::2": "is no value",
    "2001:db8::/129": "is no value",
    "12345": "may be any number",
    "AS4294967296": "has no number from 1",
    "co.uk": "is a public suffix",
    "*.com.au": "is a public suffix",
    "invoice.EXE": "may be the name of a file",
}


@pytest.mark.parametrize("written", DOUBTFUL)
def test_what_only_resembles_a_value_is_no_indicator(written: str) -> None:
    drafts, mistakes = read(reading(ANY), f'value\n"{written}"\nexample.org\n')
    assert [each.tree["name"] for each in drafts] == ["example.org"]
    assert [each.split(DOUBTFUL[written])[0] for each in mistakes] == [f"line 2, column `value`: `{written}` "]


@pytest.mark.parametrize(
    "written",
    ["1.2.3.4/24", "1.2.3.4/33/x", "1.2.3.4:80/33", "http://1.2.3.4/33", "http://1.2.3.4:8080", "*.example.org",
     "a.b@example.org", '"""a b""@example.org"', "AS12345", "http://intranet/x", "example.org:8443", "tcp://[::1]:443"],
)  # fmt: skip
def test_what_resembles_no_value_and_is_one_is_taken(written: str) -> None:
    drafts, mistakes = read(reading(ANY), f"value\n{written}\n")
    assert (len(drafts), mistakes) == (1, [])


def test_endings_of_files_are_no_top_level_domains() -> None:
    suffixes = PublicSuffixList(accept_unknown=False)
    assert [ending for ending in FILE_ENDINGS if suffixes.publicsuffix(f"x.{ending}")] == []


def test_a_value_that_is_said_to_be_of_a_kind_is_not_doubted() -> None:
    for kind, written in (("domain", "invoice.exe"), ("asn", "12345"), ("url", "1.2.3.4/33")):
        drafts, mistakes = read(reading(ValueColumn("value", kind)), f"value\n{written}\n")
        assert (len(drafts), mistakes) == (1, [])
