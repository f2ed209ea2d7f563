"""Reading what a story left of a patient, and the colleague who saves in between."""

from dataclasses import replace
from datetime import datetime

from ctfront.data import profiles
from ctfront.data.database import Database
from ctfront.domain.patients import Patient, ProfileDraft
from ctfront.domain.profile import profile_of
from ctfront.services.patients import Patients
from ctfront.services.profile import edit_patient
from tests.clinics import NOW, SmallClinic
from tests.invited import mails, states


async def left(clinic: SmallClinic, record: str) -> tuple[Patient | None, list, list]:
    """Return the patient with that record number, the invitations and the mails, as another desk reads them.

    What is drawn anew each time is left out, and of instants what is less than an hour: on the wire the clock runs on.
    """
    database = Database(f"sqlite:///{clinic.database.path}")
    people = Patients(database, clinic.clinic)
    try:
        found = (await people.find(f"#{record}", today=NOW.date())).rows
        patient = _comparable(await people.patient(found[0].id)) if found else None
        other = replace(clinic, database=database)
        return patient, await states(other), await mails(other)
    finally:
        await database.close()


def _comparable(patient: Patient) -> Patient:
    def hour(at: datetime | None) -> datetime | None:
        return at and at.replace(minute=0, second=0, microsecond=0)

    consents = (replace(c, given_at=hour(c.given_at), ended_at=hour(c.ended_at)) for c in patient.consents)
    return replace(patient, public_id="", consents=tuple(consents))


def edit_now(clinic: SmallClinic, patient: str, who=None, at=NOW, **changes) -> None:
    """Save a patient's profile without an event loop."""
    base = clinic.database.write_now(lambda session: _load(session, clinic, patient))
    draft: ProfileDraft = replace(profile_of(base), **changes)
    act = clinic.act(who, at)
    clinic.database.write_now(lambda s: edit_patient(s, clinic.clinic, act, base.id, draft, base=base))


def _load(session, clinic: SmallClinic, patient: str) -> Patient:
    return profiles.load(session, profiles.lock(session, clinic.clinic.id, clinic.patients[patient]))


def colleague_edits(clinic: SmallClinic, patient: str, *saves: dict, at=NOW) -> None:
    """Let a colleague save the patient just before this desk's first writes, one save before each."""
    write, left_to_do = clinic.database.write, list(saves)

    async def write_second(act):
        if left_to_do:
            edit_now(clinic, patient, clinic.tlee, at, **left_to_do.pop(0))
        return await write(act)

    clinic.database.write = write_second
