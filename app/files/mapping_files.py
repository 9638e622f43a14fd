"""A folder of `mappings/`: each file is one value, under the file's name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from app.errors import Mistake, WrongFiles
from app.files.directory import read_directory
from app.files.yaml_document import Document, read_document

T = TypeVar("T")

Reader = Callable[[Document, str, list[Mistake]], T | None]
"""The value of one document under a name; None where it has put what is wrong on the list."""


def read_mappings(directory: str | Path, read: Reader[T]) -> Mapping[str, T]:
    """Every value by its name; none where there is no such directory. Raises WrongFiles with every mistake in any."""
    folder = Path(directory)
    if not folder.is_dir():
        return {}
    found: dict[str, T] = {}
    mistakes: list[Mistake] = []
    for file, text in read_directory(folder).items():
        document, wrong = read_document(str(folder / file), text)
        mistakes.extend(wrong)
        if document is not None and not wrong:
            name = file.removesuffix(".yaml")
            value = read(document, name, mistakes)
            if value is not None:
                found[name] = value
    if mistakes:
        raise WrongFiles(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line, mistake.what)))
    return found
