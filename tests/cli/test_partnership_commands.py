"""`comity init`, `check` and `apply`, as an operator types them."""

from pathlib import Path

import pytest

from app.settings import PROJECT
from tests.cli.ran import LASTING, Comity, refused, write_files


def test_init_never_overwrites_the_secret_key(comity: Comity, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/secret.key").write_text("mine\n")
    assert "comity.db" in comity("init").out
    assert (tmp_path / "var/secret.key").read_text() == "mine\n"


WRONG_FILES = {
    "a partner that nobody describes": (
        "north-sea.yaml",
        LASTING["north-sea.yaml"].replace("water-nl: {tlp", "watr-nl: {tlp"),
        "watr-nl",
    ),
    "a key twice": ("east.yaml", LASTING["east.yaml"] + "title: Again\n", "title"),
    "a level that is none": ("east.yaml", LASTING["east.yaml"].replace("[clear, green]", "[clear, blue]"), "blue"),
    "no YAML": ("partners.yaml", "host: [", "partners.yaml"),
}


@pytest.mark.parametrize("says", WRONG_FILES)
def test_check_tells_file_line_mistake_and_remedy_in_a_line(comity: Comity, tmp_path: Path, says: str) -> None:
    name, text, telling = WRONG_FILES[says]
    write_files(tmp_path / "files", {**LASTING, name: text})
    ran = comity("check", "files")
    assert (ran.status, ran.out) == (1, "")
    lines = ran.err.removeprefix("comity: ").strip().splitlines()
    assert lines
    for line in lines:
        file, number, rest = line.split(":", 2)
        assert file in {name, "north-sea.yaml", "east.yaml"}
        assert 1 <= int(number) <= len({**LASTING, name: text}[file].splitlines()) + 1
        assert rest.count(". ") >= 1, f"what is wrong, and what to do: {line}"
    assert any(telling in line and line.startswith(name) for line in lines), lines


def test_check_reads_the_folder_that_is_set_and_speaks_json(comity: Comity, here: Path) -> None:
    told = comity("check", "--json").json
    assert told["partnerships"]["east"] == {"members": ["nl-cert", "outsider"], "collections": ["indicators"]}
    refused(comity("check", "nowhere"), "nowhere", "no such directory")


def test_the_files_of_the_project_are_in_order(comity: Comity) -> None:
    assert comity("check", str(PROJECT / "collections")).status == 0


def test_apply_asks_and_takes_silence_for_no(comity: Comity, here: Path) -> None:
    changed = LASTING["east.yaml"].replace("Eastern indicators", "Indicators of the east")
    (here / "collections/east.yaml").write_text(changed)
    for answer in (b"", b"n\n"):
        ran = comity("apply", stdin=answer)
        assert ran.status == 1
        assert "Nothing was applied" in ran.err
    agreed = comity("apply", stdin=b"y\n")
    assert agreed.status == 0
    assert "east is at revision 2" in agreed.out
    assert "north-sea is at" not in agreed.out


REMOVALS = {
    "a partnership": lambda files: (files / "east.yaml").unlink(),
    "a collection": lambda files: (files / "north-sea.yaml").write_text(
        LASTING["north-sea.yaml"].partition("  letter-box:")[0]
    ),
    "a member": lambda files: (files / "north-sea.yaml").write_text(
        LASTING["north-sea.yaml"].replace("  port-nl: {tlp: [clear, green]}\n", "")
    ),
}


@pytest.mark.parametrize("says", REMOVALS)
def test_apply_refuses_to_remove(comity: Comity, here: Path, says: str) -> None:
    REMOVALS[says](here / "collections")
    ran = comity("apply", "--yes")
    assert ran.status == 1
    assert "Nothing was applied" in ran.err
    assert "Put it back" in ran.err
    for name, text in LASTING.items():
        (here / "collections" / name).write_text(text)
    assert "Nothing differs" in comity("apply", "--yes").out


def test_apply_needs_an_exchange(comity: Comity, tmp_path: Path) -> None:
    write_files(tmp_path / "collections", LASTING)
    refused(comity("apply", "--yes"), "There is no exchange at", "comity init")
