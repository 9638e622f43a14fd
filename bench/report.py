"""One row of section 8 of the design as measured, and the table of them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """What was measured. `ratio` is measured by floor; `at_most` says on which side of `reach` it has to be."""

    engine: str
    work: str
    measured: str
    floor: str
    ratio: float
    reach: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether the design's figure is met."""
        return self.ratio <= self.reach if self.at_most else self.ratio >= self.reach


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows for a machine."""
    return [{**asdict(row), "reached": row.reached} for row in rows]


def show(rows: Iterable[Row]) -> None:
    """The rows for people."""
    table = Table("engine", "work", "measured", "floor", "ratio", "reach", "")
    for row in rows:
        reach = f"{'≤' if row.at_most else '≥'} {row.reach:g}"
        verdict = "reached" if row.reached else "not reached"
        table.add_row(row.engine, row.work, row.measured, row.floor, f"{row.ratio:.2f}", reach, verdict)
    Console(width=160).print(table)
