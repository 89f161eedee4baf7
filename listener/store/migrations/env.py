"""Alembic's entry: the connection and its transaction come from listener/store/migrate.py."""

from alembic import context

from listener.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
