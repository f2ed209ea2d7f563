"""Made for later from the first migration: what the schema itself holds and refuses, on both engines."""

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, event, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from ctfront.data import ledger
from ctfront.data.folding import FOLD_VERSION
from ctfront.data.models import (
    ActRow,
    AlertRow,
    AppointmentRow,
    AuditDetailRow,
    AuditRow,
    Base,
    ChangeRow,
    ConsentRow,
    EnrollmentRow,
    InvitationRow,
    OnlineAccountRow,
    PatientIdentifierRow,
    PatientNameRow,
    PatientRelationRow,
    PatientRow,
    PhoneRow,
    SeatRow,
    SeriesRow,
    StaffRow,
    StatusChangeRow,
)
from ctfront.domain.appointments import Asker, Place, Status
from ctfront.domain.errors import NotAllowed, NotFound
from ctfront.domain.patients import Alert, Channel, PatientDraft, Phone
from ctfront.domain.set_up import StaffDraft
from ctfront.domain.staff import Act
from ctfront.services import booking
from ctfront.services.erasing import RecordKept
from ctfront.services.patients import add_patient
from ctfront.services.set_up_staff import save_staff
from tests.clinics import MONDAY, NOW, PEOPLE, small_clinic
from tests.invited import enroll

TODAY = MONDAY
MADE = {"by_kind": "staff", "by_id": 1, "by_name": "admin", "made_at": NOW}


@pytest.fixture
async def desk(database_url):
    clinic = small_clinic(database_url)
    yield clinic
    await clinic.database.close()


def do(desk, act):
    return desk.database.write_now(act)


def put(desk, table, **values):
    """Insert a row past the services and return its key."""
    return do(desk, lambda session: session.execute(insert(table).values(**values)).inserted_primary_key)


