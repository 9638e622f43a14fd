"""Which files of a directory are read, and what is said of those that can't be."""

from pathlib import Path

import pytest

from app.errors import WrongFiles
from app.files.directory import FILE_BYTES_MAX, read_directory


def mistakes_of(path: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(WrongFiles) as caught:
        read_directory(path)
    return [(m.file, m.line, m.what, m.remedy) for m in caught.value.mistakes]


def test_the_yaml_files_are_read_and_everything_else_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "partners.yaml").write_bytes("host: café\r\n".encode())
    (tmp_path / "p.yaml").write_bytes(b"\xef\xbb\xbfpartnership: p\n")
    (tmp_path / ".#p.yaml").write_bytes(b"an editor's lock")
    (tmp_path / "README.md").write_bytes(b"\xff")
    (tmp_path / "more").mkdir()
    assert read_directory(tmp_path) == {"partners.yaml": "host: café\r\n", "p.yaml": "partnership: p\n"}
    assert read_directory(str(tmp_path)) == read_directory(tmp_path)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path / "colections")
    assert mistake[0].endswith("colections")
    assert mistake[2] == "There is no such directory"


def test_a_file_in_place_of_a_directory(tmp_path: Path) -> None:
    (tmp_path / "partners.yaml").write_text("host: a\n")
    assert mistakes_of(tmp_path / "partners.yaml")[0][2] == "There is no such directory"


def test_every_file_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"title: x\n# na\xefve\n")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "huge.yaml").write_bytes(b"#" * (FILE_BYTES_MAX + 1))
    (tmp_path / "north-sea.yml").write_text("partnership: north-sea\n")
    found = {Path(file).name: (line, what, remedy) for file, line, what, remedy in mistakes_of(tmp_path)}
    assert found["latin.yaml"] == (2, "The file is not UTF-8 here", "Save it as UTF-8")
    assert found["north-sea.yml"] == (0, "Only files called `.yaml` are read", "Rename it to `north-sea.yaml`")
    assert found["gone.yaml"][1].startswith("It can't be read: No such file")
    assert found["folder.yaml"][1].startswith("It can't be read: Is a directory")
    assert found["huge.yaml"][1] == "The file is larger than 1048576 bytes"
    assert len(found) == 5


def test_a_file_of_the_greatest_size_is_read(tmp_path: Path) -> None:
    (tmp_path / "huge.yaml").write_bytes(b"#" * FILE_BYTES_MAX)
    assert len(read_directory(tmp_path)["huge.yaml"]) == FILE_BYTES_MAX
