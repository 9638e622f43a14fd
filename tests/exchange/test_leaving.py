"""Who leaves a partnership: what its own terms hold back stays held back, and it is given nothing any more."""

from collections.abc import Iterator, Mapping

import pytest

from app.errors import OperatorError
from app.exchange import apply, plan
from app.exchange.history import texts_as_of
from app.policy.partnership import Role
from tests.exchange.test_sides import ALL_OF_IT, relayed_under, with_terms
from tests.support.agreements import FILES, HOST_IDENTITY, WIND_IDENTITY
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running, running
from tests.support.stix import CLEAR, GREEN, STIX, a_statement, an_indicator, stix_id

Files = Mapping[str, str]

TO_PORT = f"releases: [{{to: [port-nl], {ALL_OF_IT}}}]"
HERE = "/north-sea/collections/indicators"


def an_id(which: str) -> str:
    return stix_id("indicator", which)


def changed(files: Files, *changes: tuple[str, str]) -> dict[str, str]:
    """These files with each first text replaced by the second, wherever it stands."""
    new = dict(files)
    for was, becomes in changes:
        assert any(was in text for text in new.values()), was
        new = {name: text.replace(was, becomes) for name, text in new.items()}
    return new


def without(member: str, files: Files) -> dict[str, str]:
    """The files without this member of north-sea."""
    text = files["north-sea.yaml"]
    entry = next(line for line in text.splitlines() if line.startswith(f"  {member}: {{"))
    lines = [line for line in text.splitlines() if line != entry and not line.startswith("groups:")]
    everywhere = "\n".join(lines).replace(f", {member}", "").replace(f"[{member}]", "[nl-cert]")
    return {**files, "north-sea.yaml": everywhere + "\n"}


def refusal(exchange: Running, files: Files) -> str:
    """Why these files can't be applied: as the plan says it, and as applying it does."""
    made = plan.plan(exchange.exchange, files)
    with pytest.raises(OperatorError, match="Nothing was applied") as refused:
        apply.apply(exchange.exchange, made, by="test", reason="", allow_removal=True)
    (mistake,) = made.mistakes
    assert mistake in str(refused.value)
    return mistake


def test_nobody_takes_a_members_terms_from_what_they_hold_back(exchange: Running) -> None:
    theirs = with_terms(wind_isac=TO_PORT)
    exchange.apply(theirs)
    statement = a_statement("ours", CLEAR)
    exchange.take("wind-feed", statement, an_indicator("marked", GREEN, statement["id"]), an_indicator("a", GREEN))
    said = refusal(exchange, without("wind-isac", theirs))
    assert said.startswith("wind-isac holds back 3 contributions to north-sea by `releases`, and these files would")
    assert "`tlp: []`" in said
    assert "in a revision of their own" in said
    assert exchange.ids("water-soc") == set()

    kept = without_rights(theirs)
    exchange.apply(kept)
    assert exchange.ids("water-soc") == exchange.ids("nl-soc") == set(), "its terms still hold"
    assert len(exchange.ids("port-soc")) == 3
    told = [each.sentence for each in exchange.apply(without_rights(FILES)).differences]
    assert told[0].startswith("Member wind-isac of north-sea: releases was {to: [port-nl]")
    assert len(exchange.ids("water-soc")) == 3, "a change of its terms is planned and applied like any other"
    assert plan.plan(exchange.exchange, without("wind-isac", FILES)).mistakes == ()
    exchange.apply(without("wind-isac", FILES), allow_removal=True)
    back = texts_as_of(exchange.exchange, "north-sea", 2)
    assert exchange.apply(back).plan.mistakes == (), "who comes back brings its terms"
    assert exchange.ids("water-soc") == set()


