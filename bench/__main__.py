"""`python -m bench`: measure the rows of section 8 of the design and print them."""

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import report, rows
from tests.support.databases import ENGINES, PostgresDatabases, SqliteDatabases, postgres_server


def main() -> None:
    """Measure on each engine in turn."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--objects", type=int, default=100_000, help="how many objects the large collection holds")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one engine alone")
    parser.add_argument("--look-ups", action="store_true", help="the rows about look-ups alone")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    found = [row for engine in chosen.engine or ENGINES for row in measured(engine, chosen.objects, chosen.look_ups)]
    if chosen.json:
        print(json.dumps(report.as_json(found), indent=2, ensure_ascii=False))
    else:
        report.show(found)


def measured(engine: str, objects: int, look_ups_alone: bool) -> list[report.Row]:
    """Every row on one engine, on databases that are gone afterwards."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "sqlite":
            return list(rows.measure(engine, SqliteDatabases(folder), folder, objects, look_ups_alone=look_ups_alone))
        with postgres_server(durable=True) as server:
            databases = PostgresDatabases(server)
            found = list(rows.measure(engine, databases, folder, objects, look_ups_alone=look_ups_alone))
            databases.close()
            return found


if __name__ == "__main__":
    main()
