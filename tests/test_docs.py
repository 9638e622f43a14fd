"""The pages say what is so: every setting with its default, every command, and no others."""

import re
from pathlib import Path

import typer.main

from app.cli.command import app
from app.settings import PROJECT, Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"


def commands() -> set[str]:
    """Every command that `comity` has, as it is typed."""
    found: set[str] = set()
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in inner} if inner else {name}
    return found


def test_every_setting_stands_in_the_operators_page_with_its_default_and_meaning() -> None:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    rows = {row[0]: (row[1], row[2]) for row in re.findall(r"\| `(COMITY_\w+)` \| (.*?) \| (.*) \|", page)}
    assert rows.keys() == {f"COMITY_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default, meaning = rows[f"COMITY_{name.upper()}"]
        assert meaning == field.description
        if field.default is not None and str(PROJECT) not in str(field.default):
            assert default == f"`{field.default}`"


def test_every_command_that_the_pages_name_exists() -> None:
    there = commands()
    starts = there | {each.split(" ")[0] for each in there}
    for page in [*DOCS.glob("*.md"), DOCS.parent / "README.md"]:
        for words in re.findall(r"`comity ([a-z][a-z-]*(?: [a-z-]+)?)", page.read_text(encoding="utf-8")):
            assert words in starts or words.split(" ")[0] in there, f"{page.name} names `comity {words}`"


def test_the_operators_page_names_every_command() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in [*DOCS.glob("*.md"), DOCS.parent / "README.md"])
    assert [each for each in sorted(commands()) if f"comity {each}" not in text] == []