def count(desk, table, *where) -> int:
    return do(desk, lambda s: s.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def refused(desk, table, **values) -> None:
    with pytest.raises(IntegrityError):
        put(desk, table, **values)


# -- clinic and site

OF_NO_CLINIC = {
    "clinic": "it is one",
    "online_account": "a person's log-in, which may lead to several clinics",
    "online_session": "a log-in's visit to the site, which may lead to several clinics",
    "online_throttle": "counts failed log-ins by account and by address, before anybody is known",
    "provider_purpose": "joins a provider and a purpose, which have theirs",
    "appointment_status": "a step of an appointment, which has its own",
    "seat": "a place of a provider or a patient, who have theirs",
    "waitlist_provider": "joins a waitlist entry and a provider, who have theirs",
}


def test_every_row_carries_its_clinic(desk):
    engine = create_engine(desk.database.url)
    tables = inspect(engine)
    without = {
        name for name in Base.metadata.tables if "clinic_id" not in {c["name"] for c in tables.get_columns(name)}
    }
    nullable = {
        name
        for name in Base.metadata.tables
        for column in tables.get_columns(name)
        if column["name"] == "clinic_id" and column["nullable"]
    }
    engine.dispose()
    assert (without, nullable) == (set(OF_NO_CLINIC), set())


# -- person, patient account, staff


def test_an_account_is_joined_to_several_patients_and_a_patient_to_several_accounts(desk):
    def join(number, patient, address):
        act = desk.act(desk.manager)
        return do(desk, lambda session: enroll(session, desk.clinic, act, desk.patients[patient], address))

    for number, (patient, address) in enumerate(
        [("RUIZ", "family@example.org"), ("LEE", "FAMILY@example.org"), ("RUIZ", "ana@example.org")]
    ):
        join(number, patient, address)
    assert (count(desk, OnlineAccountRow), count(desk, EnrollmentRow)) == (2, 3)
    with pytest.raises(IntegrityError):
        join(9, "RUIZ", "family@example.org")


def test_an_ended_enrollment_may_begin_anew_and_its_kin_may_be_a_child(desk):
    [account] = put(desk, OnlineAccountRow, login_address="a@b.org", folded_address="a@b.org", made_at=NOW)
    of = {"account_id": account, "clinic_id": desk.clinic.id, "patient_id": desk.patients["LEE"], **MADE}
    put(desk, EnrollmentRow, **of, relation="child", ended_at=NOW, ended_kind="staff", ended_id=1, ended_name="admin")
    put(desk, EnrollmentRow, **of, relation="ward")
    refused(desk, EnrollmentRow, **of, relation="self")


async def test_created_by_survives_a_new_name_and_a_departure(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    clerk = desk.mgarcia.id
    for name, active in (("mgomez", True), ("mgomez", False)):
        draft = StaffDraft(name="Maria Gomez", short_name=name, active=active)
        act = desk.act(desk.manager)
        do(desk, lambda session, draft=draft, act=act: save_staff(session, desk.clinic, act, clerk, draft))
    assert (await desk.scheduling.appointment(booked.id)).created_by == "mgarcia"
    assert [step.by for step in await desk.scheduling.history(booked.id)] == ["mgarcia"]
    assert count(desk, StaffRow) == 3


def test_a_short_name_and_an_account_are_one_persons(desk):
    row = {
        "clinic_id": desk.clinic.id,
        "name": "New",
        "rights": "",
        "active": True,
        "last_seen_change": 0,
        "version": 1,
    }
    refused(desk, StaffRow, **row, short_name="mgarcia")
    put(desk, StaffRow, **row, short_name="new", os_user="new", pin_hash="hash", last_seen_at=NOW)
    refused(desk, StaffRow, **row, short_name="newer", os_user="new")


# -- patients


def patient_row(desk, **more):
    fields = {
        "clinic_id": desk.clinic.id, "record_number": "77", "public_id": "p-77",
        "last_name": "Poe", "first_name": "Pat",
        "folded_last": "poe", "folded_first": "pat", "fold_version": FOLD_VERSION, "birth_date": MONDAY, "sex": "",
        "note": "", "active": True, "inactive_reason": "", "version": 1, **MADE,
    }  # fmt: skip
    return {**fields, **more}


def test_record_numbers_public_ids_and_identifiers_are_given_once(desk):
    [patient] = put(desk, PatientRow, **patient_row(desk))
    refused(desk, PatientRow, **patient_row(desk, public_id="p-78"))
    refused(desk, PatientRow, **patient_row(desk, record_number="78"))
    of = {"clinic_id": desk.clinic.id, "patient_id": patient, "system": "insurer", "value": "A1"}
    put(desk, PatientIdentifierRow, **of)
    refused(desk, PatientIdentifierRow, **of)


def test_a_record_number_is_never_given_again(desk):
    def add(name):
        act = desk.act(desk.manager)
        draft = PatientDraft(last_name=name, first_name="Pat", birth_date=MONDAY)
        patient = do(desk, lambda session: add_patient(session, desk.clinic, act, draft, another_person=True))
        return do(desk, lambda s: s.execute(select(PatientRow.record_number).where(PatientRow.id == patient)).scalar())

    first = add("Poe")
    do(desk, lambda session: session.execute(text("DELETE FROM patient WHERE record_number = :r"), {"r": first}))
    assert int(add("Quy")) == int(first) + 1


async def test_a_merged_record_leads_no_search_any_more(desk):
    ruiz, kapoor = desk.patients["RUIZ"], desk.patients["KAPOOR"]
    statement = text("UPDATE patient SET merged_into_id = :to WHERE id = :id")
    do(desk, lambda session: session.execute(statement, {"to": kapoor, "id": ruiz}))
    assert (await desk.people.find("ruiz", today=TODAY)).rows == ()


@pytest.mark.parametrize(("kind", "name", "typed"), [("former", "Vásquez", "vasq"), ("preferred", "Bobbie", "bobb")])
async def test_former_and_preferred_names_are_found(desk, kind, name, typed):
    folded = {"former": "vasquez", "preferred": "bobbie"}[kind]
    of = {"clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "fold_version": FOLD_VERSION}
    put(desk, PatientNameRow, **of, kind=kind, name=name, folded_last=folded)
    assert [row.name for row in (await desk.people.find(typed, today=TODAY)).rows] == ["RUIZ, Ana"]


def test_folded_columns_say_by_which_rule(desk):
    versions = do(desk, lambda session: set(session.scalars(select(PatientRow.fold_version))))
    assert versions == {FOLD_VERSION}


def test_phones_are_kept_as_typed_and_as_dialled(desk):
    query = select(PhoneRow.kind, PhoneRow.number, PhoneRow.e164).where(PhoneRow.patient_id == desk.patients["RUIZ"])
    assert do(desk, lambda s: s.execute(query).all()) == [("mobile", "(555) 010-4431", "+15550104431")]


def test_relations_join_two_patients_once(desk):
    pair = {"patient_id": desk.patients["RUIZ"], "other_id": desk.patients["LEE"], "clinic_id": desk.clinic.id}
    put(desk, PatientRelationRow, **pair, kind="child")
    refused(desk, PatientRelationRow, **pair, kind="guardian")


async def test_alerts_have_an_end_and_an_author_and_are_no_note(desk):
    draft = PatientDraft(
        last_name="Poe", first_name="Pat", birth_date=MONDAY, note="likes mornings",
        alerts=(Alert(text="Fear of needles", until=MONDAY + timedelta(days=30), must_confirm=True),),
    )  # fmt: skip
    added = await desk.people.add(desk.act(), draft)
    assert [(a.text, a.until, a.must_confirm, a.by) for a in added.alerts] == [
        ("Fear of needles", MONDAY + timedelta(days=30), True, "mgarcia")
    ]
    assert added.note == "likes mornings"
    assert do(desk, lambda s: s.scalars(select(AlertRow.shown_when)).all()) == ["always"]


def test_a_consent_stands_once_and_is_given_anew_only_when_it_ended(desk):
    of = {"clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "channel": "email", "given_how": "phone"}
    by = {"given_kind": "staff", "given_id": 1, "given_name": "admin"}
    put(
        desk,
        ConsentRow,
        **of,
        **by,
        given_at=NOW,
        ended_at=NOW,
        ended_how="online",
        ended_kind="system",
        ended_name="mail",
    )
    put(desk, ConsentRow, **of, **by, given_at=NOW)
    refused(desk, ConsentRow, **of, **by, given_at=NOW)
    refused(desk, ConsentRow, **{**of, "channel": "pigeon"}, **by, given_at=NOW)


def test_one_invitation_of_a_patient_is_alive(desk):
    of = {
        "clinic_id": desk.clinic.id, "patient_id": desk.patients["RUIZ"], "address": "a@b.org",
        "folded_address": "a@b.org", "source": "desk", "state_at": NOW, "state_by_kind": "staff",
        "state_by_name": "mgarcia", "error": "",
        "nonce": "n", "wrong_birth_dates": 0, "version": 1, **MADE,
    }  # fmt: skip
    put(desk, InvitationRow, **of, state="removed", is_last=False)
    put(desk, InvitationRow, **of, state="sent", is_last=True)
    refused(desk, InvitationRow, **of, state="queued", is_last=False)
    refused(desk, InvitationRow, **of, state="removed", is_last=True)


# -- appointments


def test_an_appointment_keeps_its_promise_its_instant_and_where_it_came_from(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    a = AppointmentRow
    query = select(a.day, a.start_second, a.zone, a.starts_at, a.number, a.origin, a.by_name, a.made_at, a.status)
    assert do(desk, lambda s: s.execute(query.where(a.id == booked.id)).one()) == (
        MONDAY, 8 * 3600, "America/Los_Angeles", datetime(2026, 3, 2, 16, tzinfo=UTC), 1, "desk", "mgarcia", NOW,
        "scheduled",
    )  # fmt: skip


def test_a_day_number_is_given_once(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    second = desk.book("LEE", "Osei LMT", "8:00", purpose="Massage")
    with pytest.raises(IntegrityError):
        do(desk, lambda s: s.execute(text("UPDATE appointment SET number = 1 WHERE id = :id"), {"id": second.id}))


def test_a_care_plans_visits_have_a_series_and_an_ordinal(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    [series] = put(
        desk, SeriesRow, clinic_id=desk.clinic.id, patient_id=desk.patients["RUIZ"], rule="12 x weekly", **MADE
    )
    statement = text("UPDATE appointment SET series_id = :series, ordinal = 1 WHERE id = :id")
    do(desk, lambda s: s.execute(statement, {"series": series, "id": booked.id}))
    assert count(desk, AppointmentRow, AppointmentRow.series_id == series, AppointmentRow.ordinal == 1) == 1


async def test_a_request_holds_its_place_until_it_is_approved(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    do(desk, lambda s: s.execute(text("UPDATE appointment SET status = 'requested'")))
    asked = await desk.scheduling.appointment(booked.id)
    assert (asked.status, asked.live) == (Status.REQUESTED, True)
    approved = await desk.scheduling.mark(desk.act(), booked.id, Status.SCHEDULED)
    assert approved.status is Status.SCHEDULED


async def test_the_history_says_from_to_who_when_why_and_what_undid_it(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    act = desk.act(desk.tlee)
    cancelled = await desk.scheduling.cancel(
        act, booked.id, version=booked.version, reason="patient ill", asked_by=Asker.CLINIC
    )
    assert (cancelled.cancel_reason, cancelled.asked_by) == ("patient ill", "clinic")
    back = desk.act(desk.tlee)
    await desk.scheduling.undo(back)
    s = StatusChangeRow
    query = select(s.old, s.new, s.by_name, s.made_at, s.reason, s.op_id, s.undone_by).order_by(s.id)
    rows = do(desk, lambda session: session.execute(query).all())
    assert rows[1:] == [("scheduled", "cancelled", "tlee", NOW, "patient ill", act.op_id, back.op_id)]


async def test_replacing_is_known_from_both_sides(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    tomorrow = Place(provider_id=booked.provider_id, day=MONDAY + timedelta(days=1), start=booked.start)
    new = await desk.scheduling.reschedule(
        desk.act(), booked.id, tomorrow, version=booked.version, asked_by=Asker.PATIENT, reason="work"
    )
    old = await desk.scheduling.appointment(booked.id)
    assert (new.replaces_id, old.replaced_by_day) == (old.id, new.day)


def test_acts_on_many_carry_their_batch(desk):
    act = Act(who=desk.mgarcia, at=NOW, op_id="one", batch_id="many")
    draft = desk.draft("RUIZ", "Dr Alvarez", "8:00")
    do(desk, lambda session: booking.book(session, desk.clinic, act, draft))
    assert do(desk, lambda s: s.execute(select(AppointmentRow.batch_id)).scalar()) == "many"
    assert count(desk, ActRow, ActRow.batch_id == "many") == 1


# -- seats


def seat(desk, kind="P", number=0, cap=1, over=0, slot=10, **more):
    return {"kind": kind, "resource_id": 1, "slot": slot, "seat": number, "cap": cap, "over_ok": over, **more}


@pytest.mark.parametrize("kind", ["P", "T"], ids=["provider", "patient"])
def test_the_database_refuses_more_than_the_governor(desk, kind):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    put(desk, SeatRow, **seat(desk, kind, appointment_id=booked.id))
    refused(desk, SeatRow, **seat(desk, kind, appointment_id=booked.id))
    refused(desk, SeatRow, **seat(desk, kind, number=1, appointment_id=booked.id))
    refused(desk, SeatRow, **seat(desk, kind, number=-1, cap=5, appointment_id=booked.id))
    put(desk, SeatRow, **seat(desk, kind, number=1, over=1, appointment_id=booked.id))
    refused(desk, SeatRow, **seat(desk, "R", slot=99, appointment_id=booked.id))


def test_a_place_can_be_held_for_a_while(desk):
    put(desk, SeatRow, **seat(desk, hold_by="web-1", hold_until=NOW + timedelta(minutes=5)))
    refused(desk, SeatRow, **seat(desk, hold_by="web-2", hold_until=NOW + timedelta(minutes=5)))
    refused(desk, SeatRow, **seat(desk, slot=11))


def test_misbehaving_writers_never_exceed_the_governor(desk):
    """They take no turn, begin in no wise and count before they insert, as a careless program would."""
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    url, cap, slots, done = desk.database.url, 2, range(20), []

    def careless(writer):
        options = {"connect_args": {"timeout": 30}} if desk.database.sqlite else {}
        engine = create_engine(url, **options)
        for slot in slots:
            try:
                with engine.begin() as connection:
                    query = select(func.count()).select_from(SeatRow).where(SeatRow.slot == slot, SeatRow.kind == "P")
                    taken = connection.execute(query.where(SeatRow.resource_id == 1)).scalar_one()
                    connection.execute(
                        insert(SeatRow).values(**seat(desk, number=taken, cap=cap, slot=slot, appointment_id=1))
                    )
                    done.append((writer, slot))
            except (IntegrityError, sqlite3.Error):
                continue
        engine.dispose()

    threads = [threading.Thread(target=careless, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    query = select(SeatRow.slot, func.count()).where(SeatRow.slot < 20).group_by(SeatRow.slot)
    held = dict(do(desk, lambda s: s.execute(query).all()))
    assert max(held.values()) == cap
    assert sum(held.values()) == len(done)


async def test_the_past_takes_no_seats(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "9:00")
    assert count(desk, SeatRow) == 6
    await desk.scheduling.mark(desk.act(), booked.id, Status.NO_SHOW)
    assert count(desk, SeatRow) == 0
    late = desk.act(at=NOW + timedelta(days=1))
    corrected = await desk.scheduling.mark(late, booked.id, Status.DONE)
    assert (corrected.live, count(desk, SeatRow)) == (True, 0)


# -- acts, news, the audit chain


async def test_every_act_writes_itself_its_news_and_its_audit_entry(desk):
    before = [count(desk, table) for table in (ActRow, ChangeRow, AuditRow, AuditDetailRow)]
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.mark(desk.act(), booked.id, Status.ARRIVED)
    await desk.scheduling.undo(desk.act())
    assert [count(desk, table) for table in (ActRow, ChangeRow, AuditRow, AuditDetailRow)] == [n + 3 for n in before]


def test_an_act_is_done_once_by_its_id(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    op_id = do(desk, lambda s: s.execute(select(ActRow.op_id).order_by(ActRow.serial.desc())).scalar())
    with pytest.raises(IntegrityError):
        do(desk, lambda s: ledger.record(s, desk.clinic.id, Act(who=desk.mgarcia, at=NOW, op_id=op_id), kind="x",
                                         subject_kind="x", subject_id=None))  # fmt: skip


async def test_the_same_undo_twice_takes_back_one_act(desk):
    first = desk.book("RUIZ", "Dr Alvarez", "8:00")
    desk.book("LEE", "Osei LMT", "8:00", purpose="Massage")
    act = desk.act()
    assert await desk.scheduling.undo(act) == await desk.scheduling.undo(act)
    assert (await desk.scheduling.appointment(first.id)).status is Status.SCHEDULED


def test_an_audit_entry_says_who_from_where_and_what_in_the_acts_own_transaction(desk):
    who = replace(desk.mgarcia, os_user="maria", session="s1", origin="10.0.0.7")
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00", who=who)
    a = AuditRow
    query = select(a.by_name, a.os_user, a.session, a.origin, a.act, a.subject_kind, a.subject_id, a.made_at)
    last = do(desk, lambda s: s.execute(query.order_by(a.seq.desc()).limit(1)).one())
    assert last == ("mgarcia", "maria", "s1", "10.0.0.7", "book", "appointment", booked.id, NOW)
    entries = count(desk, AuditRow)
    with pytest.raises(Exception, match="taken"):
        desk.book("LEE", "Dr Alvarez", "8:00")
    assert count(desk, AuditRow) == entries


# -- nothing is deleted but by two acts


async def test_acts_delete_nothing_but_seats(desk):
    statements = []
    engine = desk.database._write_engine
    event.listen(engine, "before_cursor_execute", lambda c, cur, statement, *_: statements.append(statement))
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    moved = await desk.scheduling.move(desk.act(), booked.id, desk.place("Dr Chen", "9:00"), version=booked.version)
    cancelled = await desk.scheduling.cancel(
        desk.act(), moved.id, version=moved.version, reason="weather", asked_by=Asker.CLINIC
    )
    await desk.scheduling.delete(desk.act(), desk.book("LEE", "Osei LMT", "8:00", purpose="Massage").id, version=1)
    await desk.scheduling.undo(desk.act())
    assert cancelled.status is Status.CANCELLED
    deleted = {s.split()[2] for s in statements if s.startswith("DELETE")}
    assert deleted == {"seat"}


async def test_a_deleted_appointment_is_kept_out_of_sight_with_its_seats_freed(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.delete(desk.act(), booked.id, version=booked.version)
    with pytest.raises(NotFound):
        await desk.scheduling.appointment(booked.id)
    assert count(desk, AppointmentRow, AppointmentRow.status == "deleted") == 1
    assert count(desk, SeatRow) == 0


YEARS_ON = NOW + timedelta(days=365 * 11)


async def erased(desk, act, **how):
    draft = PatientDraft(
        last_name="Nightingale", first_name="Nora", birth_date=MONDAY, email="nora@example.org", note="a secret",
        phones=(Phone(kind="mobile", number="(555) 010-9999"),), former_names=("Nachtigall",),
        identifiers=(("insurer", "N1"),), consent=frozenset({Channel.EMAIL}), alerts=(Alert(text="a warning"),),
    )  # fmt: skip
    added = await desk.people.add(desk.act(), draft)
    desk.patients["NORA"] = added.id
    booked = desk.book("NORA", "Dr Alvarez", "8:00", note="another secret")
    await desk.scheduling.cancel(
        desk.act(), booked.id, version=booked.version, reason="a private reason", asked_by=Asker.PATIENT
    )
    await desk.people.erase(act, added.id, **how)
    return added, booked


PERSONAL = ("nightingale", "nora", "555", "nachtigall", "secret", "warning", "private")


@pytest.mark.parametrize(("at", "how"), [(YEARS_ON, {}), (NOW, {"legal_request": "letter of 1 March"})])
async def test_erasing_leaves_nothing_of_the_person_and_the_chain_whole(desk, at, how):
    added, booked = await erased(desk, desk.act(desk.manager, at=at), **how)

    def everything(session):
        return " ".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
        ).casefold()

    left = do(desk, everything)
    others = " ".join(str(person) for person in PEOPLE).casefold()
    assert [word for word in PERSONAL if word in left and word not in others] == []
    assert do(desk, lambda session: ledger.broken_links(session, desk.clinic.id)) == []
    assert (await desk.people.find("nightingale", today=TODAY)).rows == ()
    with pytest.raises(NotFound):
        await desk.people.patient(added.id)
    assert (await desk.scheduling.appointment(booked.id)).patient.name == "(ERASED)"
    with pytest.raises(IntegrityError):
        put(desk, PatientRow, **patient_row(desk, record_number=added.record_number))


async def test_a_record_is_kept_for_its_years_and_only_a_manager_erases(desk):
    with pytest.raises(RecordKept, match="kept for 10 years after 2 Mar 2026"):
        await erased(desk, desk.act(desk.manager, at=NOW + timedelta(days=365 * 9)))
    with pytest.raises(NotAllowed, match="set-up"):
        await desk.people.erase(desk.act(at=YEARS_ON), desk.patients["NORA"])
    desk.book("NORA", "Dr Alvarez", "9:00")
    with pytest.raises(RecordKept, match="still expected"):
        await desk.people.erase(desk.act(desk.manager), desk.patients["NORA"], legal_request="letter")
