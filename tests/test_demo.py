"""The demo clinic: the cast as promised, the same for the same seed and clock."""

import asyncio
from datetime import UTC, date, datetime, time

import pytest

from ctfront.data import clinic as clinics
from ctfront.data import ledger
from ctfront.data.database import Database
from ctfront.data.folding import fold
from ctfront.demo import first_open_day, make_demo
from ctfront.demo_people import CAST, SURNAMES
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.families import Relation
from ctfront.domain.patient_access import AccessList, AccessRow, Sort
from ctfront.domain.staff import Act, Right
from ctfront.services.exporting import Exporting
from ctfront.services.happenings import Happenings
from ctfront.services.identity import who_is
from ctfront.services.inviting import Inviting
from ctfront.services.patient_access import PatientAccess
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist
from tests.clinics import DEMO_RULES

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def demo_file(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "clinic.db"
    path.write_bytes(sqlite_template.read_bytes())
    make(f"sqlite:///{path}", seed=1)
    return path


def make(url, *, seed):
    database = Database(url)
    make_demo(database, NOW, seed, DEMO_RULES)
    database.close_writer()


def answer(path, ask):
    """Ask the demo clinic something."""

    async def whole():
        database = Database(f"sqlite:///{path}")
        clinic = await database.write(clinics.load_clinic)
        try:
            return await ask(database, clinic)
        finally:
            await database.close()

    return asyncio.run(whole())


async def today_of(database, clinic):
    schedule = await Scheduling(database, clinic).day(TODAY)
    return [a for column in schedule.columns for a in column.appointments]


def test_the_cast_alone_has_places_in_the_first_hour_of_today(demo_file):
    found = answer(demo_file, today_of)
    first_hour = sorted((a.start, a.provider, a.patient.name, a.purpose) for a in found if a.start < time(9))
    assert first_hour == [
        (time(8, 0), "Dr Alvarez", "RUIZ, Ana", "Adjustment"),
        (time(8, 0), "Osei LMT", "LEE, Min", "Massage"),
        (time(8, 15), "Dr Chen", "KAPOOR, Dev", "Adjustment"),
        (time(8, 30), "Dr Alvarez", "OKAFOR, Grace", "Adjustment"),
    ]
    assert all(a.status is Status.SCHEDULED for a in found)


def test_the_ferraris_are_father_and_daughter(demo_file):
    async def family(database, clinic):
        people = Patients(database, clinic)
        found = (await people.find("ferrari,luca", today=TODAY)).rows
        return await people.family(found[0].id)

    [relative] = answer(demo_file, family)
    assert (relative.patient.name, relative.relation) == ("FERRARI, Mia", Relation.CHILD)


def test_kapoor_booked_online_two_days_ago(demo_file):
    [kapoor] = [a for a in answer(demo_file, today_of) if a.patient.last_name == "Kapoor"]
    assert (kapoor.created_by, kapoor.online, kapoor.created_at) == (
        "Online Appointment",
        True,
        datetime(2026, 3, 1, 6, 14, tzinfo=UTC),
    )
    patient = answer(demo_file, lambda d, c: Patients(d, c).patient(kapoor.patient.id))
    assert (patient.enrolled, patient.record_number, patient.phone, patient.consent_word) == (
        True,
        "10432",
        "(555) 010-4432",
        "yes",
    )


def test_ruiz_was_created_by_mgarcia(demo_file):
    [ruiz] = [a for a in answer(demo_file, today_of) if a.patient.last_name == "Ruiz"]
    assert ruiz.created_by == "mgarcia"


def test_three_letters_of_a_cast_surname_find_the_cast_alone():
    begins = {fold(member.patient.last_name)[:3] for member in CAST}
    assert [name for name in SURNAMES if fold(name)[:3] in begins] == []


def test_past_visits_of_the_cast_with_alvarez_and_chen_are_adjustments(demo_file):
    async def purposes(database, clinic):
        patients = Patients(database, clinic)
        kinds = set()
        for member in CAST:
            found = await patients.find(member.patient.last_name, today=TODAY)
            for name in found.rows:
                visits = await patients.appointments_of(name.id)
                kinds |= {(v.purpose, v.status) for v in visits if v.day < TODAY and v.provider != "Osei LMT"}
        return kinds

    assert answer(demo_file, purposes) == {("Adjustment", Status.CHECKED_OUT)}


def test_every_weekday_of_the_fortnight_has_appointments_and_no_weekend(demo_file):
    async def days(database, clinic):
        text = await Exporting(database, clinic).appointments()
        return {date.fromisoformat(line.split(",")[2][:10]) for line in text.splitlines()[1:]}

    found = answer(demo_file, days)
    assert (min(found), max(found), len(found)) == (date(2026, 2, 16), date(2026, 3, 16), 21)
    assert {day.weekday() for day in found} == set(range(5))


def test_staff_have_the_rights_of_the_design(demo_file):
    database = Database(f"sqlite:///{demo_file}")
    _, clerk = who_is(database, os_user="whoever")
    _, limited = who_is(database, os_user="whoever", asked_user="tlee")
    _, admin = who_is(database, os_user="whoever", asked_user="admin")
    database.close_writer()
    assert clerk.name == "mgarcia"
    assert clerk.rights - limited.rights == {Right.OVERBOOK, Right.DELETE}
    assert admin.rights == set(Right)


def test_the_audit_chain_is_whole(demo_file):
    database = Database(f"sqlite:///{demo_file}")
    broken = database.write_now(lambda session: ledger.broken_links(session, 1))
    database.close_writer()
    assert broken == []


def test_same_seed_and_clock_give_the_same_clinic_and_another_seed_another(demo_file, sqlite_template, tmp_path):
    texts = []
    for seed in (1, 2):
        path = tmp_path / f"{seed}.db"
        path.write_bytes(sqlite_template.read_bytes())
        make(f"sqlite:///{path}", seed=seed)
        texts.append(answer(path, lambda d, c: Exporting(d, c).appointments()))
    first = answer(demo_file, lambda d, c: Exporting(d, c).appointments())
    assert texts[0] == first
    assert texts[1] != first


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 27), date(2026, 2, 27)),
        (date(2026, 2, 28), date(2026, 3, 2)),
        (date(2026, 3, 1), date(2026, 3, 2)),
    ],
)
def test_a_demo_opens_on_the_next_open_day(day, expected):
    assert first_open_day(day) == expected


