"""What later work builds on is in the tables from the first migration, and the database itself keeps its rules."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ctfront.data import clinic_changes, patients, seats
from ctfront.data.folding import FOLD_VERSION, fold
from ctfront.data.models import (
    AppointmentRow,
    ConsentRow,
    EnrollmentRow,
    InvitationRow,
    OnlineAccountRow,
    PatientIdentifierRow,
    PatientNameRow,
    PatientRelationRow,
    PatientRow,
    SeatRow,
    SeriesRow,
    StaffRow,
)
from ctfront.domain.appointments import Status
from ctfront.domain.clinic import DateOrder, Identity
from ctfront.domain.patients import PatientDraft
from ctfront.domain.set_up import ClinicDraft, ProviderDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.staff import ALL_RIGHTS
from ctfront.services import booking
from ctfront.services.clinic_setup import ClinicSetup, add_staff, save_provider, save_purpose
from ctfront.services.enrolling import enroll
from ctfront.services.exporting import Exporting
from ctfront.services.patients import Patients, add_patient
from ctfront.services.scheduling import Scheduling
from tests.clinics import MONDAY, NOW, WEEK, small_clinic

BY = {"by_kind": "staff", "by_id": 1, "by_name": "mgarcia", "made_at": NOW}


@pytest.fixture
async def desk(database_url):
    """A clinic of the test's own, on each engine."""
    clinic = small_clinic(database_url)
    yield clinic
    await clinic.database.close()


def write(desk, table, *rows):
    """Write rows past the services, as a careless program would."""
    desk.database.write_now(lambda session: session.execute(insert(table), list(rows)))


def refuses(desk, table, *rows) -> bool:
    try:
        write(desk, table, *rows)
    except IntegrityError:
        return True
    return False


def seat(desk, **more):
    first = seats.slots_of(NOW, 5).start
    return {
        "kind": seats.PROVIDER,
        "resource_id": desk.providers["Dr Chen"].id,
        "slot": first,
        "seat": 0,
        "cap": 1,
        "over_ok": 0,
        **more,
    }


@pytest.mark.parametrize("kind", [seats.PROVIDER, seats.PATIENT])
def test_the_database_refuses_what_exceeds_the_governor_whoever_writes(desk, kind):
    write(desk, SeatRow, seat(desk, kind=kind))
    assert refuses(desk, SeatRow, seat(desk, kind=kind))
    assert refuses(desk, SeatRow, seat(desk, kind=kind, seat=1))
    assert not refuses(desk, SeatRow, seat(desk, kind=kind, seat=1, over_ok=1))


def test_a_held_seat_takes_a_place_without_an_appointment(desk):
    slots = seats.slots_of(NOW, 15)
    held = [seat(desk, slot=slot, hold_by="mgarcia", hold_until=NOW + timedelta(minutes=5)) for slot in slots]
    write(desk, SeatRow, *held)
    with pytest.raises(seats.NoSeat):
        desk.database.write_now(
            lambda session: seats.choose(
                session, seats.PROVIDER, desk.providers["Dr Chen"].id, slots, appointment_id=1, cap=1, over=False
            )
        )


def test_history_takes_no_seats(desk):
    gone = desk.book("RUIZ", "Dr Alvarez", "8:00")
    yesterday = update(AppointmentRow).where(AppointmentRow.id == gone.id).values(day=MONDAY - timedelta(days=1))
    seats_of_it = select(func.count()).select_from(SeatRow).where(SeatRow.appointment_id == gone.id)

    def correct(session):
        session.execute(yesterday)
        booking.mark(session, desk.clinic, desk.act(), gone.id, Status.NO_SHOW)
        booking.mark(session, desk.clinic, desk.act(), gone.id, Status.CHECKED_OUT)
        return session.execute(seats_of_it).scalar_one()

    assert desk.database.write_now(correct) == 0


def test_one_consent_is_open_for_each_channel_and_an_ended_one_stays(desk):
    given = {
        "clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "channel": "email", "given_at": NOW,
        "given_how": "phone", "given_kind": "staff", "given_id": 1, "given_name": "mgarcia",
    }  # fmt: skip
    ended = {"ended_at": NOW, "ended_how": "phone", "ended_kind": "staff", "ended_id": 1, "ended_name": "mgarcia"}
    write(desk, ConsentRow, given | ended, given | dict.fromkeys(ended))
    assert refuses(desk, ConsentRow, given)
    assert not refuses(desk, ConsentRow, given | {"channel": "text"})
    assert refuses(desk, ConsentRow, given | {"channel": "post"})


