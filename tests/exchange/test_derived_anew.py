"""A Comity whose rules read markings in another way: what is stored is derived anew, by a plan, before it serves."""

import pytest
from sqlalchemy import select, update

from app.composition import require_fit
from app.errors import OperatorError
from app.exchange import apply, jobs, plan
from app.exchange.explain import explain
from app.storage import handlings
from app.storage.tables import contribution, handling, stix_object
from tests.exchange.test_apply import WITHOUT_COLLECTION
from tests.exchange.test_derivatives import SANITISED, derivatives, in_part
from tests.support.exchanges import Running
from tests.support.stix import AMBER, CLEAR, GREEN, a_statement, an_indicator

EARLIER = handlings.EXTRACTOR - 1


def mistake(exchange: Running, one: str, other: str) -> None:
    """What earlier rules may have done: take the markings of one object for those of the other."""

    def of(stix_id: str, column: object) -> object:
        found = select(column).join(stix_object, stix_object.c.id == contribution.c.object)  # type: ignore[call-overload]
        return found.where(stix_object.c.stix_id == stix_id).scalar_subquery()

    with exchange.exchange.database.writing() as transaction:
        change = update(contribution).where(contribution.c.id == of(one, contribution.c.id))
        transaction.execute(change.values(handling=of(other, contribution.c.handling)))


def extractors(exchange: Running) -> list[int]:
    """By which rules the handlings of all that is live were made; of derivatives it is of no account."""
    with exchange.exchange.database.reading() as transaction:
        made_by = select(handling.c.extractor).join(contribution, contribution.c.handling == handling.c.id)
        pushed = made_by.where(contribution.c.state == "live", contribution.c.derivative.is_(None))
        return sorted(set(transaction.scalars(pushed)))


def test_what_other_rules_derived_is_planned_and_derived_anew_before_it_is_served(
    exchange: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    amber, clear, green = (an_indicator(name, mark) for name, mark in (("a", AMBER), ("c", CLEAR), ("g", GREEN)))
    with monkeypatch.context() as earlier:
        earlier.setattr(handlings, "EXTRACTOR", EARLIER)
        exchange.apply(SANITISED)
        exchange.take("nl-feed", amber, clear, green, a_statement("ours", CLEAR), in_part("cut"))
        mistake(exchange, clear["id"], amber["id"])
        mistake(exchange, amber["id"], green["id"])
        wider = SANITISED["north-sea.yaml"].replace("statements: all", "statements: []")
        exchange.apply({**SANITISED, "north-sea.yaml": wider})
        exchange.apply(SANITISED)
        assert exchange.ids("port-soc") >= {amber["id"], green["id"]}
        assert clear["id"] not in exchange.ids("port-soc")
        require_fit(exchange.exchange.settings)
    made_before = derivatives(exchange, "port-soc")
    assert extractors(exchange) == [EARLIER]
    with pytest.raises(OperatorError, match=r"in 1 collections ask for was derived by other rules.*`comity apply`"):
        require_fit(exchange.exchange.settings)
    require_fit(exchange.exchange.settings, deriving=True)

    made = plan.plan(exchange.exchange, SANITISED)
    (said,) = (each.sentence for each in made.differences)
    assert said.startswith("Partnership north-sea: what markings ask for is derived anew, by version ")
    (change,) = (each for each in made.changes if each.partner == "port-nl")
    assert (change.hidden, change.visible) == (1, 1)
    (applied,) = apply.apply(exchange.exchange, made, by="test", reason="a newer Comity")
    assert amber["id"] not in exchange.ids("port-soc"), "what is to be hidden is hidden with the commit"
    jobs.finish(exchange.exchange)
    assert clear["id"] in exchange.ids("port-soc")
    assert derivatives(exchange, "port-soc") == made_before
    assert (applied.revision, extractors(exchange)) == (5, [handlings.EXTRACTOR])
    require_fit(exchange.exchange.settings)
    assert plan.plan(exchange.exchange, SANITISED).differences == ()
    (told,) = explain(exchange.exchange, "north-sea/indicators", amber["id"], "port-soc")
    assert [str(rule) for rule in told.explanation.decision.rules] == ["member-tlp"]


def test_what_no_collection_shows_is_derived_anew_as_well(exchange: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(handlings, "EXTRACTOR", EARLIER)
        exchange.take("nl-feed", an_indicator("gone", GREEN))
        exchange.apply(WITHOUT_COLLECTION, allow_removal=True)
    assert [each.root for each in exchange.apply(WITHOUT_COLLECTION).applied] == ["north-sea"]
    assert extractors(exchange) == [handlings.EXTRACTOR]
    require_fit(exchange.exchange.settings)
