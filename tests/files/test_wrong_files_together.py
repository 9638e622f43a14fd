"""Mistakes in several places, and those that only several places together make."""

import pytest

from app.errors import Mistake, WrongFiles
from app.files.agreements import read_agreements

P, N, G = "partners.yaml", "north-sea.yaml", "grid.yaml"


def mistakes_of(files: dict[str, str]) -> tuple[Mistake, ...]:
    with pytest.raises(WrongFiles) as caught:
        read_agreements(files)
    return caught.value.mistakes


def change(files: dict[str, str], file: str, *changes: tuple[str, str]) -> None:
    for old, new in changes:
        assert old in files[file], "the case replaces nothing"
        files[file] = files[file].replace(old, new, 1)


def test_the_files_that_are_damaged_here_are_right(right_files: dict[str, str]) -> None:
    assert set(read_agreements(right_files).partnerships) == {"north-sea", "grid"}


def test_every_mistake_of_every_file_is_reported_at_once(right_files: dict[str, str]) -> None:
    change(right_files, P, ("host: nl-cert", "host: nobody"))
    change(right_files, N, ("read: all", "read: some"), ("2029-01-01", "2025-01-01"), ("[nl-cert]", "[nl-crt]"))
    change(right_files, G, ("Charter", "[1]"))
    right_files |= {"broken.yaml": "a: [", "empty.yaml": "", "list.yaml": "\n- partnership: p\n"}
    assert [(m.file, m.line) for m in mistakes_of(right_files)] == [
        ("broken.yaml", 1), ("empty.yaml", 0), (G, 3), ("list.yaml", 1), (N, 6), (N, 14), (N, 15), (P, 1),
    ]  # fmt: skip


def test_a_mistake_reads_as_one_line_with_its_place(right_files: dict[str, str]) -> None:
    change(right_files, N, ("    write: [nl-cert]", "    writes: [nl-cert]"))
    with pytest.raises(WrongFiles) as caught:
        read_agreements(right_files)
    assert str(caught.value) == (
        "north-sea.yaml:15: `collections.indicators` has no key `writes`. Write `write`, if that was meant."
    )


def test_a_circle_of_clients_is_named_at_each_of_them(right_files: dict[str, str]) -> None:
    change(right_files, N, ("{tlp: all}", "{client_of: wind-isac}"), ("{tlp: [clear, green]}", "{client_of: nl-cert}"))
    assert [(m.line, m.what) for m in mistakes_of(right_files)] == [
        (8, "`nl-cert` is a client of its own client"),
        (9, "`wind-isac` is a client of its own client"),
    ]


def test_a_collection_id_of_another_partnership_is_taken(right_files: dict[str, str]) -> None:
    right_files[G] += "collections: {x: {id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10, title: X}}\n"
    (mistake,) = mistakes_of(right_files)
    assert (mistake.file, mistake.line) == (N, 12)
    assert "taken by grid.yaml:5" in mistake.what


@pytest.mark.row("T-COL-11")
def test_the_same_alias_and_title_in_another_partnership_are_free(right_files: dict[str, str]) -> None:
    right_files[G] += (
        "collections: {indicators: {id: c7f20b95-48ad-4e61-b3f8-1a6d5e9c0472, title: Shared indicators}}\n"
    )
    assert "indicators" in read_agreements(right_files).partnerships["grid"].collections


def test_without_partners_yaml_that_is_the_only_mistake(right_files: dict[str, str]) -> None:
    del right_files[P]
    (mistake,) = mistakes_of(right_files)
    assert (mistake.file, mistake.line) == (P, 0)
    assert "`host` and `partners`" in mistake.remedy


def test_a_partners_yaml_that_does_not_read_makes_no_member_unknown(right_files: dict[str, str]) -> None:
    right_files[P] += "]"
    assert [m.file for m in mistakes_of(right_files)] == [P]


def test_anchors_and_aliases_are_no_way_to_a_large_file(right_files: dict[str, str]) -> None:
    right_files[G] += "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert {m.line for m in mistakes_of(right_files) if "anchor" in m.what} == {5, 6, 7}


def test_an_alias_is_told_to_be_written_out(right_files: dict[str, str]) -> None:
    change(right_files, N, ("write: [nl-cert]", "write: *readers"))
    (mistake,) = mistakes_of(right_files)
    assert mistake.line == 15
    assert mistake.what.endswith("is an alias (`*readers`), not `all` or a list")
    assert "Write the value out" in mistake.remedy


def test_a_file_too_long_to_be_an_agreement_is_not_parsed(right_files: dict[str, str]) -> None:
    right_files[G] += "#" * (262_145 - len(right_files[G]))
    (mistake,) = mistakes_of(right_files)
    assert (mistake.file, mistake.line) == (G, 0)
    assert "262145 characters" in mistake.what


def test_a_file_of_the_greatest_length_is_read(right_files: dict[str, str]) -> None:
    right_files[G] += "#" * (262_144 - len(right_files[G]))
    assert "grid" in read_agreements(right_files).partnerships
