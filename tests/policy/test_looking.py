"""Looking for many texts in others: what is found, and what is counted for it."""

import pytest

from app.policy.sanitising.looking import WORK_MAX, WORK_OF_ANY_OBJECT, WORK_PER_CHAR, Needles, TooMuchWork, Work
from app.policy.sanitising.parts import Told
from app.policy.sanitising.traces import Traces


def assert_spent(work, amount):
    """All the rest may be spent, and no more."""
    work.spend(WORK_OF_ANY_OBJECT - amount)
    with pytest.raises(TooMuchWork):
        work.spend(1)


MANY = [f"needle{number:02}" for number in range(40)]
LONG = [f"{'needle' * 25}{number:02}" for number in range(40)]
HAY = "-" * 160
LOOKED_FOR = {
    "nothing": ([], HAY, False, 0),
    "few texts, one by one": (["one", "two"], HAY, False, 20),
    "few texts, one of them at the end": (["one", "two"], f"{HAY[3:]}two", True, 20),
    "as many as are looked for one by one": (MANY[:32], HAY, False, 320),
    "one more, in one reading": (MANY[:33], HAY, False, 160),
    "many texts": (MANY, HAY, False, 160),
    "many texts, one of them at the end": (MANY, f"{HAY[8:]}{MANY[7]}", True, 163),
    "many texts, one of them at the beginning": (MANY, f"{MANY[7]}{HAY[8:]}", True, 163),
    "many texts in a shorter one": (MANY, "needle", False, 6),
    "texts of two lengths, two readings": ([*MANY, *LONG], HAY, False, 320),
    "long texts, by how they start": (LONG, LONG[0][:64], False, 64 + 40 * (3 + 152 // 64)),
    "long texts, one of them": (LONG[:33], LONG[7] + HAY[:8], True, None),
}


@pytest.mark.parametrize(("texts", "text", "found", "work"), LOOKED_FOR.values(), ids=LOOKED_FOR.keys())
def test_what_is_found_and_how_much_work_that_is(texts, text, found, work):
    left = Work(0)
    assert Needles(texts).any_in(text, left) is found
    if work is not None:
        assert_spent(left, work)


def test_all_the_work_that_there_is_may_be_done_and_no_more():
    assert_spent(Work(0), 0)
    assert_spent(Work(10), -10 * WORK_PER_CHAR)
    assert_spent(Work(10**6), WORK_OF_ANY_OBJECT - WORK_MAX)


A_LONG_WORD = "x" * 160
OF_AN_ADDRESS = "ipv4-addr--5853f6a4-638f-5b4e-9b0f-ded361ae3812"
READING_IT = (50 + 47 + 4 * 47) + 4 * 47 // 16 + 3 * 41 // 16
"""It is read with its hyphens and without them, for four names of an address, and for three of these in one word."""

ADDED = {
    "a text": ("plain", 4 * 5 + (50 + 5 + 4 * 5)),
    "a text that is not ASCII, also as a host": ("ünd", 4 * 3 + (50 + 20 * 3 + 4 * 3 + 4 * 4) + (50 + 10 + 4 * 10)),
    "what may be encoded": ("%41b", 4 * 4 + (50 + (1 + 16) * 4 + 4 * 4 + 4 * 2) + (50 + 3 + 4 * 3)),
    "what may be a pattern, after a blank": (" [x", 100 * 3 + (50 + 3 + 4 * 3)),
    "what may be a pattern in brackets": ("(x", 100 * 2 + (50 + 2 + 4 * 2)),
    "what may be a pattern": ("[x", 100 * 2 + (50 + 2 + 4 * 2)),
    "a number, also of an AS": (1234, (50 + 4 + 4 * 4) + (50 + 6 + 4 * 6)),
    "a short number": (12, 0),
    "an address, under its six names, as a text and as a word": ("1.2.3.4", 4 * 7 + 2 * (6 * 50 + 71 * (1 + 4))),
}
READ = {
    "a text": ("plain", A_LONG_WORD, (50 + 160 + 4 * 160) + 160 // 16 + 160 // 16),
    "a number": ("plain", 1234, 50 + 4 + 4 * 4),
    "a short number": ("plain", 12, 0),
    "a random id": ("1.2.3.4", OF_AN_ADDRESS.replace("-5b4e", "-4b4e"), READING_IT),
    "an id that may be made of any of four values, in two ways": ("1.2.3.4", OF_AN_ADDRESS, READING_IT + 100 * 4 * 2),
}


@pytest.mark.parametrize(("said", "work"), ADDED.values(), ids=ADDED.keys())
def test_how_much_work_it_is_to_look_for_something_that_was_said(said, work):
    left = Work(0)
    Traces(left).add(said)
    assert_spent(left, work)


@pytest.mark.parametrize(("said", "kept", "work"), READ.values(), ids=READ.keys())
def test_how_much_work_it_is_to_look_through_what_is_kept(said, kept, work):
    left = Work(0)
    traces = Traces(left)
    traces.add(said)
    traces.found_in([Told(("x_kept",), kept)])
    assert_spent(left, dict(ADDED.values())[said] + work)
