"""A clinic from a backup, in an empty place: what it had is there, and nothing that was over comes alive again."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import ledger, reviving, schema
from ctfront.data.database import Database
from ctfront.data.models import ClinicRow
from ctfront.data.snapshots import load_snapshot, snapshot_of
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError, NotFound, WrongDatabase
from ctfront.domain.staff import Act
from ctfront.domain.times import show_moment
from ctfront.services import sealing
from ctfront.services.backing_up import put, refused
from ctfront.services.checking import check_copy
from ctfront.services.steps import Step

ActAt = Callable[[str, datetime | None], Act]
"""Frames the restoring of a clinic in this zone whose newest act was done then."""

KIND = "restore"

WHY = "restored from a backup: it may have left before; send it again if need be"
"""What is said of a mail that is withheld."""

WHY_LINK = "restored from a backup: its link is dead"


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came of it."""

    clinic: Clinic
    as_of: datetime | None
    """When the newest act in it was done."""
    mails: int
    """Mails that were withheld."""
    invitations: int
    """Invitations whose links died."""


def check_empty(database: Database) -> None:
    """Refuse a place that holds anything. Raises `WrongDatabase`."""
    if database.path is None:
        with snapshot_of(database) as connection:
            tables = set(inspect(connection).get_table_names())
            mine = "clinic" in tables and "alembic_version" in tables
            if tables and not (mine and connection.execute(select(ClinicRow.id).limit(1)).first() is None):
                raise WrongDatabase("That database is not empty; choose one that is. Nothing was changed.")
        return
    schema.check_file(database.path)
    for suffix in ("", "-wal", "-journal"):
        beside = database.path.with_name(database.path.name + suffix)
        if beside.exists():
            raise WrongDatabase(f"{beside} is there; move it away or restore to another place. Nothing was changed.")


def open_backup(file: Path, copy: Path, key: Path | None, step: Step) -> None:
    """Write what the backup holds to the copy, decrypted, and check it. Raises `ClinicError`."""
    if file.is_dir():
        raise ClinicError(f"{file} is a folder; name the backup in it.")
    sealed = sealing.is_sealed(file)
    if sealed and key is None:
        raise ClinicError(f"{file} is encrypted; say where its private key is: --key FILE")
    keys: Sequence[Any] = sealing.private_keys(key) if sealed and key is not None else ()
    with refused(copy.parent), copy.open("wb") as target:
        if sealed:
            sealing.unseal(file, target, keys, step("Decrypting"))
        else:
            _copy(file, target, step)
        target.flush()
        os.fsync(target.fileno())
    with copy.open("rb") as written:
        if written.read(len(schema.MAGIC)) != schema.MAGIC:
            raise WrongDatabase(f"{file} is no backup of ctfront.")
    check_copy(copy, step)


def _copy(file: Path, target: Any, step: Step) -> None:
    tell, total, done = step("Reading"), file.stat().st_size, 0
    with file.open("rb") as source:
        while portion := source.read(1 << 20):
            target.write(portion)
            done += len(portion)
            tell(done, total)


def restore(database: Database, copy: Path, act_at: ActAt, step: Step) -> Restored:
    """Put the checked copy of a backup, which is used up, into the empty place. Raises `ClinicError`."""
    filled = Database(f"sqlite:///{copy.absolute()}")
    try:
        filled.ready()
        restored = filled.write_now(lambda session: _settle(session, act_at))
    finally:
        filled.close_writer()
    if database.path is not None:
        put(copy, database.path)
    else:
        database.ready()
        load_snapshot(copy, database.url, step("Restoring"))
    return restored


def _settle(session: Session, act_at: ActAt) -> Restored:
    """Withhold, end and write down what a restored clinic must not do again."""
    clinic = clinics.load_clinic(session)
    if clinic is None:
        raise NotFound("The backup holds no clinic.")
    as_of = reviving.newest_change(session, clinic.id)
    act = act_at(clinic.zone, as_of)
    mails = reviving.withhold_mails(session, clinic.id, act, WHY)
    invitations = reviving.end_links(session, clinic.id, act, WHY_LINK)
    reviving.end_visits(session, clinic.id)
    ledger.record(
        session, clinic.id, act, kind=KIND, subject_kind="backup", subject_id=None,
        after={"as_of": as_of, "mails_withheld": mails, "invitations_expired": invitations},
    )  # fmt: skip
    return Restored(clinic=clinic, as_of=as_of, mails=mails, invitations=invitations)


def words_of(restored: Restored) -> str:
    """Return what the operator is told."""
    as_of = f" as it was on {show_moment(restored.as_of, restored.clinic.tz)}" if restored.as_of else ""
    said = [f"{restored.clinic.name} is restored{as_of}."]
    if restored.mails:
        said.append(f"{_count(restored.mails, 'mail')} that waited will not leave: they may have left before.")
    if restored.invitations:
        open_ones = _count(restored.invitations, "open invitation")
        said.append(f"{open_ones} expired: links in mails sent before are dead; send anew in Patient Access.")
    return "\n".join(said)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
