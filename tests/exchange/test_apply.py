"""Applying files: what they mean is in force with the commit, and wrong files change nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event, Thread

import pytest

from app.errors import OperatorError, WrongFiles
from app.exchange import apply, jobs, plan
from app.policy.partnership import Role
from app.storage import revisions
from app.storage.engine import Transaction
from app.storage.revisions import PartnershipRow
from tests.support.agreements import EAST, FILES, NORTH_SEA, PARTNERS
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running, running
from tests.support.pollers import Poller, Style, content_of
from tests.support.stix import AMBER, CLEAR, GREEN, RED, STIX, a_statement, an_indicator

HERE = "/north-sea/collections/indicators"
LAST = "X-TAXII-Date-Added-Last"
SECOND = "2026-05-02T00:00:00.000Z"
THEIRS = "identity--0a6b5d9e-41c5-4b7f-9a3e-2f1d6c8b7a90"


def with_north_sea(text: str) -> dict[str, str]:
    return {**FILES, "north-sea.yaml": text}


def test_the_same_files_again_make_no_revision(exchange: Running) -> None:
    report = exchange.apply(FILES)
    assert (report.differences, report.applied) == ((), [])


def test_only_the_partnership_that_changes_gets_a_revision(exchange: Running) -> None:
    report = exchange.apply({**FILES, "east.yaml": EAST.replace("Eastern indicators", "Eastern findings")})
    assert [(each.root, each.revision) for each in report.applied] == [("east", 2)]


def test_a_wrong_file_changes_nothing_for_anybody(exchange: Running) -> None:
    before = exchange.client("port-soc").get("/north-sea/collections/").content
    with pytest.raises(WrongFiles, match=r"east\.yaml"):
        exchange.apply(
            {**with_north_sea(NORTH_SEA.replace("Shared indicators", "Other")), "east.yaml": "partnership: ["}
        )
    assert exchange.client("port-soc").get("/north-sea/collections/").content == before


def test_what_is_left_out_is_not_silently_removed(exchange: Running) -> None:
    with pytest.raises(OperatorError, match="port-nl"):
        exchange.apply(with_north_sea(NORTH_SEA.replace("  port-nl: {tlp: [clear, green]}\n", "")))
    assert exchange.client("port-soc").get("/north-sea/").status_code == 200


def test_a_new_member_is_given_what_was_there_before_it_came(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("old", CLEAR))
    assert exchange.client("outsider-soc").get("/north-sea/").status_code == 404
    exchange.apply(with_north_sea(NORTH_SEA.replace("members:\n", "members:\n  outsider: {tlp: [clear]}\n")))
    assert exchange.ids("outsider-soc") == {an_indicator("old")["id"]}


def test_what_is_loosened_comes_to_a_poller_under_a_new_date_and_what_is_tightened_is_gone(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("clear", CLEAR), an_indicator("amber", AMBER))
    client = exchange.client("port-soc")
    base = "/north-sea/collections/indicators/objects/"
    last = client.get(base).headers["X-TAXII-Date-Added-Last"]
    wider = NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")
    exchange.apply(with_north_sea(wider))
    arrived = client.get(f"{base}?added_after={last}").json()["objects"]
    assert [found["id"] for found in arrived] == [an_indicator("amber")["id"]]
    exchange.apply(FILES)
    assert exchange.ids("port-soc") == {an_indicator("clear")["id"]}


def naming(account: str) -> dict[str, str]:
    """The agreement with one more account named for RED."""
    named = f"red: [nl-cert/duty-officer, nl-cert/{account}]"
    return with_north_sea(NORTH_SEA.replace("red: [nl-cert/duty-officer]", named))


def in_force(exchange: Running, files: Mapping[str, str], *, allow_removal: bool = False) -> plan.Plan:
    """Apply these files, and leave their batches to do; what the plan said."""
    made = plan.plan(exchange.exchange, files)
    apply.apply(exchange.exchange, made, by="test", reason="", allow_removal=allow_removal)
    return made


def told(made: plan.Plan) -> dict[str, tuple[int, int]]:
    """What a plan says that each audience of the shared collection gains and loses."""
    found = [each for each in made.changes if (each.root, each.collection) == ("north-sea", "indicators")]
    return {each.account or each.partner: (each.visible, each.hidden) for each in found}


def test_an_account_named_for_red_goes_on_in_a_log_of_its_own_from_what_it_had(exchange: Running) -> None:
    exchange.add_account("second-officer", "nl-cert", Role.READER)
    exchange.take("wind-feed", an_indicator("red", RED), an_indicator("clear", CLEAR))
    exchange.take("nl-feed", an_indicator("gone", CLEAR), an_indicator("gone", CLEAR, version=SECOND))
    client = exchange.client("second-officer")
    gone = f"{HERE}/objects/{an_indicator('gone')['id']}/"
    assert exchange.client("nl-feed").delete(f"{gone}?match[version]={SECOND}").status_code == 200
    before = client.get(f"{HERE}/manifest/")
    exchange.apply(naming("second-officer"))
    arrived = client.get(f"{HERE}/manifest/?added_after={before.headers[LAST]}").json()["objects"]
    assert [found["id"] for found in arrived] == [an_indicator("red")["id"]]
    assert client.get(f"{HERE}/manifest/").json()["objects"] == [*before.json()["objects"], *arrived]
    assert client.get(f"{gone}?match[version]={SECOND}").status_code == 404, "as its colleagues are told"
    exchange.apply(FILES)
    assert client.get(f"{HERE}/manifest/").content == before.content


def test_an_account_that_is_named_for_red_is_shown_no_less_at_any_instant(
    exchange: Running, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 2)
    seen = [an_indicator(n, CLEAR) for n in range(6)]
    exchange.take("wind-feed", *(an_indicator(f"red {n}", RED) for n in range(4)), *seen)
    shown = exchange.ids("nl-soc")
    with Direct(exchange.application, exchange.secrets) as direct:
        pollers = [
            Poller(lambda query: direct.ask("nl-soc", "GET", f"{HERE}/objects/?{query}"), style, 2, now=clock.now)
            for style in Style
        ]
        for poller in pollers:
            poller.page()
        assert told(in_force(exchange, naming("nl-soc"))) == {"nl-cert/nl-soc": (4, 0)}
        for n in range(3):
            assert exchange.ids("nl-soc") >= shown
            assert direct.ask("nl-soc", "GET", f"{HERE}/objects/{seen[5]['id']}/").status == 200
            exchange.take("wind-feed", an_indicator(f"red meanwhile {n}", RED), an_indicator(f"meanwhile {n}", CLEAR))
            shown |= {an_indicator(f"red meanwhile {n}")["id"], an_indicator(f"meanwhile {n}")["id"]}
            pollers[n].poll()
            clock.advance(seconds=1)
            jobs.one_batch(exchange.exchange)
        assert jobs.remaining(exchange.exchange) == 0
        everything = {content_of(each) for each in exchange.objects("nl-soc")}
        assert len(everything) == 16
        for poller in pollers:
            poller.poll()
            assert poller.had == everything, poller.style


def test_a_colleagues_next_takes_a_named_account_past_nothing_of_its_own_log(exchange: Running) -> None:
    exchange.take("nl-feed", *(an_indicator(n, CLEAR) for n in range(4)))
    early = exchange.client("officer").get(f"{HERE}/objects/?limit=2").json()["next"]
    exchange.apply(naming("nl-soc"))
    exchange.take("wind-feed", an_indicator("red", RED))
    exchange.take("nl-feed", *(an_indicator(n, CLEAR) for n in range(10, 13)))
    late = exchange.client("officer").get(f"{HERE}/objects/?limit=6").json()["next"]
    assert [found["name"] for found in exchange.objects("nl-soc", f"next={late}")] == [
        f"indicator {n}" for n in ("red", 10, 11, 12)
    ]
    assert len(exchange.objects("nl-soc", f"next={early}")) == 6
    rows = exchange.client("nl-soc").get(f"{HERE}/manifest/").json()["objects"]
    after = rows[-2]["date_added"]
    moved_on = exchange.objects("nl-soc", f"next={late}&added_after={after}")
    assert [found["name"] for found in moved_on] == ["indicator 12"], "the later of the two counts"


def test_an_identity_that_comes_to_belong_to_a_member_joins_its_lines(exchange: Running) -> None:
    exchange.take("wind-feed", an_indicator("one", CLEAR, created_by_ref=THEIRS))
    identities = PARTNERS.replace("name: Wind ISAC, identities: [", f"name: Wind ISAC, identities: [{THEIRS}, ")
    exchange.apply({**FILES, "partners.yaml": identities})
    exchange.take("wind-feed", an_indicator("one", AMBER, created_by_ref=THEIRS, version="2026-05-02T00:00:00.000Z"))
    assert exchange.ids("port-soc") == set(), "the newer version caps the earlier one of the same line"
    refused = exchange.post("nl-feed", an_indicator("two", CLEAR, created_by_ref=THEIRS))
    assert refused["failure_count"] == 1


def test_an_agreement_that_is_not_in_force_is_closed_to_all_but_officers_of_the_host(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("one", CLEAR))
    later = NORTH_SEA.replace("effective: 2026-01-01", "effective: 2027-01-01")
    exchange.apply(with_north_sea(later))
    for account in ("nl-soc", "wind-soc", "nl-feed"):
        assert exchange.client(account).get("/north-sea/").status_code == 404
        assert "north-sea" not in exchange.client(account).get("/taxii2/").text
    officer = exchange.client("officer")
    assert officer.get("/north-sea/").status_code == 200
    assert officer.get("/north-sea/collections/indicators/objects/").status_code == 403
    exchange.apply(FILES)
    assert exchange.ids("port-soc") == {an_indicator("one")["id"]}


def test_one_collection_can_not_move_to_another_partnership(exchange: Running) -> None:
    stolen = EAST.replace("c0a8012e-5b7e-4f0d-9a51-7d2b8f6e4c33", "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10")
    with pytest.raises((OperatorError, WrongFiles)):
        exchange.apply({**FILES, "east.yaml": stolen})


WIDER = with_north_sea(NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}"))
WITHOUT_COLLECTION = with_north_sea(
    NORTH_SEA[: NORTH_SEA.index("  indicators:\n")] + NORTH_SEA[NORTH_SEA.index("  letter-box:\n") :]
)
WITHOUT_PARTNERSHIP = {name: text for name, text in FILES.items() if name != "north-sea.yaml"}
EMBARGO, ENDING = (
    with_north_sea(NORTH_SEA.replace("statements: all\n", f"statements: all\n      {term}\n"))
    for term in ("embargo: PT1H", "shown_for: PT1H")
)


@pytest.mark.parametrize("without", [WITHOUT_COLLECTION, WITHOUT_PARTNERSHIP], ids=["a collection", "a partnership"])
def test_a_plan_tells_what_a_removal_hides_and_a_return_shows_again(
    exchange: Running, without: Mapping[str, str]
) -> None:
    exchange.take("nl-feed", an_indicator("clear", CLEAR), an_indicator("green", GREEN), an_indicator("amber", AMBER))
    had = {"nl-cert": 3, "nl-cert/duty-officer": 3, "port-nl": 2, "water-nl": 3, "wind-isac": 3}
    in_force(exchange, WIDER)
    assert jobs.remaining(exchange.exchange) == 1
    removed = in_force(exchange, without, allow_removal=True)
    assert told(removed) == {who: (0, count) for who, count in had.items()}
    assert removed.batches == jobs.remaining(exchange.exchange) == 0
    returns = exchange.apply(WIDER).plan
    assert told(returns) == {who: (count, 0) for who, count in {**had, "port-nl": 3}.items()}
    assert returns.batches == 1, "only what was not there before has to be appended"
    withheld_by = {rule for each in returns.changes for rules in each.visible_by for rule in rules.split(", ")}
    assert withheld_by >= ({"member"} if without is WITHOUT_PARTNERSHIP else {"read"})
    assert len(exchange.ids("port-soc")) == 3


def test_an_object_between_definitions_that_wait_for_a_batch_does_not_wait_with_them(exchange: Running) -> None:
    narrow = with_north_sea(NORTH_SEA.replace("wind-isac: {tlp: [clear, green, amber]}", "wind-isac: {tlp: [clear]}"))
    exchange.apply(narrow)
    unresolved = an_indicator("between", AMBER, a_statement("late")["id"])
    exchange.take("nl-feed", a_statement("first", AMBER))
    exchange.take("nl-feed", unresolved)
    exchange.take("nl-feed", a_statement("last", AMBER))
    in_force(exchange, FILES)
    exchange.take("nl-feed", a_statement("late", CLEAR))
    jobs.finish(exchange.exchange)
    assert unresolved["id"] in exchange.ids("wind-soc")


def test_a_plan_counts_what_has_expired_as_hidden_already(exchange: Running, clock: StillClock) -> None:
    exchange.apply(ENDING)
    exchange.take("nl-feed", *(an_indicator(n, GREEN) for n in range(4)))
    clock.advance(hours=2)
    assert exchange.ids("port-soc") == set()
    narrower = ENDING["north-sea.yaml"].replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}")
    assert told(plan.plan(exchange.exchange, with_north_sea(narrower))) == {}
    longer = ENDING["north-sea.yaml"].replace("PT1H", "PT9H")
    assert told(plan.plan(exchange.exchange, with_north_sea(longer)))["port-nl"] == (4, 0)


def test_a_plan_names_as_many_batches_as_are_then_done(exchange: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 10)
    exchange.take("nl-feed", *(an_indicator(n, AMBER) for n in range(40)), *(a_statement(f"{n}") for n in range(12)))
    later = with_north_sea(WIDER["north-sea.yaml"].replace("effective: 2026-01-01", "effective: 2026-07-01"))
    assert plan.plan(exchange.exchange, later).batches == 2 + 6, "all has its turn when the agreement is effective"
    for files, expected in ((EMBARGO, 4), (FILES, 4), (WIDER, 4), (FILES, 0)):
        assert in_force(exchange, files).batches == jobs.remaining(exchange.exchange) == expected
        done = 0
        while jobs.one_batch(exchange.exchange) is not None:
            done += 1
        assert done == expected


def marked_definitions(count: int) -> list[STIX]:
    """As many statements; the first half is marked with the second."""
    later = [a_statement(f"{n}", AMBER) for n in range(count // 2, count)]
    return [*(a_statement(f"{n}", AMBER, each["id"]) for n, each in enumerate(later)), *later]


def test_definitions_come_in_batches_too_and_before_what_they_mark(
    exchange: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 3)
    definitions = marked_definitions(8)
    for n, definition in enumerate(definitions):
        exchange.take("nl-feed", an_indicator(n, AMBER, definition["id"]), definition)
    made = in_force(exchange, WIDER)
    assert exchange.ids("port-soc") == set(), "a revision appends no more at once than what takes another's place"
    assert made.batches == 3 + 5
    pushed = an_indicator("pushed", GREEN, definitions[7]["id"])
    exchange.take("nl-feed", pushed)
    assert exchange.objects("port-soc") == [definitions[7], pushed]
    ours = {each["id"] for each in definitions}
    while (batch := jobs.one_batch(exchange.exchange)) is not None:
        assert batch[1] <= 2 * 3
        seen: set[str] = set()
        for found in exchange.objects("port-soc"):
            assert ours.intersection(found["object_marking_refs"]) <= seen
            seen.add(found["id"])
    assert len(exchange.objects("port-soc")) == 17


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_definitions_come_in_one_order_wherever_batches_are_cut(
    exchange: Running, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """What others hold decides where they are cut."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", size)
    definitions = marked_definitions(6)
    exchange.take("nl-feed", *definitions, an_indicator("one", AMBER, definitions[1]["id"]))
    exchange.apply(WIDER)
    names = [found.get("name") or found["definition"]["statement"][-1] for found in exchange.objects("port-soc")]
    assert names == ["3", "0", "4", "1", "5", "2", "indicator one"]


