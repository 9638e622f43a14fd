"""What commands print of texts that others wrote: nothing in them is acted on by a terminal, and nothing is hidden."""

import json
from typing import Any

import pytest

from app.cli.setting_up import out, print_error, print_json, table
from app.errors import OperatorError
from app.visible_text import is_visible, visible

SEEN = {
    "escape codes": ("http://8.8.8.8/\x1b[2K\x1b[1A", r"http://8.8.8.8/\x1b[2K\x1b[1A"),
    "a line break": ("one\ntwo\r\nthree\u2028four\x85five", r"one\ntwo\r\nthree\u2028four\x85five"),
    "a control of the second set": ("\x9b2K", r"\x9b2K"),
    "a mark of direction": ("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066"),
    "signs of no width": ("a\u200bb\ufeffc\u00add", r"a\u200bb\ufeffc\xadd"),
    "signs that are drawn as nothing": ("a\u3164b\u2800c\ufe0fd\U000e0101", r"a\u3164b\u2800c\ufe0fd\U000e0101"),
    "a blank that is none": ("a\u00a0b", r"a\xa0b"),
    "other letters": ("Zürich 東京 [bold]x[/bold] \U0001f600", "Zürich 東京 [bold]x[/bold] \U0001f600"),
}


@pytest.mark.parametrize(("text", "shown"), SEEN.values(), ids=SEEN)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert visible(text) == shown
    out().print(text, style="red")
    assert capsys.readouterr().out == f"{shown}\n"


def test_a_cell_of_a_table_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = table("object", "why")
    rows.add_row("indicator--1", "own-assets: http://8.8.8.8/\nindicator--2  harmless\x1b[1A")
    out().print(rows)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "object        why",
        r"indicator--1  own-assets: http://8.8.8.8/\nindicator--2  harmless\x1b[1A",
    ]


def test_an_error_keeps_its_own_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(OperatorError("a.yaml:1: wrong\nb.yaml:2: \x1b[2Jwrong"))
    assert capsys.readouterr().err == "comity: a.yaml:1: wrong\nb.yaml:2: \\x1b[2Jwrong\n"


def test_json_is_the_same_value_with_nothing_in_it_that_a_terminal_acts_on(capsys: pytest.CaptureFixture[str]) -> None:
    value: Any = {"ü": ["\x1b[2J", "\x9b", "\u202e", "\U000e0101", "a\nb", "東京"]}
    print_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert not {"\x1b", "\x9b", "\u202e", "\U000e0101"} & set(printed)
    assert '"東京"' in printed


@pytest.mark.parametrize("text", ["", " \u00a0\n", "\u200b", "\u3164\u2800 ", "\u202e\ufeff", "\x1b"])
def test_a_text_of_which_nothing_is_seen(text: str) -> None:
    assert not is_visible(text)
    assert is_visible(f"{text}x")
