"""The words of a text, which are indexed and asked for alike."""

import pytest

from app.stix.texts import words_of

WORDS = {
    "letter case does not count": ("Kit KIT", ["kit"]),
    "what is no letter or digit stands between words": ("kit_v2.exe, (new)", ["kit", "v2", "exe", "new"]),
    "a letter with its mark is one, however it is composed": ("É e\u0301", ["é"]),
    "… and another one than without it": ("é e", ["é", "e"]),
    "a mark that Unicode composes with nothing stays with its letter": ("x\u0302y z", ["x\u0302y", "z"]),
    "vowel signs are part of a word": ("हिन्दी में", ["हिन्दी", "में"]),
    "a ligature of two letters is both": ("Straße STRASSE", ["strasse"]),
    "what is longer than a word is cut": ("a" * 65, ["a" * 64]),
}


@pytest.mark.parametrize(("text", "words"), WORDS.values(), ids=WORDS.keys())
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words