def without_rights(files: Files) -> dict[str, str]:
    """wind-isac with its own terms, and nothing else."""
    here = {"north-sea.yaml": files["north-sea.yaml"]}
    without_it = changed(
        here,
        ("tlp: [clear, green, amber]}\n  water-nl", "tlp: []}\n  water-nl"),
        ("read: all\n    write: [nl-cert, wind-isac, water-nl]", "read: [nl-cert, water-nl, port-nl]\n    write: []"),
        ("write: [wind-isac]", "write: [nl-cert]"),
    )
    return {**files, **without_it}


def test_a_member_without_rights_is_given_nothing_by_any_path(exchange: Running) -> None:
    exchange.add_account("wind-analyst", "wind-isac", Role.ANALYST)
    exchange.take("nl-feed", an_indicator("theirs", GREEN), a_statement("open"))
    status = exchange.post("wind-feed", an_indicator("own", GREEN))["id"]
    of_taxii = [
        f"{HERE}/objects/", f"{HERE}/manifest/", f"{HERE}/objects/{an_id('own')}/", f"{HERE}/exports/ip-list/",
        f"{HERE}/", "/north-sea/collections/", "/north-sea/terms/", "/north-sea/", f"/north-sea/status/{status}/",
    ]  # fmt: skip
    asked = ["lookup?value=198.51.100.3", "changes", "search?text=indicator", f"object/{an_id('own')}"]
    paths = [*of_taxii, *(f"/analyst/v1/{each}" for each in asked)]

    def answers() -> list[tuple[int, bool]]:
        accounts = ["wind-analyst" if "analyst" in path else "wind-soc" for path in paths]
        got = [
            exchange.client(account).get(path, headers={"Accept": "*/*"})
            for account, path in zip(accounts, paths, strict=True)
        ]
        return [(answer.status_code, an_id("own") in answer.text) for answer in got]

    assert {status for status, _ in answers()} == {200}
    assert sum(told for _, told in answers()) == 7
    exchange.apply(without_rights(FILES))
    assert answers() == [(404, False)] * 9 + [(200, False)] * 3 + [(404, False)]
    assert "api_roots" not in exchange.client("wind-soc").get("/taxii2/").json()
    assert exchange.client("wind-feed").post(f"{HERE}/objects/", content=b"{}").status_code == 404


def relayed(which: str, *marks: str) -> STIX:
    return an_indicator(which, *marks, created_by_ref=HOST_IDENTITY)


ANONYMOUS = relayed_under(with_terms(nl_cert="attribution: anonymous", wind_isac="attribution: anonymous"))
CONTROLLED = relayed_under(with_terms(nl_cert="originator_control: true", water_nl=TO_PORT))
NAMED_BY_NOBODY = ("identities: [" + HOST_IDENTITY, "identities: [" + HOST_IDENTITY.replace("8c1e", "9c1e"))
NO_RELAY = ("{water-nl: [nl-cert]}", "{wind-isac: [nl-cert]}")
NO_PARTNER = ("  water-nl: {name: Water boards, identities: []}\n", "")
WIND_IS_ANOTHER = (f"Wind ISAC, identities: [{WIND_IDENTITY}]", "Wind ISAC, identities: []")


