"""The partnerships that come with Comity: they read, and they differ in the ways that they are there to show."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.files.agreements import Agreements, read_agreements
from app.files.directory import read_directory
from app.policy.partnership import ALL, TlpLevel

CLEAR, GREEN, AMBER, STRICT, RED = TlpLevel


@pytest.fixture(scope="module")
def agreements() -> Agreements:
    return read_agreements(read_directory(Path(__file__).resolve().parents[2] / "collections"))


def test_there_are_five_partners_with_identities_of_their_own(agreements: Agreements) -> None:
    partners = agreements.partners
    assert partners.host == "nl-cert"
    assert set(partners.by_name) == {"nl-cert", "wind-isac", "water-nl", "port-nl", "de-grid"}
    identities = [identity for partner in partners.by_name.values() for identity in partner.identities]
    assert len(identities) == len(set(identities)) == 6


def test_the_members_of_north_sea_have_different_rights(agreements: Agreements) -> None:
    members = agreements.partnerships["north-sea"].members
    assert {name: (member.tlp, member.client_of) for name, member in members.items()} == {
        "nl-cert": (frozenset(TlpLevel), None),
        "wind-isac": ({CLEAR, GREEN, AMBER}, None),
        "water-nl": ({CLEAR, GREEN, AMBER}, "nl-cert"),
        "port-nl": ({CLEAR, GREEN}, None),
    }


def test_the_collections_of_north_sea(agreements: Agreements) -> None:
    collections = agreements.partnerships["north-sea"].collections
    indicators, attack, reports = collections["indicators"], collections["ics-attack"], collections["reports-in"]
    assert indicators.write == {"nl-cert", "wind-isac"}
    assert indicators.release.tlp == {CLEAR, GREEN, AMBER, STRICT}
    assert indicators.release.red == {"nl-cert/nl-duty-officer"}
    assert indicators.release.unmarked == AMBER
    assert RED in indicators.intake.tlp
    assert attack.release.statements is ALL
    assert (attack.release.tlp, attack.release.unmarked, attack.intake.unmarked) == ({CLEAR}, CLEAR, CLEAR)
    assert (reports.read, reports.write) == ({"nl-cert"}, {"wind-isac", "port-nl"})


def test_grid_watch_is_another_agreement(agreements: Agreements) -> None:
    grid, sea = agreements.partnerships["grid-watch"], agreements.partnerships["north-sea"]
    assert set(grid.members) == {"nl-cert", "wind-isac", "de-grid"}
    assert grid.members["wind-isac"].tlp < sea.members["wind-isac"].tlp
    assert grid.collections["indicators"].id != sea.collections["indicators"].id
    assert grid.collections["techniques"].intake.spec_versions == {"2.0", "2.1"}
    assert grid.agreement.effective != sea.agreement.effective
    for partnership in (grid, sea):
        assert partnership.agreement.in_force(datetime(2027, 1, 1, tzinfo=UTC))
