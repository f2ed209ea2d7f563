"""Bring a database up to the program's revision; imported only when it is behind."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(url: str) -> None:
    """Run the missing migrations."""
    command.upgrade(config(url), "head")


def config(url: str) -> Config:
    """Return Alembic's configuration without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return settings
