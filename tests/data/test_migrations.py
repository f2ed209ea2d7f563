"""The migrations lead to exactly the tables that the program maps, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from ctfront.data import schema
from ctfront.data.database import Database
from ctfront.data.models import Base


def test_migrated_and_mapped_tables_agree(database_url):
    database = Database(database_url)
    database.ready()
    database.close_writer()
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == schema.HEAD
    engine.dispose()


def test_everything_belongs_to_a_clinic(database_url):
    database = Database(database_url)
    database.ready()
    database.close_writer()
    engine = create_engine(database_url)
    tables = inspect(engine)
    for name in (
        "provider",
        "visit_purpose",
        "patient",
        "appointment",
        "consent",
        "invitation",
        "event",
        "outbox",
        "audit",
    ):
        assert "clinic_id" in {column["name"] for column in tables.get_columns(name)}, name
    for name in ("appointment", "office_hours"):
        assert "site_id" in {column["name"] for column in tables.get_columns(name)}, name
    assert "clinic_id" not in {column["name"] for column in tables.get_columns("online_account")}
    engine.dispose()
