"""The `*.yaml` files of a directory, as texts by file name."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from app.errors import Mistake, WrongFiles

FILES_MAX: Final = 1000
FILE_BYTES_MAX: Final = 1_048_576


def read_directory(path: str | Path) -> Mapping[str, str]:
    """Every `*.yaml` file of the directory, by its name. Hidden files and directories in it are passed over.

    Raises WrongFiles, with every mistake, if the directory or one of the files can't be read, is no UTF-8, or is
    called `.yml`, which would otherwise be a partnership that nobody misses.
    """
    directory = Path(path)
    if not directory.is_dir():
        raise WrongFiles([Mistake(str(path), 0, "There is no such directory", "Give the directory of partners.yaml")])
    try:
        found = sorted(file for file in directory.iterdir() if file.suffix.lower() in {".yaml", ".yml"})
    except OSError as error:
        raise WrongFiles([_unreadable(directory, error)]) from error
    files = [file for file in found if not file.name.startswith(".")]
    texts: dict[str, str] = {}
    mistakes = list(_misnamed(directory, files))
    for file in files[:FILES_MAX]:
        text = _read(file)
        if isinstance(text, Mistake):
            mistakes.append(text)
        else:
            texts[file.name] = text
    if mistakes:
        raise WrongFiles(mistakes)
    return texts


def _misnamed(directory: Path, files: list[Path]) -> Iterator[Mistake]:
    if len(files) > FILES_MAX:
        what = f"The directory holds more than {FILES_MAX} files"
        yield Mistake(str(directory), 0, what, "Give the directory of partners.yaml, or split the exchange")
    for file in files:
        if file.suffix != ".yaml":
            what = "Only files called `.yaml` are read"
            yield Mistake(str(file), 0, what, f"Rename it to `{file.with_suffix('.yaml').name}`")


def _read(file: Path) -> str | Mistake:
    try:
        with file.open("rb") as stream:
            data = stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        return _unreadable(file, error)
    if len(data) > FILE_BYTES_MAX:
        return Mistake(str(file), 0, f"The file is larger than {FILE_BYTES_MAX} bytes", "Shorten the file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Mistake(str(file), line, "The file is not UTF-8 here", "Save it as UTF-8")


def _unreadable(path: Path, error: OSError) -> Mistake:
    return Mistake(str(path), 0, f"It can't be read: {error.strerror}", "Check that it exists and may be read")