def test_one_invitation_of_a_patient_is_live(desk):
    sent = {
        **BY, "clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "address": "ana@example.org",
        "source": "scheduler", "state": "sent", "state_at": NOW, "error": "", "wrong_birth_dates": 0, "version": 1,
    }  # fmt: skip
    write(desk, InvitationRow, sent, sent | {"state": "removed"}, sent | {"state": "expired"})
    assert refuses(desk, InvitationRow, sent | {"state": "queued"})


def test_accounts_and_patients_join_several_each_way(desk):
    def join(session):
        ana, dev = desk.patients["RUIZ"], desk.patients["KAPOOR"]
        for patient, address in ((ana, "ana@example.org"), (dev, "ANA@example.org"), (ana, "other@example.org")):
            enroll(session, desk.clinic, desk.act(), patient, address)
        accounts = session.scalars(select(OnlineAccountRow.login_address).order_by(OnlineAccountRow.id)).all()
        joined = session.execute(select(EnrollmentRow.account_id, EnrollmentRow.patient_id)).all()
        return accounts, [tuple(row) for row in joined]

    accounts, joined = desk.database.write_now(join)
    first = min(account for account, _ in joined)
    ana, dev = desk.patients["RUIZ"], desk.patients["KAPOOR"]
    assert accounts == ["ana@example.org", "other@example.org"]
    assert joined == [(first, ana), (first, dev), (first + 1, ana)]
    again = {**BY, "account_id": first, "clinic_id": desk.clinic.id, "patient_id": ana, "relation": "self"}
    assert refuses(desk, EnrollmentRow, again)
    assert not refuses(desk, EnrollmentRow, again | {"ended_at": NOW})


