"""Backups: a copy of the database made while everybody works, checked, encrypted on request, the oldest taken away."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ctfront.data import ledger, snapshots
from ctfront.data.database import Database
from ctfront.domain.errors import ClinicError
from ctfront.domain.staff import Act
from ctfront.services import sealing
from ctfront.services.checking import check_copy
from ctfront.services.steps import Step

KIND = "backup"
"""What the acts are called, and what they are about."""

SEALED = ".age"

LEFT_OVER = timedelta(days=1)
"""After which a part of a backup belongs to nobody any more: it was killed."""

_STAMP = r"\d{8}T\d{6}Z"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup that stands."""

    path: Path
    size: int
    """Bytes."""
    removed: int
    """Older ones that were taken away."""


def place_of(asked: Path, name: str, now: datetime, *, sealed: bool) -> Path:
    """Return the file that a backup is written to: the one asked for, or one named by the time in that folder."""
    if not asked.is_dir() and asked.suffix:
        return asked
    return asked / f"{name}-{now:%Y%m%dT%H%M%SZ}.db{SEALED if sealed else ''}"


def make_backup(
    database: Database,
    clinic_id: int,
    act: Act,
    place: Path,
    *,
    staging: Path,
    keys: Sequence[Any] = (),
    keep: int | None = None,
    step: Step,
) -> Made:
    """Copy the database into a new file and keep it if it is sound; with keys, encrypted to them.

    `staging` is the folder that what is not encrypted yet lies in meanwhile; `keep` is how many of the folder's
    backups stay, this one among them. Raises `ClinicError`; then everything is as it was.
    """
    clean_up(place.parent, act.at)
    with refused(place):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.exists():
            raise ClinicError(f"{place} is there already; nothing was replaced.")
    with part_in(staging if keys else place.parent) as copy:
        check_room(database, copy.parent)
        snapshots.take_snapshot(database, copy, step("Copying"))
        check_copy(copy, step)
        if keys:
            with part_in(place.parent) as sealed:
                with sealed.open("wb") as target:
                    sealing.seal(copy, target, keys, step("Encrypting"))
                    target.flush()
                    os.fsync(target.fileno())
                put(sealed, place)
        else:
            put(copy, place)
    size = place.stat().st_size
    after = {"file": place.name, "bytes": size, "encrypted": bool(keys)}
    database.write_now(
        lambda session: ledger.record(
            session, clinic_id, act, kind=KIND, subject_kind=KIND, subject_id=None, after=after
        )
    )
    return Made(path=place, size=size, removed=0 if keep is None else take_away(place, keep))


def take_away(newest: Path, keep: int) -> int:
    """Remove all but so many of the backups beside the newest one, the oldest first; return how many went.

    Only files that are named as this one is, but for the time, are backups. Raises `ClinicError`.
    """
    named = re.fullmatch(rf"(.+)-{_STAMP}\.db({SEALED})?", newest.name)
    if named is None:
        return 0
    pattern = re.compile(rf"{re.escape(named[1])}-({_STAMP})\.db(?:{re.escape(SEALED)})?")
    with refused(newest.parent):
        known = sorted((found[1], path) for path in newest.parent.iterdir() if (found := pattern.fullmatch(path.name)))
        gone = known[: max(0, len(known) - keep)]
        for _, path in gone:
            path.unlink()
    return len(gone)


def check_room(database: Database, folder: Path) -> None:
    """Refuse when the folder's disk has no room for a copy. Raises `ClinicError`."""
    if database.path is None:
        return
    with refused(folder):
        wanted, free = database.path.stat().st_size, shutil.disk_usage(folder).free
    if free < wanted:
        raise ClinicError(f"The copy wants {megabytes(wanted)}, and {folder} has {megabytes(free)} free.")


def megabytes(size: int) -> str:
    """Return a size in words."""
    return f"{max(size, 100_000) / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"


# -- files that are there whole or not at all


@contextmanager
def part_in(folder: Path) -> Iterator[Path]:
    """Give a new hidden file for its owner only; it is taken away unless it was put in its place."""
    part = folder / f".ctfront-{secrets.token_hex(8)}.part"
    with refused(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
    finally:
        for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
            with suppress(OSError):
                part.with_name(part.name + suffix).unlink(missing_ok=True)


def put(part: Path, place: Path) -> None:
    """Put a finished part in its place, never over another file. Raises `ClinicError`."""
    with refused(place):
        if place.exists():
            raise ClinicError(f"{place} is there already; nothing was replaced.")
        os.rename(part, place)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            with suppress(OSError):  # a stick or a share may not know how
                os.fsync(folder)
        finally:
            os.close(folder)


def clean_up(folder: Path, now: datetime) -> None:
    """Take away what a backup that was killed has left in the folder."""
    with suppress(OSError):
        for part in folder.glob(".ctfront-*.part*"):
            if part.stat().st_mtime < (now - LEFT_OVER).timestamp():
                part.unlink()


@contextmanager
def refused(path: Path) -> Iterator[None]:
    """Say in one sentence what the disk refuses."""
    try:
        yield
    except OSError as error:
        raise ClinicError(f"{path} cannot be written: {error.strerror}.") from None