def test_what_takes_anothers_place_at_once_brings_the_definitions_that_it_needs(exchange: Running) -> None:
    """Both give one id in nobody's name, and an audience is given the first that it may see."""
    needed, other = a_statement("needed", AMBER), a_statement("other", AMBER)
    first = an_indicator("one", AMBER, needed["id"], description="first")
    exchange.take("nl-feed", other, needed, first)
    exchange.take("wind-feed", an_indicator("one", GREEN, description="second"))
    in_force(exchange, WIDER)
    assert exchange.objects("port-soc") == [needed, first]
    jobs.finish(exchange.exchange)
    assert exchange.objects("port-soc") == [needed, first, other]


def test_of_two_that_apply_at_once_one_is_told_to_plan_anew(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, ended = Event(), Event()
    every = revisions.every

    def list_and_let_the_other_try(transaction: Transaction) -> Sequence[PartnershipRow]:
        rows = every(transaction)
        if not listed.is_set():
            listed.set()
            ended.wait(timeout=1)
        return rows

    with (
        running(database_url, tmp_path, files={}) as one,
        running(database_url, tmp_path, files={}) as other,
    ):
        made = [plan.plan(each.exchange, FILES) for each in (one, other)]
        monkeypatch.setattr(revisions, "every", list_and_let_the_other_try)
        refused: list[str] = []

        def try_it_too() -> None:
            listed.wait(timeout=10)
            try:
                apply.apply(other.exchange, made[1], by="other", reason="")
            except OperatorError as error:
                refused.append(str(error))
            ended.set()

        thread = Thread(target=try_it_too)
        thread.start()
        applied = apply.apply(one.exchange, made[0], by="one", reason="")
        thread.join()
    assert [(each.root, each.revision) for each in applied] == [("east", 1), ("north-sea", 1)]
    assert len(refused) == 1
    assert "another revision" in refused[0]
