"""What a new state of the files changes, said in sentences; removals are marked."""

import pytest

from app.files.agreements import Agreements, read_agreements
from app.files.differences import Difference, differences

ID, OTHER_ID = "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", "0d6e1f4a-92b7-4e3c-a8d5-4f1b7c2e9a63"
CUI = "extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a"
EXCHANGE = "identity: identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce\n"
PARTNERS = f"host: a\n{EXCHANGE}partners: {{a: {{name: A}}, b: {{name: B}}, c: {{name: C}}}}\n"
P = (
    "partnership: p\ntitle: P\nagreement: {reference: R, effective: 2026-01-01, expires: 2027-01-01}\n"
    "members: {a: {tlp: [clear, green]}, b: {}}\n"
    f"collections:\n  x: {{id: {ID}, title: X, read: [a], intake: {{types: [malware]}}, release: {{statements: []}}}}\n"
)
Q = (
    "partnership: q\ntitle: Q\nmembers: {a: {}}\n"
    "agreement: {reference: R, effective: 2026-01-01, expires: 2027-01-01}\n"
)


def read(partners: str = PARTNERS, *partnerships: str) -> Agreements:
    files = {f"{number}.yaml": text for number, text in enumerate(partnerships)}
    return read_agreements({"partners.yaml": partners, **files})


