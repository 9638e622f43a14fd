"""Marks without end are bounded before they are sorted, and nothing else about a text changes by that."""

import re
from itertools import takewhile
from unicodedata import combining, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.stix.unicode_forms import MARKS_MAX, Form, in_form, with_marks_bounded
from tests.support.cases import examples

FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
ACUTE, DOT_BELOW, DIALYTIKA_TONOS, IOTA, JOINER = "\u0301", "\u0323", "\u0344", "\u0345", "\u034f"
PIECES = ["a", "é", "ᾂ", " ", "´", ACUTE, DOT_BELOW, DIALYTIKA_TONOS, IOTA, "\u302e", "\uff9e", "\u00ad", JOINER]
TEXTS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([1, 2, 30, 61])), max_size=6).map(
    lambda runs: "".join(sign * count for sign, count in runs)
)


def marks_at_most(text: str) -> int:
    classes = [combining(sign) for sign in normalize("NFKD", text)]
    return max((len(list(takewhile(bool, classes[place:]))) for place in range(len(classes))), default=0)


@settings(max_examples=examples(300))
@given(TEXTS)
def test_no_sign_has_more_marks_than_the_bound_and_a_text_within_it_is_unchanged(text):
    bounded = with_marks_bounded(text)
    assert marks_at_most(bounded) <= MARKS_MAX
    assert bounded.replace(JOINER, "") == text.replace(JOINER, "")
    assert (bounded == text) == (marks_at_most(text) <= MARKS_MAX)


@settings(max_examples=examples(300))
@given(TEXTS, st.sampled_from(FORMS))
def test_what_is_bounded_stays_so_in_every_form(text, form):
    once = in_form(form, text)
    assert with_marks_bounded(once) == once
    assert in_form(form, once) == once
    assert in_form(form, with_marks_bounded(text)) == once


@pytest.mark.parametrize("before", ["", "a", "é", "ᾂ"], ids=["nothing", "a letter", "… with a mark", "… with three"])
def test_the_marks_of_a_letter_before_them_count(before):
    room = MARKS_MAX - marks_at_most(before)
    assert with_marks_bounded(before + ACUTE * room) == before + ACUTE * room
    assert with_marks_bounded(before + ACUTE * (room + 1)) == before + ACUTE * room + JOINER + ACUTE


def test_every_sign_of_unicode_stands_for_as_few_marks_as_is_said():
    for sign in map(chr, range(0x20000)):
        classes = [combining(each) for each in normalize("NFKD", sign)]
        if all(classes):
            assert len(classes) <= 2
            assert re.fullmatch(r"[\W\uff9e\uff9f]", sign)
        else:
            assert not classes[0]
            assert classes[::-1].index(0) <= 3
