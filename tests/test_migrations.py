"""The one history of the schema brings an empty database to what the code declares, on both engines."""

from pathlib import Path

import pytest

from app.storage import history, schema
from app.storage.dialects import ledger_url
from app.storage.engine import Database


@pytest.mark.parametrize("store", ["exchange", "ledger"])
def test_the_history_leads_from_empty_to_exactly_the_declared_tables(database_url: str, store: str) -> None:
    url = database_url if store == "exchange" else ledger_url(database_url)
    assert history.drift(url, store) == []


def test_an_empty_database_has_no_version_and_upgrading_twice_is_upgrading_once(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    assert schema.current_version(database, "exchange") is None
    history.upgrade(database, "exchange")
    history.upgrade(database, "exchange")
    assert schema.current_version(database, "exchange") == schema.HEAD
    database.close()


def test_a_table_changed_by_hand_is_noticed(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as transaction:
        transaction.exec_driver_sql("ALTER TABLE push ADD COLUMN extra INTEGER")
    database.close()
    assert "extra" in str(history.drift(database_url, "exchange"))
