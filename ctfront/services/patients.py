"""Patients as the desk uses them: finding, reading, adding."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from ctfront.data import appointments, ledger, news, patient_duplicates, patient_search
from ctfront.data import patients as rows
from ctfront.data.booking_notes import read_booking_notes
from ctfront.data.clinic import load_provider
from ctfront.data.database import Database
from ctfront.data.families import read_family
from ctfront.data.folding import fold
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.duplicates import LikelyDuplicate, are_likely_one
from ctfront.domain.errors import InputRefused, NotFound
from ctfront.domain.families import Relation, Relative
from ctfront.domain.invitations import Reach, Source, check_reach
from ctfront.domain.patient_query import EmptyQuery, RecordQuery, read_patient_query
from ctfront.domain.patients import (
    BookingNotes,
    Channel,
    Glance,
    Patient,
    PatientDraft,
    PatientName,
    Phone,
    ProfileDraft,
    shown_name,
)
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line
from ctfront.domain.times import wall_clock
from ctfront.services import families, inviting
from ctfront.services.erasing import erase_patient

Profile = TypeVar("Profile", bound=ProfileDraft)

FIRST_BIRTH_YEAR = 1900
NAME_LIMIT = 100
NOTE_LIMIT = 2000
RECORD_LIMIT = 40
LOCAL_PART_LIMIT = 64
"""Bytes before the @-sign that a mail server takes."""
PHONE_REGION = "US"
"""Where a number without a country code is dialled."""


@dataclass(frozen=True, kw_only=True)
class FindResult:
    """Whom a search found."""

    rows: tuple[PatientName, ...]
    near_miss: bool = False
    """Nothing matched exactly; these are the likeliest."""


class Patients:
    """The clinic's patients; every method is one reading or one act."""

    def __init__(self, database: Database, clinic: Clinic, *, hold: timedelta = inviting.HOLD) -> None:
        self._database = database
        self.clinic = clinic
        self.hold = hold
        """How long an invitation's mail waits before it leaves."""

    async def find(self, text: str, *, today: date, limit: int = 50) -> FindResult:
        """Return whom the text may mean: exact prefixes first, near misses when there are none."""
        query = read_patient_query(text, today=today, order=self.clinic.date_order)
        if isinstance(query, EmptyQuery):
            return FindResult(rows=())
        async with self._database.reading() as session:
            found = await patient_search.find(session, self.clinic.id, query, limit)
            if found:
                return FindResult(rows=tuple(found))
            near = await patient_search.near_misses(session, self.clinic.id, query, limit)
        return FindResult(rows=tuple(near), near_miss=bool(near))

    async def patient(self, patient_id: int) -> Patient:
        """Return the whole record. Raises `NotFound`."""
        async with self._database.reading() as session:
            return await rows.read_patient(session, self.clinic.id, patient_id)

    async def newest_change(self) -> int:
        """Return the id of the newest change, by which a screen knows whether to read again."""
        async with self._database.reading() as session:
            return await news.read_newest(session, self.clinic.id)

    async def booking_notes(self, patient_id: int, *, today: date) -> BookingNotes:
        """Return what a clerk wants to know of a patient before booking."""
        async with self._database.reading() as session:
            return await read_booking_notes(session, self.clinic.id, patient_id, today)

    async def glances(self, patient_ids: Collection[int]) -> dict[int, Glance]:
        """Return what the schedule shows of each of the patients."""
        if not patient_ids:
            return {}
        async with self._database.reading() as session:
            return await rows.read_glances(session, patient_ids)

    async def by_record(self, record: str) -> Patient:
        """Return the patient with that record number. Raises `NotFound`."""
        async with self._database.reading() as session:
            found = await patient_search.find(session, self.clinic.id, RecordQuery(record), 1)
            if not found:
                raise NotFound(f"There is no patient #{record}.")
            return await rows.read_patient(session, self.clinic.id, found[0].id)

    async def appointments_of(self, patient_id: int, *, limit: int = 50) -> tuple[Appointment, ...]:
        """Return a patient's appointments, newest first."""
        async with self._database.reading() as session:
            return tuple(await appointments.read_of_patient(session, self.clinic.id, patient_id, limit))

    async def add(self, act: Act, draft: PatientDraft, *, another_person: bool = False) -> Patient:
        """Add a patient. Raises `InputRefused` with the field, or `LikelyDuplicate`."""
        patient_id = await self._database.write(
            lambda session: add_patient(session, self.clinic, act, draft, another_person=another_person)
        )
        return await self.patient(patient_id)

    async def add_invited(self, act: Act, draft: PatientDraft, *, another_person: bool = False) -> Patient:
        """Add a patient and send the invitation, both or neither. Raises what `add` and an invitation do."""
        patient_id = await self._database.write(
            lambda session: add_patient(
                session, self.clinic, act, draft, another_person=another_person, invite=True, hold=self.hold
            )
        )
        return await self.patient(patient_id)

    async def invite_known(self, act: Act, patient_id: int) -> str:
        """Invite the patient on record whom New Patient met, by the desk's rule. Raises `InvitationRefused`."""
        return await self._database.write(
            lambda session: inviting.invite(
                session, self.clinic, act, patient_id, source=Source.NEW_PATIENT, hold=self.hold
            )
        )

    async def family(self, patient_id: int) -> tuple[Relative, ...]:
        """Return a patient's family, the oldest first."""
        async with self._database.reading() as session:
            return await read_family(session, self.clinic.id, patient_id)

    async def relate(
        self, act: Act, patient_id: int, other_id: int, relation: Relation | None, *, known: Relation | None
    ) -> str:
        """Say what another patient is to this one; see `families.relate`."""
        return await self._database.write(
            lambda session: families.relate(session, self.clinic, act, patient_id, other_id, relation, known=known)
        )

    async def erase(self, act: Act, patient_id: int, *, legal_request: str = "") -> str:
        """Erase a patient; see `erasing.erase_patient`."""
        return await self._database.write(
            lambda session: erase_patient(session, self.clinic, act, patient_id, legal_request=legal_request)
        )


