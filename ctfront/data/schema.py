"""Which revision a database has, asked with one plain SELECT, and whether its file can be trusted."""

import os
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from ctfront.domain.errors import WrongDatabase

HEAD = "0001"
"""The revision this program works with."""

MOVED = "moved"
"""The revision of a file whose clinic has moved to a server, and what its triggers say."""

HAS_MOVED = "This clinic has moved to a database server; end the program and start it again, or ask the administrator."

OLDER: frozenset[str] = frozenset()
"""Revisions that the migrations can bring up to `HEAD`."""

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
)
"""Where SQLite's write-ahead log does not hold (sqlite.org/wal.html)."""

MAGIC = b"SQLite format 3\x00"


def revision(engine: Engine) -> str | None:
    """Return the database's revision, or None when it is empty. Raises `WrongDatabase` for somebody else's."""
    with engine.connect() as connection:
        try:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except (OperationalError, ProgrammingError) as error:
            if not _is_missing_table(error):
                raise
    if inspect(engine).get_table_names():
        raise WrongDatabase("That is some other program's database, not ctfront's; nothing was changed.")
    return None


def _is_missing_table(error: DatabaseError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)


def check_file(path: Path) -> None:
    """Refuse a file that is not SQLite, a folder that is missing, and a network file system."""
    if not path.parent.is_dir():
        raise WrongDatabase(f"There is no folder {path.parent}; make it or choose another --db.")
    if path.is_dir():
        raise WrongDatabase(f"{path} is a folder, not a database file.")
    kind = file_system_of(path.parent)
    if kind in NETWORK_FILE_SYSTEMS:
        raise WrongDatabase(f"The database lies on a network file system ({kind}); use a local disk or PostgreSQL.")
    if path.exists():
        if not os.access(path, os.R_OK):
            raise WrongDatabase("The database file may not be read by this account; ask the administrator.")
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
        if head and head != MAGIC:
            raise WrongDatabase(f"{path} is not a ctfront database.")
    elif not os.access(path.parent, os.W_OK):
        raise WrongDatabase(f"The folder {path.parent} may not be written by this account.")


def file_system_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system that holds the folder, empty when unknown."""
    if not mounts.exists():
        return ""
    here = folder.resolve()
    best, kind = 0, ""
    for line in mounts.read_text(errors="replace").splitlines():
        _, point, found, *_ = line.split(" ")
        mount = Path(point.replace("\\040", " "))
        if here.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), found
    return kind