# sentence -> (in P, written instead, the sentences, which of them are removals)
CHANGES: dict[str, tuple[str, str, list[str], list[bool]]] = {
    "nothing but a comment": ("title: P", "title: P # of course", [], []),
    "a contact": ("title: P", "title: P\ncontact: mailto:x@y.z", ["Partnership p: contact is mailto:x@y.z."], [False]),
    "another title": ("title: P", "title: Pe", ["Partnership p: title was P and is Pe."], [False]),
    "a later end": (
        "expires: 2027-01-01", "expires: 2028-01-01",
        ["Partnership p: agreement.expires was 2027-01-01T00:00:00Z and is 2028-01-01T00:00:00Z."], [False],
    ),
    "a member loses a level and gets another": (
        "[clear, green]", "[clear, amber]", ["Member a of p: tlp gains amber and loses green."], [False],
    ),
    "a member becomes a client": ("b: {}", "b: {client_of: a}", ["Member b of p: client_of is a."], [False]),
    "a member more": ("b: {}", "b: {}, c: {}", ["Member c of p is added."], [False]),
    "a member less": (", b: {}", "", ["Member b of p is removed."], [True]),
    "everybody may read": ("read: [a]", "read: all", ["Collection p/x: read gains b."], [False]),
    "another alias": ("  x: {", "  y: {", ["Collection p/y: alias was x and is y."], [False]),
    "another id": (
        ID, OTHER_ID,
        [
            f"Collection p/x (id {ID}) is removed.",
            (
                f"Collection p/x (id {OTHER_ID}) is added: alias x; title X; read a; release.unmarked refuse; "
                "intake.types malware; intake.unmarked refuse; intake.spec_versions 2.1."
            ),
        ],
        [True, False],
    ),
    "every type, which an empty set is not": (
        "types: [malware]", "types: all", ["Collection p/x: intake.types was malware and is all."], [False],
    ),
    "parts may go": (
        "statements: []", "granular: sanitise", ["Collection p/x: release.granular is sanitise."], [False],
    ),
    "sources may go": (
        "statements: []", "attribution: sanitise", ["Collection p/x: release.attribution is sanitise."], [False],
    ),
    "every statement in place of none": (
        "statements: []", "statements: all", ["Collection p/x: release.statements is all."], [False],
    ),
    "an unmarked level": (
        "{statements: []}", "{unmarked: amber}", ["Collection p/x: release.unmarked was refuse and is amber."], [False],
    ),
    "what a member is, in the words of ACS and of caveats": (
        "b: {}", "b: {organizations: [USA.DOE], nationalities: [USA], entity: [GOV]}",
        [
            "Member b of p: entity gains GOV.", "Member b of p: nationalities gains USA.",
            "Member b of p: organizations gains USA.DOE.",
        ],
        [False] * 3,
    ),
    "terms for PAP, policies and ACS": (
        "{statements: []}", "{pap: [clear], iep: {encrypt_in_transit: [must]}, acs: {classification: [U]}}",
        [
            "Collection p/x: release.acs.classification gains U.",
            "Collection p/x: release.iep.encrypt_in_transit gains must.", "Collection p/x: release.pap gains clear.",
        ],
        [False] * 3,
    ),
    "a dissemination control": (
        "{statements: []}", f"{{custom: {{{CUI}: {{members: [a], disseminations: [NOCON]}}}}}}",
        [
            f"Collection p/x: release.custom.{CUI} gains a.",
            f"Collection p/x: release.custom.{CUI}.disseminations gains NOCON.",
        ],
        [False] * 2,
    ),
    "a relay": (
        "{types: [malware]}", "{types: [malware], ownership: {a: [b]}}",
        ["Collection p/x: intake.ownership.a gains b."], [False],
    ),
    "reports": (
        "{types: [malware]}", "{types: [malware, opinion, sighting], sightings: named}",
        ["Collection p/x: intake.sightings is named.", "Collection p/x: intake.types gains opinion, sighting."],
        [False] * 2,
    ),
    "closure": ("read: [a]", "read: [a], closure: withhold", ["Collection p/x: closure is withhold."], [False]),
    "what is required, held and refused": (
        "{types: [malware]}",
        (
            "{types: [malware], require: [tlp], loosened: review, older_versions: refuse, deterministic_ids: review, "
            "lists: {own-assets: refuse}, review: {types: [malware], submitters: all}}"
        ),
        [
            "Collection p/x: intake.deterministic_ids is review.", "Collection p/x: intake.lists.own-assets is refuse.",
            "Collection p/x: intake.loosened is review.", "Collection p/x: intake.older_versions is refuse.",
            "Collection p/x: intake.require gains tlp.", "Collection p/x: intake.review.submitters gains a, b.",
            "Collection p/x: intake.review.types gains malware.",
        ],
        [False] * 7,
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", CHANGES)
def test_a_change_is_said_and_said_backwards(sentence: str) -> None:
    old, new, sentences, removals = CHANGES[sentence]
    assert old in P
    before, after = read(PARTNERS, P), read(PARTNERS, P.replace(old, new))
    found = differences(before, after)
    assert sorted(found, key=str) == sorted(map(Difference, sentences, removals), key=str)
    assert bool(differences(after, before)) == bool(sentences)


def test_what_is_added_by_one_state_is_removed_by_the_way_back() -> None:
    small, large = read(PARTNERS, P), read(PARTNERS.replace("c: {name: C}", "c: {name: C}, d: {name: D}"), P, Q)
    assert not any(each.removal for each in differences(small, large))
    assert [each.sentence for each in differences(large, small) if each.removal] == [
        "Partner d is removed.",
        "Partnership q is removed.",
    ]


def test_another_host_is_said() -> None:
    found = differences(read(PARTNERS), read(PARTNERS.replace("host: a", "host: b")))
    assert found == (Difference("The exchange is run by b in place of a."),)
    (found,) = differences(read(PARTNERS), read(PARTNERS.replace(EXCHANGE, "")))
    assert found.sentence == "The exchange: identity was identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce and is none."


def test_a_first_state_is_all_additions_and_equal_states_do_not_differ() -> None:
    state = read(PARTNERS, P, Q)
    first = [each.sentence for each in differences(None, state)]
    for sentence in (
        "The exchange is run by a.",
        "Partner a is added: name A.",
        "Partnership p is added: ",
        "Member b of p is added.",
        f"Collection p/x (id {ID}) is added: alias x; ",
    ):
        assert any(each.startswith(sentence) for each in first), sentence
    assert differences(state, read(PARTNERS, Q, P)) == ()