WHAT_IS_SO = {
    "Ruiz": (None, False, ""),
    "Kapoor": ("enrolled", False, ""),
    "Lee": (None, False, "no email"),
    "Okafor": (None, False, "no consent"),
    "Novak": ("sent", False, ""),
    "Bauer": ("sent", True, ""),
    "Sato": ("expired", False, ""),
    "Hassan": ("removed", False, ""),
    "Quinn": ("failed", False, ""),
    "Vance": (None, False, "inactive"),
}


def test_each_of_the_cast_stands_as_promised(demo_file):
    async def standing(database, clinic):
        people = Patients(database, clinic)
        found = {}
        for surname in WHAT_IS_SO:
            [name] = (await people.find(surname, today=TODAY)).rows
            access = (await Inviting(database, clinic).access([name.id], now=NOW))[name.id]
            row = AccessRow(key=name.id, access=access)
            found[surname] = (row.state, access.standing.stale, row.why_not_ticked)
        return found

    assert answer(demo_file, standing) == WHAT_IS_SO


def test_why_quinns_invitation_failed_is_told(demo_file):
    async def error(database, clinic):
        [name] = (await Patients(database, clinic).find("quinn", today=TODAY)).rows
        return (await Inviting(database, clinic).access([name.id], now=NOW))[name.id].invitation.error

    assert answer(demo_file, error) == "550 5.1.1 no mailbox here by that name"


def test_a_cancellation_of_today_offers_its_place_to_who_waits(demo_file, tmp_path):
    path = tmp_path / "clinic.db"
    path.write_bytes(demo_file.read_bytes())

    async def offers(database, clinic):
        scheduling = Scheduling(database, clinic)
        waitlist = Waitlist(database, scheduling)
        now = datetime.combine(TODAY, time(7, 59))
        why = {"reason": "patient ill", "asked_by": Asker.PATIENT}
        _, tlee = await asyncio.to_thread(who_is, database, os_user="whoever", asked_user="tlee")
        found = {}
        for a in await today_of(database, clinic):
            if a.start < time(9):
                act = Act(who=tlee, at=NOW, op_id=f"cancel-{a.id}")
                await scheduling.cancel(act, a.id, version=a.version, **why)
                offer = await waitlist.offer(a.place, now=now)
                found[a.patient.last_name] = [] if offer is None else [entry.patient for entry in offer.entries]
        return found

    found = answer(path, offers)
    assert {name: len(fitting) for name, fitting in found.items()} == {"Ruiz": 2, "Kapoor": 1, "Lee": 1, "Okafor": 2}
    cast = {member.patient.last_name for member in CAST}
    waiting = [patient for fitting in found.values() for patient in fitting]
    assert all(patient.phone and patient.last_name not in cast for patient in waiting)


def test_two_requests_wait_and_they_are_what_is_new(demo_file):
    async def waiting(database, clinic):
        lists = PatientAccess(database, clinic)
        keys = await lists.keys(AccessList.REQUESTS, sort=Sort.NEWEST, with_inactive=False, now=NOW)
        rows = await lists.rows(AccessList.REQUESTS, keys, now=NOW)
        _, mgarcia = await asyncio.to_thread(who_is, database, os_user="whoever")
        candidates = [await lists.candidates(rows[key].request, now=NOW) for key in keys]
        return (
            [rows[key].request.name for key in keys],
            [[candidate.patient.name for candidate in each] for each in candidates],
            await Happenings(database, clinic).count(mgarcia),
        )

    names, candidates, news = answer(demo_file, waiting)
    assert names == ["CASTELLAN, Jude", "PARK, Soo-jin"]
    assert candidates == [[], ["PARK, Soo-jin"]]
    assert news == 2
