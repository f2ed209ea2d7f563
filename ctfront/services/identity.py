"""Who is at the keyboard; the way it is known is kept in the database and never chosen by the caller."""

import os
from collections.abc import Sequence

from sqlalchemy.orm import Session

from ctfront.data.clinic import load_clinic
from ctfront.data.database import Database
from ctfront.data.staff import load_staff
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.errors import NotAllowed, NotFound
from ctfront.domain.staff import Actor, ActorKind, Right, Staff
from ctfront.domain.text import brief, safe

DEMO_CLERK = "mgarcia"
"""Whom a demo runs as unless somebody else is named."""


def who_is(
    database: Database,
    *,
    os_user: str,
    asked_user: str | None = None,
    owns_database: bool | None = None,
    session_id: str = "",
    origin: str = "local",
) -> tuple[Clinic, Actor]:
    """Return the clinic and the actor. Raises `NotFound` or `NotAllowed`.

    `os_user` is the account that the kernel gives for this process, `asked_user` what `--user` holds, and
    `owns_database` whether the process runs as the owner of the database; None looks.
    """

    def identify(session: Session) -> tuple[Clinic, Staff]:
        clinic = load_clinic(session)
        if clinic is None:
            raise NotFound("This database holds no clinic yet; make one with: ctfront init")
        everybody = load_staff(session, clinic.id)
        match clinic.identity:
            case Identity.OS:
                return clinic, _by_account(everybody, os_user, asked_user)
            case Identity.FORCED_COMMAND:
                owns = is_owner(database) if owns_database is None else owns_database
                return clinic, _by_forced_command(everybody, asked_user, owns)
            case Identity.DEMO:
                return clinic, _by_wish(everybody, asked_user)

    clinic, staff = database.write_now(identify)
    return clinic, Actor(
        kind=ActorKind.STAFF,
        id=staff.id,
        name=staff.short_name,
        rights=staff.rights,
        os_user=os_user,
        session=session_id,
        origin=origin,
    )


def is_owner(database: Database) -> bool:
    """Tell whether this process runs as the owner of the database file.

    A server has let the process in with the service account's own credentials, which proves the same.
    """
    return database.path is None or database.path.stat().st_uid == os.getuid()


def _by_account(everybody: Sequence[Staff], os_user: str, asked_user: str | None) -> Staff:
    if asked_user is not None:
        raise NotAllowed("This clinic knows its staff by their own log-in; leave out --user.")
    for staff in everybody:
        if staff.os_user == os_user:
            return _active(staff)
    raise NotFound(f"The account {brief(os_user)} belongs to nobody on the staff; a manager can enter it in Set-up.")


def _by_forced_command(everybody: Sequence[Staff], asked_user: str | None, owns_database: bool) -> Staff:
    if not owns_database:
        raise NotAllowed("This clinic is opened through its service account only; log in with your own SSH key.")
    if asked_user is None:
        raise NotAllowed("This key names nobody; its forced command has to say --user and a staff member.")
    return _named(everybody, asked_user)


def _by_wish(everybody: Sequence[Staff], asked_user: str | None) -> Staff:
    if asked_user is not None:
        return _named(everybody, asked_user)
    active = [staff for staff in everybody if staff.active]
    for staff in active:
        if staff.short_name == DEMO_CLERK:
            return staff
    desk = [staff for staff in active if Right.SET_UP not in staff.rights]
    return (desk or active)[0]


def _named(everybody: Sequence[Staff], short_name: str) -> Staff:
    for staff in everybody:
        if staff.short_name.casefold() == short_name.casefold():
            return _active(staff)
    raise NotFound(f"There is nobody called {brief(short_name)} on the staff; a manager can add them in Set-up.")


def _active(staff: Staff) -> Staff:
    if not staff.active:
        raise NotAllowed(f"{safe(staff.short_name)} is not active any more; a manager can change that in Set-up.")
    return staff
