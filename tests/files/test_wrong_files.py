"""Every mistake of a file is reported at once, with its file, its line, what is wrong, and what to write instead."""

import pytest

from app.errors import WrongFiles
from app.files.agreements import read_agreements

MARK = "#<<"
HOSTS = "identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11"

# sentence -> (file, what stands there, what is written instead (#<< marks the line of the mistake), what, remedy)
P, N, G = "partners.yaml", "north-sea.yaml", "grid.yaml"
ONE_MISTAKE: dict[str, tuple[str, str, str, str, str]] = {
    # names
    "a member that is no partner": (
        N, "  wind-isac: {tlp", "  wind-isak: {tlp: all} #<<\n  wind-isac: {tlp",
        "`wind-isak` is no partner of this exchange", "Write `wind-isac`, if that was meant",
    ),
    "a member that resembles no partner": (
        N, "  wind-isac: {tlp", "  zz9: {tlp: all} #<<\n  wind-isac: {tlp", "`zz9` is no partner",
        "Describe `zz9` under `partners` in partners.yaml",
    ),
    "a reader that is a partner but no member": (
        N, "write: [nl-cert]", "write: [nl-cert, port-nl] #<<", "`port-nl` is no member of this partnership",
        "Add `port-nl` under `members`, or take it out here",
    ),
    "a misspelt reader in a list over several lines": (
        N, "read: all", "read:\n      - nl-cert\n      - wind-isaac #<<", "`wind-isaac` is no member",
        "Write `wind-isac`",
    ),
    "a host that is no partner": (
        P, "host: nl-cert", "host: nl-cret #<<", "`nl-cret` is no partner", "Write `nl-cert`",
    ),
    "a partner name with capitals": (
        P, "  wind-isac: {name", "  Wind_ISAC: {name: x} #<<\n  wind-isac: {name", "`Wind_ISAC` is no name",
        "`wind-isac`",
    ),
    "a root with a slash": (N, "partnership: north-sea", "partnership: north/sea #<<", "is no name", "`north-sea`"),
    "a root that is a path of the server": (
        N, "partnership: north-sea", "partnership: taxii2 #<<", "`taxii2` is a path of the server itself",
        "`taxii2-group`",
    ),
    "the root openapi.json": (
        N, "partnership: north-sea", "partnership: openapi.json #<<", "path of the server", "Name it",
    ),
    "a root that another file has": (
        N, "partnership: north-sea", "partnership: grid #<<", "The partnership `grid` is taken by grid.yaml:1",
        "Rename",
    ),
    "an alias that looks like a UUID": (
        N, "  reports:", "  0d6e1f4a-92b7-4e3c-a8d5-4f1b7c2e9a63: #<<", "looks like a collection's id",
        "put the UUID under `id`",
    ),
    "an alias with a dot": (N, "  reports:", "  re.ports: #<<", "`re.ports` is no name", "`re-ports`"),
    # durations
    "an embargo as a number": (
        N, "unmarked: amber", "unmarked: amber\n      embargo: 24 #<<", "`24` is no duration", "`PT24H`, `P90D`",
    ),
    "an embargo in months, which have no fixed length": (
        N, "unmarked: amber", "unmarked: amber\n      embargo: P1M #<<", "`P1M` is no duration of a fixed length",
        "`PT24H`",
    ),
    "an embargo of no time": (
        N, "unmarked: amber", "unmarked: amber\n      embargo: PT0S #<<", "`PT0S` is no time", "`PT24H`",
    ),
    "an end that comes before the embargo has ended": (
        N, "unmarked: amber", "unmarked: amber\n      embargo: P2D\n      shown_for: PT48H #<<",
        "nobody is ever shown it", "Make `shown_for` longer than `embargo`",
    ),
    # collections
    "a collection id that is no UUID": (
        N, "id: 0d6e1f4a-92b7-4e3c-a8d5-4f1b7c2e9a63", "id: reports #<<", "`reports` is no UUID of version 4",
        "uuid4()",
    ),
    "a collection id of UUID version 1": (
        N, "id: 0d6e1f4a-92b7-4e3c-a8d5-4f1b7c2e9a63", "id: 0d6e1f4a-92b7-1e3c-a8d5-4f1b7c2e9a63 #<<", "version 4",
        "uuid4()",
    ),
    "a collection id that is taken, in capitals": (
        N, "id: 0d6e1f4a-92b7-4e3c-a8d5-4f1b7c2e9a63", "id: 5B9F3F0C-6F0E-4C53-8F4E-2F6F0C9D7A10 #<<",
        "is taken by north-sea.yaml:12", "uuid4()",
    ),
    "a title that another collection of the partnership has": (
        N, "title: Reports", "title: shared Indicators #<<", "is taken by north-sea.yaml:13", "a title of its own",
    ),
    "a title with a dot": (N, "title: Reports", "title: Reports v1.0 #<<", "has a dot", "Write `Reports v1 0`"),
    "a title that is a number": (
        N, "title: Reports", "title: 2026 #<<", "`collections.reports.title` is a number (`2026`), not text",
        'Put it in quotes: `"2026"`',
    ),
    "a value on the line after its key": (N, "title: Reports", "title:\n      2026 #<<", "is a number", "in quotes"),
    "an empty title": (N, "title: Reports", 'title: "" #<<', "is no title", "1 to 250 characters"),
    "a collection without a title": (
        N, "    title: Reports\n", "", "`collections.reports` has no key `title`", "Write `title: Shared indicators`",
    ),
    # levels
    "a level that TLP does not have": (
        N, "tlp: [clear, green, amber]", "tlp: [clear, orange] #<<",
        "`orange` is none of the words that `collections.indicators.release.tlp` takes", "Write one of clear, green",
    ),
    "TLP 1.0 white": (
        N, "tlp: [clear, green, amber]", "tlp: [white, green] #<<", "`white` is none of", "Write `clear`",
    ),
    "a level in capitals with its prefix": (
        N, "tlp: [clear, green, amber]", "tlp: ['TLP:AMBER'] #<<", "`TLP:AMBER`", "Write `amber`",
    ),
    "amber strict with a hyphen": (
        N, "tlp: [clear, green, amber]", "tlp: [amber-strict] #<<", "`amber-strict`", "Write `amber+strict`",
    ),
    "one level without its list": (
        N, "tlp: [clear, green, amber]", "tlp: amber #<<", "is `amber`, neither `all` nor a list",
        "Write `tlp: all` or `tlp: [amber]`",
    ),
    "all as one of a list": (N, "write: [nl-cert]", "write: [all] #<<", "`all` is no member", "take it out"),
    "an unmarked level that release does not know": (
        N, "unmarked: amber", "unmarked: ambr #<<", "`ambr`", "Write `amber`",
    ),
    "unmarked objects taken at a level that intake does not take": (
        N, "unmarked: refuse", "unmarked: amber #<<", "`intake.tlp` does not take that level",
        "Add `amber` to `intake.tlp`, or write `unmarked: refuse`",
    ),
    "a level that stands twice": (
        N, "tlp: [clear, green, amber]", "tlp: [clear, green, clear] #<<", "`clear` stands twice", "Remove one",
    ),
    # what this version does not have
    "granular: sanitise, where nobody signs": (
        N, "granular: withhold", "granular: sanitise #<<", "no identity to sign sanitised derivatives with",
        "Add `identity: identity--…` to partners.yaml, or write `granular: withhold`",
    ),
    "a partner that signs as the exchange does": (
        P, f"partners:\n  nl-cert:\n    name: Dutch national CERT\n    identities: [{HOSTS}]",
        f"identity: {HOSTS}\npartners:\n  nl-cert:\n    name: D\n    identities:\n      - {HOSTS} #<<",
        "`nl-cert` signs as the exchange's own identity", "Take it out here",
    ),
    "attribution: sanitise, where nobody signs": (
        N, "granular: withhold", "attribution: sanitise #<<", "no identity to sign sanitised derivatives with",
        "or write `attribution: withhold`",
    ),
    "a word that granular does not have": (
        N, "granular: withhold", "granular: redact #<<", "`redact` is none of the words",
        "Write one of withhold, sanitise",
    ),
    "release.closure": (N, "granular: withhold", "closure: withhold #<<", "does not have the key `closure`", "Take it"),
    "a word that closure does not have": (
        N, "    title: Reports", "    title: Reports\n    closure: withold #<<", "`withold` is none of the words",
        "Write `withhold`",
    ),
    "a word that a condition of intake does not have": (
        N, "types: all", "types: all\n      loosened: hold #<<", "`hold` is none of the words",
        "accept, review, refuse",
    ),
    "a word that reports do not have": (
        N, "types: all", "types: all\n      sightings: accept #<<", "`accept` is none of the words",
        "Write one of refuse, named, anonymous",
    ),
    "anonymous reports, where nobody signs": (
        N, "types: all", "types: all\n      sightings: anonymous #<<", "no identity to sign anonymous reports with",
        "Add `identity: identity--…` to partners.yaml, or write `sightings: refuse`",
    ),
    "reports, where no opinion is taken": (
        N, "types: all", "types: [sighting]\n      sightings: named #<<",
        "Analysts report here, and `intake.types` does not take `opinion`", "Add `opinion` to `intake.types`",
    ),
    "reports, where only STIX 2.0 is taken": (
        N, "types: all", 'types: all\n      spec_versions: ["2.0"]\n      sightings: named #<<',
        "`intake.spec_versions` does not take `2.1`", "or write `sightings: refuse`",
    ),
    "a kind of marking that can't be required": (
        N, "types: all", "types: all\n      require: [cui] #<<", "`cui` is no kind of marking", "Write `tlp`, `pap`",
    ),
    "a list that is accepted": (
        N, "types: all", "types: all\n      lists: {own-assets: accept} #<<", "`accept` is none of the words",
        "review, refuse",
    ),
    "review of whom nobody knows": (
        N, "types: all", "types: all\n      review: {submitters: [nl-crt]} #<<", "`nl-crt` is no member",
        "Write `nl-cert`",
    ),
    "review of a level that is not taken": (
        N, "types: all", "types: all\n      review: {tlp: [red]} #<<", "`red` goes to review",
        "Add it to `intake.tlp`, or take it out here",
    ),
    "dates of a member": (
        N, "nl-cert: {tlp: all}", "nl-cert: {tlp: all, expires: 2027-01-01} #<<", "does not have the key `expires`",
        "Take",
    ),
    # keys and kinds
    "a misspelt key": (
        N, "unmarked: amber", "unmarkd: amber #<<", "`collections.indicators.release` has no key `unmarkd`",
        "Write `unmarked`",
    ),
    "an unknown key of the file": (
        N, "title: North Sea", "title: North Sea\ncolor: blue #<<", "no key `color`", "or write one of",
    ),
    "an unknown key without a value": (
        N, "title: North Sea", "title: North Sea\ncolor: #<<", "no key `color`", "or write one of",
    ),
    "a member with nothing after it": (
        N, "nl-cert: {tlp: all}", "nl-cert: #<<", "`members.nl-cert` has no value",
        "Write `nl-cert: {}` for a member without rights",
    ),
    "a list with nothing after it": (
        N, "write: [nl-cert]", "write: #<<", "`collections.indicators.write` has no value", "Write `write: [nl-cert]`",
    ),
    "null written out": (N, "unmarked: amber", "unmarked: null #<<", "has no value", "Write `unmarked: amber`"),
    "a list item with nothing after its dash": (
        N, "write: [nl-cert]", "write:\n      - nl-cert\n      - #<<", "has no value", "Write",
    ),
    "an empty partnership list of members": (
        G, "members: {nl-cert: {}}", "members: {} #<<", "`members` is empty", "Write `members: {nl-cert: {tlp: all}}`",
    ),
    "no members at all": (G, "members: {nl-cert: {}}\n", "", "The file has no key `members`", "Write `members:"),
    "members as a list": (
        G, "members: {nl-cert: {}}", "members: [nl-cert] #<<", "`members` is a list, not a mapping",
        "Write `members: {",
    ),
    "a member's rights as a list": (
        N, "nl-cert: {tlp: all}", "nl-cert: [all] #<<", "is a list, not a mapping", "Write",
    ),
    "a truth value where text belongs": (
        N, "title: North Sea", "title: true #<<", "is a truth value (`true`), not text", 'Put it in quotes: `"true"`',
    ),
    "one identity without its list": (
        P, "identities: [identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11]",
        "identities: identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11 #<<", "not a list",
        "Write `identities: [identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11]`",
    ),
    "an identity that is no identity": (
        P, "[identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11]", "[malware--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11] #<<",
        "is no id of identity", "Write identity-- and a UUID",
    ),
    "types as words": (N, "types: all", "types: [Indicator] #<<", "`Indicator` is no STIX type", "`indicator`"),
    "ownership by a word it does not have": (
        N, "ownership: creator", "ownership: anyone #<<", "neither `creator` nor a mapping",
        "Write `ownership: creator`",
    ),
    "a relay that is no member": (
        N, "ownership: creator", "ownership: {port-nl: [nl-cert]} #<<", "`port-nl` is no member", "Add `port-nl`",
    ),
    "a relay of what is no member": (
        N, "ownership: creator", "ownership: {nl-cert: [port-nl]} #<<", "`port-nl` is no member", "Add `port-nl`",
    ),
    "a STIX version that there is not": (
        N, "types: all", "types: all\n      spec_versions: [2.2] #<<", "`2.2` is none of", "Write",
    ),
    "no STIX version": (
        N, "types: all", "types: all\n      spec_versions: [] #<<", "is empty", 'spec_versions: ["2.1", "2.0"]',
    ),
    "a red name that is no account": (
        N, "red: [nl-cert/nl-duty-officer]", "red: [nl-duty-officer] #<<", "names no account", "`partner/account`",
    ),
    "a red name of a partner that is no member": (
        N, "red: [nl-cert/nl-duty-officer]", "red: [port-nl/officer] #<<", "`port-nl` is no member", "Add `port-nl`",
    ),
    "a statement that is no marking": (
        N, "granular: withhold", "statements: [tlp] #<<", "is no id of marking-definition",
        "Write marking-definition--",
    ),
    "a custom marking that is none": (
        N, "granular: withhold", "custom: {cui: {members: all}} #<<", "`cui` is no id of", "extension-definition--",
    ),
    "a custom marking of a vocabulary that has its own key": (
        N, "granular: withhold",
        "custom: {extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce: {members: all}} #<<",
        "have a key of their own", "write `acs` under `release`",
    ),
    # vocabularies
    "PAP by its old name": (N, "granular: withhold", "pap: [white] #<<", "`white`", "Write `clear`"),
    "PAP amber+strict, which there is not": (
        N, "granular: withhold", "pap: [amber+strict] #<<", "`amber+strict` is none of", "Write one of clear, green",
    ),
    "a value that no policy statement has": (
        N, "granular: withhold", "iep: {unmodified_resale: [must]} #<<", "`must` is none of", "Write",
    ),
    "a policy statement by its name in FIRST's own form": (
        N, "granular: withhold", "iep: {attribution: [may]} #<<", "has no key `attribution`",
        "Write `provider_attribution`",
    ),
    "every policy statement at once": (
        N, "granular: withhold", "iep: all #<<", "not a mapping", "Write `iep: {encrypt_in_transit: [must, may]}`",
    ),
    "an ACS token that there is not": (
        N, "granular: withhold", "acs: {classification: [TOP]} #<<", "`TOP` is none of", "Write",
    ),
    "ACS terms without a classification": (
        N, "granular: withhold", "acs: {caveat: [POSSIBLEPII]} #<<", "accepts no classification",
        "Add `classification: [U]`",
    ),
    "a nationality as people say it": (
        N, "wind-isac: {tlp: [clear, green]}", "wind-isac: {tlp: [clear, green], nationalities: [NL]} #<<",
        "`NL` is no country", "`NLD`",
    ),
    "an organization as people say it": (
        N, "wind-isac: {tlp: [clear, green]}", "wind-isac: {organizations: [Energy]} #<<",
        "`Energy` is no organization", "`USA.DHS.US-CERT`",
    ),
    "an entity that there is not": (
        N, "wind-isac: {tlp: [clear, green]}", "wind-isac: {entity: [GOVT]} #<<", "`GOVT` is none of",
        "Write one of MIL, GOV",
    ),
    # the agreement
    "no date of effect": (
        G, "effective: 2026-01-01, ", "", "`agreement` has no key `effective`", "Write `effective: 2026-01-01`",
    ),
    "a date that the calendar does not have": (
        N, "effective: 2026-01-01", "effective: 2026-02-30 #<<", "`2026-02-30` is no date", "`2026-01-01T00:00:00Z`",
    ),
    "an instant without a zone": (
        N, "expires: 2029-01-01", "expires: 2029-01-01T12:00:00 #<<", "has no zone", "Write `2029-01-01T12:00:00Z`",
    ),
    "a date in words": (N, "expires: 2029-01-01", "expires: next year #<<", "`next year` is no date", "Write a date"),
    "a date as a number": (N, "expires: 2029-01-01", "expires: 2029 #<<", "is a number", "in quotes"),
    "an instant before the first year in UTC": (
        N, "effective: 2026-01-01", "effective: 0001-01-01T00:00:00+14:00 #<<", "is no date", "Write a date",
    ),
    "an agreement that expires at once": (
        N, "expires: 2029-01-01", "expires: 2026-01-01 #<<", "expires before it is in force",
        "Write a date after 2026-01-01",
    ),
    # clients
    "a client of itself": (
        N, "nl-cert: {tlp: all}", "nl-cert: {client_of: nl-cert} #<<", "`nl-cert` is its own client",
        "Name another member",
    ),
    "a client of what is no member": (
        N, "nl-cert: {tlp: all}", "nl-cert: {client_of: port-nl} #<<", "`port-nl` is no member", "Add `port-nl`",
    ),
    # YAML
    "a key that stands twice": (
        N, "title: Reports", "title: Reports\n    title: Other #<<",
        "The key `title` stands here twice, first on line 28", "Remove one of them",
    ),
    "an alias of two collections": (
        N, "  reports:", "  indicators: #<<", "The key `indicators` stands here twice, first on line 11", "Remove one",
    ),
    "an anchor": (N, "write: [nl-cert]", "write: &w [nl-cert] #<<", "The anchor `&w` is not read", "write values out"),
    "a tag": (N, "title: Reports", "title: !!str Reports #<<", "is not read here", "Remove the tag"),
    "a Python tag": (
        N, "title: Reports", "title: !!python/name:os.system Reports #<<", "is not read", "Remove the tag",
    ),
    "a list as a key": (
        N, "title: Reports", "? [a]\n    : b\n    title: Reports", "stands here as a key", "Write a plain key",
    ),
    "a tab": (
        N, "    title: Reports", "\ttitle: Reports #<<", "A tab stands where YAML takes spaces", "Indent with spaces",
    ),
    "a bracket that is not closed": (
        N, "write: [nl-cert]", "write: [nl-cert", "This is no YAML", "Check quotes, brackets",
    ),
    "a NUL": (N, "title: Reports", "title: Rep\0orts #<<", "U+0000 must not stand in YAML", "Remove the character"),
    "a second document": (
        G, "members: {nl-cert: {}}", "members: {nl-cert: {}}\n--- #<<\na: b", "A second document", "own file",
    ),
    "YAML 1.1": (
        G, "partnership: grid", "%YAML 1.1\n--- #<<\npartnership: grid", "a YAML version other than 1.2", "Remove",
    ),
    "nesting without end": (
        G, "title: Grid", "title: " + "[" * 500 + "]" * 500 + " #<<", "nested more than 12", "no key lies",
    ),
}  # fmt: skip

# where the marker can't stand: the comment would be part of what is tested
LINE = {
    "a collection without a title": 26,
    "no members at all": 1,
    "no date of effect": 3,
    "a list as a key": 28,
    "a bracket that is not closed": 16,
}


@pytest.mark.row("T-COL-11", "T-COL-14")
@pytest.mark.parametrize("sentence", ONE_MISTAKE)
def test_one_mistake_is_reported_once_where_it_stands(sentence: str, right_files: dict[str, str]) -> None:
    file, old, new, what, remedy = ONE_MISTAKE[sentence]
    assert old in right_files[file], "the case replaces nothing"
    right_files[file] = right_files[file].replace(old, new, 1)
    line = LINE.get(sentence) or 1 + right_files[file][: right_files[file].index(MARK)].count("\n")

    with pytest.raises(WrongFiles) as caught:
        read_agreements(right_files)

    found = [(m.file, m.line, m.what, m.remedy) for m in caught.value.mistakes]
    assert len(found) == 1, found
    assert found[0][:2] == (file, line), found
    assert what in found[0][2], found
    assert remedy in found[0][3], found
