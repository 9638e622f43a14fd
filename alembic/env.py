"""Runs the history on the connection and for the store that `app.storage.history` passes in."""

from alembic import context

from app.storage.schema import STORES, version_table

store = context.config.attributes["store"]
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=STORES[store],
    version_table=version_table(store),
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations(store=store)