async def test_former_and_preferred_names_are_found(desk):
    known = {"clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "fold_version": FOLD_VERSION}
    names = [("former", "Ødegård"), ("preferred", "Anita")]
    write(desk, PatientNameRow, *({**known, "kind": kind, "name": n, "folded_last": fold(n)} for kind, n in names))
    for typed in ("odeg", "anit"):
        found = await desk.people.find(typed, today=MONDAY)
        assert [row.name for row in found.rows] == ["RUIZ, Ana"]


def test_two_patients_belong_together_once(desk):
    ana, dev = sorted((desk.patients["RUIZ"], desk.patients["KAPOOR"]))
    pair = {"patient_id": ana, "other_id": dev, "clinic_id": desk.clinic.id, "kind": "partner"}
    write(desk, PatientRelationRow, pair)
    assert refuses(desk, PatientRelationRow, pair | {"kind": "guardian"})
    assert refuses(desk, PatientRelationRow, pair | {"patient_id": dev, "other_id": ana})


@pytest.mark.parametrize("column", ["record_number", "public_id"])
def test_what_names_a_patient_outside_is_never_given_twice(desk, column):
    def steal(session):
        of = select(getattr(PatientRow, column)).where(PatientRow.id == desk.patients["KAPOOR"])
        theirs = session.execute(of).scalar_one()
        session.execute(update(PatientRow).where(PatientRow.id == desk.patients["RUIZ"]).values({column: theirs}))

    with pytest.raises(IntegrityError):
        desk.database.write_now(steal)


def test_an_identifier_of_another_system_means_one_patient(desk):
    known = {"clinic_id": desk.clinic.id, "system": "synthea", "value": "a1"}
    write(desk, PatientIdentifierRow, known | {"patient_id": desk.patients["RUIZ"]})
    assert refuses(desk, PatientIdentifierRow, known | {"patient_id": desk.patients["KAPOOR"]})
    assert not refuses(desk, PatientIdentifierRow, known | {"system": "x", "patient_id": desk.patients["KAPOOR"]})


def test_a_merged_record_is_no_longer_found_by_itself(desk):
    def merge(session):
        into = desk.patients["SMITH 1993"]
        session.execute(update(PatientRow).where(PatientRow.id == desk.patients["SMITH"]).values(merged_into_id=into))
        return [row.id for row in session.execute(patients.select_names(desk.clinic.id))]

    assert desk.patients["SMITH"] not in desk.database.write_now(merge)


async def test_appointments_can_be_of_a_series_in_order(desk):
    booked = [desk.book("RUIZ", "Dr Alvarez", start) for start in ("8:00", "9:00")]

    def join(session):
        series = {**BY, "clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "rule": "FREQ=WEEKLY"}
        made = session.execute(insert(SeriesRow).values(**series).returning(SeriesRow.id)).scalar_one()
        for ordinal, one in enumerate(booked, 1):
            values = {"series_id": made, "ordinal": ordinal}
            session.execute(update(AppointmentRow).where(AppointmentRow.id == one.id).values(values))
        order = select(AppointmentRow.id).where(AppointmentRow.series_id == made).order_by(AppointmentRow.ordinal)
        return session.scalars(order).all()

    assert desk.database.write_now(join) == [one.id for one in booked]


def test_a_clerk_keeps_where_they_last_looked(desk):
    looked = update(StaffRow).where(StaffRow.short_name == "mgarcia").values(last_seen_change=7, last_seen_at=NOW)
    desk.database.write_now(lambda session: session.execute(looked))
    seen = select(StaffRow.last_seen_change, StaffRow.last_seen_at).where(StaffRow.short_name == "mgarcia")
    assert tuple(desk.database.write_now(lambda session: session.execute(seen).one())) == (7, NOW)


# -- no query without the clinic


def second_clinic(desk):
    """Found another practice in the same database, with somebody of the same name and an appointment at that time."""
    draft = ClinicDraft(
        name="Elm Street Clinic", zone="America/New_York", date_order=DateOrder.DAY_FIRST, online=True,
        slot_minutes=15, correction_days=7, identity=Identity.DEMO, site_name="Elm Street",
    )  # fmt: skip

    def found(session):
        clinic = clinic_changes.add_clinic(session, draft)
        boss = replace(desk.manager, rights=ALL_RIGHTS)

        def act():
            return desk.act(boss)

        staff = StaffDraft(name="Zed Zimmer", short_name="zed", rights=ALL_RIGHTS)
        add_staff(session, clinic, act(), staff)
        purpose = save_purpose(session, clinic, act(), None, VisitPurposeDraft(name="Zap", minutes=15, letter="Zap"))
        provider = save_provider(
            session, clinic, act(), None, ProviderDraft(name="Dr Zimmer", hours=WEEK, purpose_ids=(purpose.id,))
        )
        born = MONDAY.replace(year=1990)
        patient = add_patient(session, clinic, act(), PatientDraft(last_name="RUIZ", first_name="Zoe", birth_date=born))
        place = replace(desk.place("Dr Alvarez", "13:00"), provider_id=provider.id)
        mine = desk.draft("RUIZ", "Dr Alvarez", "8:00")
        booking.book(
            session, clinic, act(), replace(mine, patient_id=patient, place=place, purpose_id=purpose.id, override=True)
        )
        return clinic, patient

    return desk.database.write_now(found)


async def test_nothing_of_another_clinic_is_ever_read(desk):
    ours = desk.book("RUIZ", "Dr Alvarez", "8:00")
    other, theirs = second_clinic(desk)
    for clinic, name, patient in ((desk.clinic, "RUIZ, Ana", desk.patients["RUIZ"]), (other, "RUIZ, Zoe", theirs)):
        scheduling, people = Scheduling(desk.database, clinic), Patients(desk.database, clinic)
        day = await scheduling.day(MONDAY, today=MONDAY)
        assert [a.patient.name for column in day.columns for a in column.appointments] == [name]
        assert [row.name for row in (await people.find("ruiz", today=MONDAY)).rows] == [name]
        assert [row.name for row in (await people.find("riuz", today=MONDAY)).rows] == [name]
        assert [a.patient.name for a in await people.appointments_of(patient)] == [name]
        week = await scheduling.week(ours.provider_id, MONDAY)
        assert [c.provider.name for c in week.columns][:1] == (["Dr Alvarez"] if clinic is desk.clinic else [])
        exported = await Exporting(desk.database, clinic).patients()
        assert ("Zoe" in exported, "Ana" in exported) == (clinic is other, clinic is desk.clinic)
    everything = await ClinicSetup(desk.database, desk.clinic).everything(MONDAY)
    assert "Dr Zimmer" not in [provider.name for provider in everything.providers]
    assert "Zap" not in [purpose.name for purpose in everything.purposes]
    assert "zed" not in [person.short_name for person in everything.staff]
