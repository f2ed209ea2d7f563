"""Run by Alembic around each migration: one connection, one transaction."""

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from ctfront.data.models import Base


def run() -> None:
    """Connect, begin and migrate; SQLite's schema changes are transactional too once it begins by itself."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None, "the address of the database is set by the caller"
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _stay_out_of_transactions)
        event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def _stay_out_of_transactions(connection: object, record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    connection.execute("PRAGMA journal_mode=WAL").close()  # type: ignore[attr-defined]


def _begin(connection: object) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]


run()