@pytest.fixture(scope="module")
def embedded(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("leaving")
    with sqlite_databases.new(folder) as url, running(url, folder, ANONYMOUS) as made:
        made.take("water-feed", relayed("relayed", GREEN), an_indicator("of water", GREEN))
        signed = an_indicator("signed", GREEN, created_by_ref=WIND_IDENTITY)
        made.take("wind-feed", signed, an_indicator("unsigned", GREEN))
        yield made


def test_the_same_holds_wherever_terms_would_bind_no_longer(embedded: Running) -> None:
    """One exchange, in which revisions are planned that are never applied, and some that remove and return."""
    embedded.apply(ANONYMOUS)
    assert "nl-cert holds back 1 contribution to north-sea by `attribution: anonymous`" in refusal(
        embedded, changed(ANONYMOUS, NO_RELAY)
    )
    assert "nl-cert holds back 1 " in refusal(embedded, changed(ANONYMOUS, NAMED_BY_NOBODY))
    assert "wind-isac holds back 1 " in refusal(embedded, changed(ANONYMOUS, WIND_IS_ANOTHER)), "the signed one alone"
    assert "wind-isac holds back 1 " in refusal(embedded, without("wind-isac", ANONYMOUS))
    assert "nl-cert holds back 1 " in refusal(embedded, changed(without("water-nl", ANONYMOUS), NO_RELAY))

    embedded.apply(CONTROLLED)
    assert "nl-cert holds back 1 " in refusal(embedded, changed(CONTROLLED, NO_RELAY))
    gone = changed(without("water-nl", CONTROLLED), NO_RELAY, NO_PARTNER)
    made = plan.plan(embedded.exchange, gone)
    assert [each.split(" by ")[0] for each in made.mistakes] == [
        "nl-cert holds back 1 contribution to north-sea", "water-nl holds back 2 contributions to north-sea"
    ]  # fmt: skip


def test_a_removal_before_or_in_between_is_no_way_around_it(embedded: Running) -> None:
    embedded.apply(CONTROLLED)
    letter = without_collection(CONTROLLED)
    embedded.apply(letter, allow_removal=True)
    assert "holds back" in refusal(embedded, without("water-nl", changed(letter)))
    assert "nl-cert holds back 1 " in refusal(embedded, changed(letter, NAMED_BY_NOBODY)), (
        "whose it is, counts meanwhile"
    )
    assert "nl-cert holds back 1 " in refusal(embedded, changed(CONTROLLED, NO_RELAY)), "so does the way back"
    embedded.apply({name: text for name, text in FILES.items() if name != "north-sea.yaml"}, allow_removal=True)
    assert "water-nl holds back" in " ".join(
        plan.plan(embedded.exchange, changed(without("water-nl", CONTROLLED), NO_RELAY)).mistakes
    ), "nor is the way back of the whole partnership"
    assert embedded.apply(CONTROLLED).plan.mistakes == ()


def test_what_an_officer_looks_at_counts_and_what_is_withdrawn_does_not(embedded: Running) -> None:
    """And a marking that leaves it to the originator holds as its own terms do."""
    reviewed = ("intake:\n      types: all", "intake:\n      review: {types: [malware]}\n      types: all")
    files = changed(relayed_under(with_terms(water_nl=TO_PORT, port_nl="releases: []")), reviewed)
    files = changed(files, ("write: [nl-cert, wind-isac, water-nl]", "write: all"))
    embedded.apply(files)
    embedded.add_account("port-feed", "port-nl", Role.FEEDER)
    held = {**an_indicator("held", GREEN, pattern=None, pattern_type=None, valid_from=None), "type": "malware"}
    held |= {"id": stix_id("malware", "held"), "is_family": False}
    embedded.take("port-feed", held)
    orcon = a_statement("orcon", CLEAR, definition={"statement": "ORCON"})
    embedded.take("water-feed", orcon, relayed("marked", GREEN, orcon["id"]))
    assert "port-nl holds back 1 " in refusal(embedded, without("port-nl", changed(files, ("[port-nl]", "[nl-cert]"))))
    assert "nl-cert holds back 1 contribution to north-sea by originator control that markings ask for" in refusal(
        embedded, changed(files, NO_RELAY)
    )
    for account, name in (("port-feed", held["id"]), ("water-feed", an_id("marked")), ("water-feed", orcon["id"])):
        assert embedded.client(account).delete(f"{HERE}/objects/{name}/").status_code == 200
    assert plan.plan(embedded.exchange, changed(files, NO_RELAY)).mistakes == ()
    assert plan.plan(embedded.exchange, without("port-nl", changed(files, ("[port-nl]", "[nl-cert]")))).mistakes == ()


def without_collection(files: Files) -> dict[str, str]:
    text = files["north-sea.yaml"]
    start, end = text.index("  indicators:\n"), text.index("  letter-box:\n")
    return {**files, "north-sea.yaml": text[:start] + text[end:]}