def add_patient(
    session: Session,
    clinic: Clinic,
    act: Act,
    draft: PatientDraft,
    *,
    another_person: bool = False,
    invite: bool = False,
    hold: timedelta = inviting.HOLD,
) -> int:
    """Add a patient in the caller's transaction, with the invitation when it is wanted, and return the id.

    Raises `InputRefused` with the field, `LikelyDuplicate`, or, before anything is asked about, `NoEmail` and
    `NoConsent` for an invitation that cannot be.
    """
    if earlier := ledger.repeated(session, act):
        return earlier.subject_id or 0
    act.who.require(Right.EDIT_PATIENT)
    clean = checked(draft, today=wall_clock(act.at, clinic.zone).date())
    if invite:
        check_reach(Reach(active=clean.active, email=clean.email, consents=Channel.EMAIL in clean.consent))
    if not another_person and (candidates := likely_duplicates(session, clinic, clean)):
        raise LikelyDuplicate(candidates)
    if clean.preferred_provider_id is not None:
        load_provider(session, clinic.id, clean.preferred_provider_id)
    record = clean.record_number or next_record(session, clinic)
    if clean.record_number and rows.record_is_taken(session, clinic.id, record):
        raise InputRefused(f"Record number {record} is given already.", field="record_number")
    if rows.identifier_is_taken(session, clinic.id, clean.identifiers):
        raise InputRefused("Another patient has that identifier already.", field="identifiers")
    public_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"ctfront patient {clinic.id} {act.op_id}"))
    patient_id = rows.add(session, clinic.id, act, clean, record=record, public_id=public_id)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="add_patient",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"Added {shown_name(clean.last_name, clean.first_name)}.",
        after={
            "last_name": clean.last_name,
            "first_name": clean.first_name,
            "birth_date": clean.birth_date,
            "email": clean.email,
            "phones": [phone.number for phone in clean.phones],
            "consent": sorted(clean.consent),
        },
    )
    if invite:
        of_its_own = replace(act, op_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{act.op_id} invite").hex)
        inviting.invite(session, clinic, of_its_own, patient_id, source=Source.NEW_PATIENT, hold=hold)
    return patient_id


def next_record(session: Session, clinic: Clinic) -> str:
    """Draw the clinic's next record number that nobody has."""
    while rows.record_is_taken(
        session, clinic.id, record := str(10000 + appointments.next_number(session, clinic.id, "record"))
    ):
        continue
    return record


def likely_duplicates(session: Session, clinic: Clinic, draft: PatientDraft) -> tuple[PatientName, ...]:
    """Return who may be the same person."""
    traits = patient_duplicates.traits_of(draft)
    comparable = patient_duplicates.load_comparable(session, clinic.id, traits)
    return tuple(name for name, known in comparable if are_likely_one(traits, known))


def checked(draft: PatientDraft, *, today: date) -> PatientDraft:
    """Return the draft as it is stored. Raises `InputRefused` naming the field."""
    return replace(
        checked_profile(draft, today=today),
        record_number=_checked_record(draft.record_number),
        former_names=tuple(clean_line(n, field="former_names", limit=NAME_LIMIT) for n in draft.former_names),
        identifiers=tuple(
            (clean_line(system, field="identifiers", limit=40), clean_line(value, field="identifiers"))
            for system, value in draft.identifiers
        ),
    )


def checked_profile(draft: Profile, *, today: date) -> Profile:
    """Return what a clerk may change as it is stored. Raises `InputRefused` naming the field."""
    last = clean_line(draft.last_name, field="last_name", limit=NAME_LIMIT)
    if not fold(last):
        raise InputRefused("A patient has a last name.", field="last_name")
    if draft.birth_date > today:
        raise InputRefused("A birth date lies in the past.", field="birth_date")
    if draft.birth_date.year < FIRST_BIRTH_YEAR:
        raise InputRefused(f"Birth dates before {FIRST_BIRTH_YEAR} are not taken.", field="birth_date")
    return replace(
        draft,
        last_name=last,
        first_name=clean_line(draft.first_name, field="first_name", limit=NAME_LIMIT),
        email=checked_email(draft.email),
        phones=tuple(checked_phone(phone) for phone in draft.phones if phone.number.strip()),
        note=clean_line(draft.note, field="note", limit=NOTE_LIMIT),
        inactive_reason=clean_line(draft.inactive_reason, field="inactive_reason"),
        alerts=tuple(replace(alert, text=clean_line(alert.text, field="alerts")) for alert in draft.alerts),
    )


def _checked_record(record: str | None) -> str | None:
    return clean_line(record, field="record_number", limit=RECORD_LIMIT) if record else None


def checked_email(address: str | None) -> str | None:
    """Return the address normalised, None for none. Raises `InputRefused`."""
    if address is None or not address.strip():
        return None
    from email_validator import EmailNotValidError, validate_email  # 29 ms, and only where an address is typed

    address = clean_line(address, field="email", limit=320)
    try:
        valid = validate_email(address, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        reason = str(error).rstrip(".").replace(". It ", "; it ")
        raise InputRefused(f"That is no email address: {reason[:1].lower()}{reason[1:]}.", field="email") from None
    if len(valid.local_part.encode()) > LOCAL_PART_LIMIT:
        raise InputRefused(
            "That is no email address: the email address is too long before the @-sign "
            f"({LOCAL_PART_LIMIT} bytes fit, and a letter outside ASCII takes several).",
            field="email",
        )
    return valid.normalized


def checked_phone(phone: Phone) -> Phone:
    """Return the phone as typed, with E.164 when it parses. Raises `InputRefused` without any digit."""
    number = clean_line(phone.number, field="phones", limit=60)
    if not re.search(r"\d", number):
        raise InputRefused("A phone number has digits.", field="phones")
    import phonenumbers  # 22 ms, and only where a number is typed

    try:
        parsed = phonenumbers.parse(number, PHONE_REGION)
    except phonenumbers.NumberParseException:
        return replace(phone, number=number, e164=None)
    if not phonenumbers.is_possible_number(parsed):
        return replace(phone, number=number, e164=None)
    return replace(
        phone,
        number=number,
        e164=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
    )
