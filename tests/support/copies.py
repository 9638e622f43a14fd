"""A copy of the project, for tests that change the product."""

import shutil
from pathlib import Path

from app.settings import PROJECT

COPIED = ("app", "tests", "alembic", "mappings", "collections", "deploy", "docs")


def a_copy(folder: Path) -> Path:
    """The project, as far as its tests need it."""
    copy = folder / "copy"
    for name in COPIED:
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in PROJECT.glob("*.*"):
        if file.is_file():
            shutil.copy(file, copy / file.name)
    return copy
