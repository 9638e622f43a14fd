"""`comity account …`, as an operator types it."""

import stat
from pathlib import Path

import pytest

from tests.cli.ran import Comity, refused


def test_an_account_with_a_chosen_password(comity: Comity, here: Path) -> None:
    added = comity(
        "account", "add", "duty", "--partner", "nl-cert", "--role", "reader", "--password-stdin",
        stdin=b"correct horse battery staple\n",
    )  # fmt: skip
    assert added.status == 0
    assert "correct horse" not in added.out + added.err
    refused(comity("account", "rotate", "duty", "--password-stdin", stdin=b"short\n"), "12 to 1024", "Choose another")


def test_a_secret_file_is_for_its_owner_alone_and_never_overwritten(comity: Comity, here: Path) -> None:
    ran = comity("account", "add", "n1", "--partner", "nl-cert", "--role", "reader", "--secret-file", "n1.secret")
    secret = (here / "n1.secret").read_text()
    assert ran.status == 0
    assert secret.startswith("comity_")
    assert secret.strip() not in ran.out
    assert stat.S_IMODE((here / "n1.secret").stat().st_mode) == 0o600
    refused(comity("account", "rotate", "n1", "--secret-file", "n1.secret"), "exists", "Name a new file")
    assert (here / "n1.secret").read_text() == secret


ACCOUNT_MISTAKES = {
    "a name twice": (["add", "feed", "--partner", "nl-cert", "--role", "reader"], "feed", "account rotate"),
    "a name that is none": (["add", "Feed!", "--partner", "nl-cert", "--role", "reader"], "Feed!", "Use up to 63"),
    "a partner that is none": (["add", "x", "--partner", "nobody", "--role", "reader"], "nobody", "partners.yaml"),
    "rotating nobody's": (["rotate", "nobody"], "nobody", "account list"),
    "disabling nobody's": (["disable", "nobody"], "nobody", "account list"),
}


@pytest.mark.parametrize("says", ACCOUNT_MISTAKES)
def test_a_mistake_with_an_account_is_told(comity: Comity, here: Path, says: str) -> None:
    arguments, *telling = ACCOUNT_MISTAKES[says]
    refused(comity("account", *arguments), *telling)


def test_accounts_are_listed_without_anything_secret(comity: Comity, here: Path) -> None:
    listed = comity("account", "list")
    assert ["feed", "nl-cert", "feeder", "active"] in [line.split() for line in listed.out.splitlines()]
    assert (here / "feed.secret").read_text().strip() not in listed.out
