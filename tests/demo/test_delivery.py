"""What stands around the code: the image, CI, the lock files."""

import fnmatch
import json
import re
import shlex
import tomllib
from collections.abc import Sequence

import pytest
from served_demonstration import PROJECT

Instruction = tuple[str, str]


def instructions() -> Sequence[Instruction]:
    """The Dockerfile's instructions, continued lines joined, comments left out."""
    lines = (line for line in (PROJECT / "Dockerfile").read_text().splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def last_stage() -> Sequence[Instruction]:
    found = instructions()
    start = max(number for number, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def arguments(word: str) -> Sequence[str]:
    return [rest for name, rest in last_stage() if name == word]


def test_the_image_runs_as_nobody_special() -> None:
    (user,) = arguments("USER")
    assert user.split(":")[0] not in ("root", "0")
    after = last_stage()[[name for name, _ in last_stage()].index("USER") :]
    assert "RUN" not in [name for name, _ in after]


def test_the_image_tells_whether_it_is_alive() -> None:
    (check,) = arguments("HEALTHCHECK")
    command = json.loads(check[check.index("CMD ") + 4 :])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "HEALTHCHECK", "exec")
    assert "/health" in command[2]


def test_the_image_serves_behind_a_proxy_and_keeps_its_data() -> None:
    command = json.loads(arguments("ENTRYPOINT")[0]) + json.loads(arguments("CMD")[0])
    assert command == ["comity", "serve", "--host", "0.0.0.0", "--behind-proxy"]
    assert arguments("VOLUME") == [f"{arguments('WORKDIR')[0]}/var"]


def test_the_image_installs_what_the_lock_file_names_and_nothing_else() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 1
    words = shlex.split(installs[0])
    assert {"--require-hashes", "--no-deps"} <= set(words)
    assert words[words.index("-r") + 1].endswith("/requirements.lock")


def test_every_source_that_the_image_copies_is_there_and_let_in() -> None:
    patterns = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert patterns[0] == "*"
    let_in = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    sources = [
        source
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for source in shlex.split(rest)[:-1]
    ]
    assert sources
    for source in sources:
        assert (PROJECT / source).exists(), source
        assert any(fnmatch.fnmatch(source.rstrip("/"), pattern) for pattern in let_in), source


def test_no_secret_is_in_the_image() -> None:
    settings = " ".join(rest for name, rest in instructions() if name in ("ENV", "ARG"))
    assert not re.search(r"secret|password|token|DATABASE_URL|BASE_URL", settings, re.IGNORECASE)


def test_ci_checks_style_and_then_runs_what_the_readme_tells() -> None:
    script = PROJECT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert commands[-2:] == ["make lint", "make test"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_has_a_hash_for_everything_and_names_no_host(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert not re.search(r"https?:|file:|index-url|find-links|trusted-host", text)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize(("name", "extras"), [("requirements.lock", []), ("requirements-dev.lock", ["dev"])])
def test_a_lock_file_holds_every_dependency_that_the_project_names(name: str, extras: Sequence[str]) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(each for extra in extras for each in project["optional-dependencies"][extra])]
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (PROJECT / name).read_text(), re.MULTILINE))
    assert {re.split(r"[\[<>=;~! ]", each)[0].replace(".", "-") for each in wanted} <= locked
