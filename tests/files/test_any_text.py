"""Whatever stands in the files: they are read, or WrongFiles says why not. Nothing else is ever raised."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Mistake, WrongFiles
from app.files.agreements import read_agreements
from app.files.directory import read_directory
from app.files.yaml_document import FILE_CHARS_MAX
from tests.support.cases import examples

DEMONSTRATION = read_directory(Path(__file__).resolve().parents[2] / "collections")
YAML_TEXT = st.text(st.sampled_from(":-[]{}?&*!|>'\"%@`#,<~ \n\t\r\\=./ab01é\x00\ufeff\u2028\ud800no"), max_size=60)
WORDS = [
    "partnership", "title", "agreement", "members", "collections", "release", "intake", "tlp", "all", "null", "~",
    "[]", "{}", "[all]", "{a: 1}", "red", "2026-01-01", "amber+strict", "nl-cert", "-", "1", "true", "unmarked", "",
    "refuse", "ownership", "creator", "custom", "statements", "<<:", "*x", "&x", "!!set", "|", ">", "?", "%",
]  # fmt: skip


def lines_of(text: str) -> int:
    return 1 + sum(text.count(line_break) for line_break in "\n\r\u0085\u2028\u2029")


def mistakes_of(texts: dict[str, str]) -> tuple[Mistake, ...]:
    try:
        read_agreements(texts)
    except WrongFiles as wrong:
        return wrong.mistakes or (Mistake("", -1, "WrongFiles without a mistake", ""),)
    return ()


def never_raises_otherwise(texts: dict[str, str]) -> None:
    lines = {file: lines_of(text) for file, text in texts.items()}
    for mistake in mistakes_of(texts):
        assert 0 <= mistake.line <= lines.get(mistake.file, 1), mistake
        assert "\n" not in str(mistake), mistake
        for sentence in (mistake.what, mistake.remedy):
            assert sentence, mistake
            assert not sentence.endswith("."), mistake


@given(st.text() | YAML_TEXT, st.text() | YAML_TEXT)
def test_any_text_is_read_or_refused(partners: str, partnership: str) -> None:
    never_raises_otherwise({"partners.yaml": partners, "p.yaml": partnership})


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, str]:
    texts = dict(DEMONSTRATION)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(texts)))
        text = texts[name]
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        texts[name] = text[:start] + draw(YAML_TEXT | st.sampled_from(WORDS)) + text[end:]
    return texts


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_damaged_files_are_read_or_refused(texts: dict[str, str]) -> None:
    never_raises_otherwise(texts)


@st.composite
def one_value_changed(draw: st.DrawFn) -> dict[str, str]:
    name = draw(st.sampled_from(sorted(DEMONSTRATION)))
    lines = DEMONSTRATION[name].splitlines()
    number = draw(
        st.sampled_from([i for i, line in enumerate(lines) if ":" in line and not line.lstrip().startswith("#")])
    )
    lines[number] = lines[number].split(":")[0] + ": " + draw(st.sampled_from(WORDS))
    return {**DEMONSTRATION, name: "\n".join(lines) + "\n"}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one_value_changed())
def test_any_value_in_any_place_is_read_or_refused(texts: dict[str, str]) -> None:
    never_raises_otherwise(texts)


HUGE = {
    "a list of very many items": "partnership: [" + "a," * (FILE_CHARS_MAX // 2 - 20) + "]",
    "very deep lists": "partnership: " + "[" * (FILE_CHARS_MAX - 20),
    "very deep mappings": "".join(" " * depth + "a:\n" for depth in range(700)),
    "one very long word": "partnership: " + "a" * (FILE_CHARS_MAX - 20),
    "one very long key": "a" * (FILE_CHARS_MAX - 20) + ": b",
    "one very long number": "title: " + "9" * (FILE_CHARS_MAX - 20),
    "one key very many times": "a: 1\n" * (FILE_CHARS_MAX // 5),
    "very many unknown keys": "".join(f"k{n}: 1\n" for n in range(FILE_CHARS_MAX // 12)),
}


@pytest.mark.parametrize("sentence", HUGE)
def test_a_hostile_file_is_refused_in_bounded_time(sentence: str) -> None:
    assert len(HUGE[sentence]) <= FILE_CHARS_MAX
    started = time.process_time()
    never_raises_otherwise({**DEMONSTRATION, "p.yaml": HUGE[sentence]})
    assert time.process_time() - started < 10
