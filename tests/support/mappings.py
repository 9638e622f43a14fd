"""What `mappings/` of this project says is read once for all exchanges of this process: each test builds exchanges of
its own, and reading those files takes longer than all else about building one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app import composition
from app.settings import PROJECT

_READERS = ("read_registry", "read_value_lists", "read_feed_mappings", "read_export_formats")


def share_mappings() -> None:
    """From now on; folders that tests write themselves are read every time."""
    for name in _READERS:
        setattr(composition, name, _once(getattr(composition, name)))


def _once(read: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[Path, Any] = {}

    def of(folder: Path, *rest: Any) -> Any:
        if not folder.is_relative_to(PROJECT / "mappings"):
            return read(folder, *rest)
        if folder not in kept:
            kept[folder] = read(folder, *rest)
        return kept[folder]

    return of
