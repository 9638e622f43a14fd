"""The README does not lie: every command that it shows is run, and answers as it says."""

import re
import shutil
import subprocess
from collections.abc import Sequence

import pytest
from readme import Step, settled, steps
from served_demonstration import PROJECT, Demonstration

README = (PROJECT / "README.md").read_text(encoding="utf-8")
STEPS = steps(README)
MAKE = [each for each in STEPS if each.commands.startswith("make ")]
TOUR = [each for each in STEPS if each not in MAKE]
END_OF_STEP = "-- end of step --"


@pytest.fixture(scope="session")
def told(demonstration: Demonstration) -> Sequence[str]:
    """What the tour's steps print, typed into one shell in the README's order."""
    if shutil.which("bash") is None or shutil.which("curl") is None:
        pytest.skip("the tour is typed into bash, with curl")
    typed = "\n".join(f"{step.commands}\necho '{END_OF_STEP}'" for step in TOUR)
    done = subprocess.run(
        ["bash", "-s"],
        input=typed.replace("127.0.0.1:8000", f"127.0.0.1:{demonstration.port}"),
        cwd=demonstration.folder,
        env=dict(demonstration.environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split(f"{END_OF_STEP}\n")


@pytest.mark.parametrize("number", range(len(TOUR)), ids=[step.commands.splitlines()[0][:60] for step in TOUR])
def test_a_command_of_the_tour_prints_what_the_readme_shows(told: Sequence[str], number: int) -> None:
    assert settled(told[number]) == settled(TOUR[number].output or "")


def test_the_tour_has_output_to_compare() -> None:
    assert sum(step.output is not None for step in TOUR) >= 8


def test_every_make_target_that_the_readme_names_exists() -> None:
    assert [step.commands for step in MAKE] == ["make run\n", "make test\n"]
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= set(targets)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_file_that_the_readme_links_to_exists(link: str) -> None:
    assert (PROJECT / link).exists()


def test_the_function_that_decides_is_where_the_readme_says() -> None:
    assert "`decide_release` in `app/policy/release.py`" in README
    assert "def decide_release(" in (PROJECT / "app" / "policy" / "release.py").read_text()


def test_output_is_compared_but_for_instants_and_spaces() -> None:
    text = "```sh\na\n```\n```text\nx  2026-01-01T00:00:00.5Z\n```\n```sh\nb\n```\n"
    assert steps(text) == [Step("a\n", "x  2026-01-01T00:00:00.5Z\n"), Step("b\n", None)]
    assert settled("x  2026-01-01T00:00:00.5Z\n") == settled("x 2027-01-01T00:00:00Z")
    assert settled("x 1") != settled("x 2")
