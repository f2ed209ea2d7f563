"""Imports: the Synthea files by exact counts, repeatable, and the demo's round trip."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ctfront.data.clinic import load_clinic
from ctfront.data.database import Database
from ctfront.data.models import AppointmentRow, SeatRow, StatusChangeRow
from ctfront.demo import make_demo
from ctfront.domain.appointments import Status
from ctfront.domain.errors import InputRefused, NotAllowed
from ctfront.domain.set_up import ProviderDraft
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.exporting import Exporting
from ctfront.services.found import FoundingDraft, found_clinic
from ctfront.services.import_plan import ImportOptions
from ctfront.services.importing import Importing
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from tests.clinics import DEMO_RULES

SYNTHEA = Path(__file__).parents[1] / "data" / "synthea"
NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


class Clinic:
    """A clinic with one manager, and files brought into it."""

    def __init__(self, url, zone="America/New_York"):
        self.database = Database(url)
        draft = FoundingDraft(
            name="Main Street Clinic", zone=zone, manager_name="Ada", manager_short="ada", os_user="ada"
        )
        self.clinic, self.manager = found_clinic(self.database, NOW - timedelta(days=1), draft)
        self.importing = Importing(self.database, self.clinic)
        self.scheduling = Scheduling(self.database, self.clinic)
        self.patients = Patients(self.database, self.clinic)
        self.exporting = Exporting(self.database, self.clinic)

    def act(self):
        return Act(who=self.manager, at=NOW, op_id=str(uuid4()))

    async def plan(self, kind, data, mapped=None, **options):
        data = data if isinstance(data, bytes) else data.encode()
        return await self.importing.plan(self.act(), kind, data, mapped=mapped or {}, options=ImportOptions(**options))

    async def bring(self, kind, data, **options):
        plan = await self.plan(kind, data, **options)
        await self.importing.apply(self.act(), plan)
        return plan

    async def bring_synthea(self, **options):
        await self.bring("providers", (SYNTHEA / "providers.csv").read_bytes())
        await self.bring("patients", (SYNTHEA / "patients.csv").read_bytes())
        return await self.bring("appointments", (SYNTHEA / "encounters.csv").read_bytes(), **options)

    async def count(self, query):
        return await self.database.write(lambda session: session.execute(query).scalar())


@pytest.fixture
async def clinic(database_url):
    clinic = Clinic(database_url)
    yield clinic
    await clinic.database.close()


@pytest.fixture
async def one_clinic(sqlite_url):
    """A clinic for what the engine has no part in."""
    clinic = Clinic(sqlite_url)
    yield clinic
    await clinic.database.close()


def counts(plan):
    return plan.rows, plan.new, plan.known, plan.left_out, len(plan.rejected)


def reasons(plan):
    return [(r.line, r.column, r.reason) for r in plan.rejected]


async def test_synthea_comes_in_by_exact_counts(clinic):
    providers = await clinic.bring("providers", (SYNTHEA / "providers.csv").read_bytes())
    patients = await clinic.bring("patients", (SYNTHEA / "patients.csv").read_bytes())
    encounters = await clinic.bring("appointments", (SYNTHEA / "encounters.csv").read_bytes())
    assert counts(providers) == (166, 137, 29, 0, 0)
    assert counts(patients) == (27, 27, 0, 0, 0)
    assert patients.remarks == ("2 of them died and are kept as inactive",)
    assert counts(encounters) == (604, 603, 0, 0, 1)
    assert reasons(encounters) == [(314, "STOP", "It lasts 91.8 hours; up to 24 are taken.")]
    assert await clinic.count(select(func.count()).select_from(AppointmentRow)) == 603
    assert await clinic.count(select(func.count(AppointmentRow.day.distinct()))) == 558
    assert await clinic.count(select(func.count()).select_from(StatusChangeRow)) == 603
    assert await clinic.count(select(func.count()).select_from(SeatRow)) == 0


async def test_history_is_kept_to_the_second_and_done_in_its_row(clinic):
    await clinic.bring_synthea()
    schedule = await clinic.scheduling.day(date(2023, 1, 27))
    [visit] = [a for column in schedule.columns for a in column.appointments]
    assert (visit.start, visit.minutes, visit.starts_at) == (
        time(11, 17, 47),
        15,
        datetime(2023, 1, 27, 16, 17, 47, tzinfo=UTC),
    )
    assert (visit.status, visit.patient.name, visit.created_by) == (
        Status.DONE,
        "MOSCISKI958, Maynard46",
        "Import by ada",
    )
    assert list(schedule.rows()) == [11 * 60 + 15, 11 * 60 + 30]


async def test_a_second_run_adds_nothing(clinic):
    await clinic.bring_synthea()
    for kind, file, expected in (
        ("providers", "providers.csv", (166, 0, 166, 0, 0)),
        ("patients", "patients.csv", (27, 0, 27, 0, 0)),
        ("appointments", "encounters.csv", (604, 0, 603, 0, 1)),
    ):
        plan = await clinic.bring(kind, (SYNTHEA / file).read_bytes())
        assert counts(plan) == expected
    assert await clinic.count(select(func.count()).select_from(AppointmentRow)) == 603


async def test_class_takes_only_what_was_asked_for(clinic):
    plan = await clinic.bring_synthea(classes=frozenset({"wellness", "urgentcare"}))
    assert counts(plan) == (604, 350, 0, 254, 0)


async def test_shift_moves_a_file_and_future_rows_must_fit_the_grid(clinic):
    plan = await clinic.bring_synthea(shift_days=1000)
    why = Counter(reason.split(" ", 1)[1] for _, _, reason in reasons(plan))
    assert counts(plan) == (604, 530, 0, 0, 74)
    assert why == {
        "is not on the grid of 5 minutes.": 72,
        "lasts 91.8 hours; up to 24 are taken.": 1,
        "does not exist on Sun 4 Apr 1993: the clocks go forward.": 1,
    }
    assert await clinic.count(select(func.max(AppointmentRow.day))) < TODAY


async def test_a_dry_run_writes_nothing(clinic):
    plan = await clinic.plan("patients", (SYNTHEA / "patients.csv").read_bytes())
    assert plan.new == 27
    assert (await clinic.patients.find("smith", today=TODAY)).rows == ()


# -- rows that cannot be taken

PEOPLE = "Last,First,DOB,Email\n"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",Ann,1990-01-02,", "Last", "A patient has a last name."),
        ("Roe,Ann,,", "DOB", "There is no birth date."),
        ("Roe,Ann,1990-02-30,", "DOB", "“1990-02-30” is no date that exists."),
        ("Roe,Ann,2030-01-01,", "DOB", "A birth date lies in the past."),
        ("Roe\x1b[2J,Ann,1990-01-02,", "Last", "It holds a character that cannot be shown; type it again without it."),
        ("Roe\u202e,Ann,1990-01-02,", "Last", "It holds a character that cannot be shown; type it again without it."),
        (f"{'x' * 5000},Ann,1990-01-02,", "Last", "It is 5,000 characters long; 4,000 fit."),
    ],
)
async def test_a_bad_patient_is_named_by_line_column_and_reason(one_clinic, line, column, reason):
    plan = await one_clinic.plan("patients", PEOPLE + "Good,Gil,1980-01-01,\n" + line + "\n")
    assert (plan.new, reasons(plan)) == (1, [(3, column, reason)])


async def test_a_bad_email_is_refused_by_its_column(one_clinic):
    plan = await one_clinic.plan("patients", PEOPLE + "Roe,Ann,1990-01-02,nowhere\n")
    assert [(r.line, r.column) for r in plan.rejected] == [(2, "Email")]


async def test_a_name_that_breaks_careless_software_comes_in_as_it_is(one_clinic):
    await one_clinic.bring("patients", PEOPLE + "O'NEIL-[/x]ŁUKASZ,Zoë,1988-10-10,\n")
    found = await one_clinic.patients.find("oneil", today=TODAY)
    assert [row.name for row in found.rows] == ["O'NEIL-[/X]ŁUKASZ, Zoë"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
async def test_encodings_met_in_practice_are_read(one_clinic, encoding):
    await one_clinic.bring("patients", f"{PEOPLE}Núñez,José,1990-01-02,\n".encode(encoding))
    found = await one_clinic.patients.find("nunez", today=TODAY)
    assert [row.first_name for row in found.rows] == ["José"]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfeL\x00a\x00", b"SQLite format 3\x00", b'a,b\n"open', b"x,y\n1,2\n", b"\x81\x8d\n"]
)
async def test_what_is_no_such_file_is_refused_whole(one_clinic, data):
    with pytest.raises(InputRefused):
        await one_clinic.plan("patients", data)


async def test_columns_can_be_mapped_and_dates_follow_the_clinic(one_clinic):
    plan = await one_clinic.plan(
        "patients",
        "Nachname;Vorname;Geboren\nRoe;Ann;2/14/84\n",
        {"last_name": "Nachname", "first_name": "vorname", "birth_date": "GEBOREN"},
    )
    assert [one.draft.birth_date for one in plan.staged] == [date(1984, 2, 14)]


async def test_a_mapping_to_a_column_that_is_missing_is_refused(one_clinic):
    with pytest.raises(InputRefused, match="no column “Surname”"):
        await one_clinic.plan("patients", PEOPLE, {"last_name": "Surname"})


async def test_the_same_name_and_birth_date_under_another_id_is_not_taken_twice(one_clinic):
    text = "id,last,first,dob\na,Roe,Ann,1990-01-02\nb,roe,ann,1990-01-02\n"
    plan = await one_clinic.plan("patients", text)
    assert (plan.new, [(r.line, r.column) for r in plan.rejected]) == (1, [(3, "last")])


# -- future appointments

VISITS = "id,start,end,patient,provider,purpose\n"


async def add_people(clinic):
    await clinic.bring("providers", "id,name\nd,Dr Dow\n")
    await clinic.bring(
        "patients",
        "id,last,first,dob,died\np,Poe,Pat,1990-01-01,\nq,Quy,Quin,1991-01-01,\nx,Xu,Xi,1950-01-01,2020-01-01\n",
    )
    return clinic


@pytest.fixture
async def peopled(clinic):
    return await add_people(clinic)


@pytest.fixture
async def one_peopled(one_clinic):
    return await add_people(one_clinic)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("1,2026-03-04 09:02,2026-03-04 09:15,p,d,Visit", "start", "09:02:00 is not on the grid of 5 minutes."),
        ("1,2026-03-04 09:00,2026-03-04 08:00,p,d,Visit", "end", "It ends before it starts."),
        ("1,2026-03-04 09:00,,p,d,Visit", "end", "There is neither an end nor a length."),
        ("1,2026-02-30 09:00,2026-03-04 08:00,p,d,Visit", "start", "“2026-02-30 09:00” is no date that exists."),
        (
            "1,2026-03-08 02:30,2026-03-08 03:30,p,d,Visit",
            "start",
            "2:30 does not exist on Sun 8 Mar 2026: the clocks go forward.",
        ),
        (
            "1,2026-11-01 01:30,2026-11-01 01:45,p,d,Visit",
            "start",
            "1:30 comes twice on Sun 1 Nov 2026: add “first” or “second”.",
        ),
        ("1,2026-03-04 09:00,2026-03-04 09:15,x,d,Visit", "patient", "The patient is inactive."),
        (
            "1,2026-03-04 09:00,2026-03-04 09:15,z,d,Visit",
            "patient",
            "The clinic has no patient of that id; import the patients first.",
        ),
        (
            "1,2026-03-04 09:00,2026-03-04 09:15,p,e,Visit",
            "provider",
            "The clinic has no such provider; import the providers first.",
        ),
    ],
)
async def test_a_future_row_that_does_not_fit_says_why(one_peopled, line, column, reason):
    plan = await one_peopled.plan("appointments", VISITS + line + "\n")
    assert (plan.new, reasons(plan)) == (0, [(2, column, reason)])


async def test_future_rows_take_seats_and_the_second_on_a_place_is_refused(peopled):
    text = VISITS + (
        "1,2026-03-04 09:00,2026-03-04 09:15,p,d,Visit\n"
        "2,2026-03-04 09:10,2026-03-04 09:25,q,d,Visit\n"
        "3,2026-03-04 09:15,2026-03-04 09:30,q,Dr Dow,Visit\n"
    )
    plan = await peopled.bring("appointments", text)
    assert (plan.new, reasons(plan)) == (2, [(3, "start", "Dr Dow is taken at 9:10.")])
    assert await peopled.count(select(func.count()).select_from(SeatRow)) == 12
    again = await peopled.plan("appointments", VISITS + "4,2026-03-04 09:00,2026-03-04 09:15,q,d,Visit\n")
    assert reasons(again) == [(2, "start", "Dr Dow is taken at 9:00.")]


async def test_a_place_lost_between_check_and_writing_refuses_the_whole_file(peopled):
    text = VISITS + "{}0,2026-03-04 10:00,2026-03-04 10:15,p,d,Visit\n{}1,2026-03-04 09:00,2026-03-04 09:15,p,d,Visit\n"
    first = await peopled.plan("appointments", text.format("a", "a"))
    second = await peopled.plan("appointments", text.format("b", "b"))
    await peopled.importing.apply(peopled.act(), first)
    with pytest.raises(Exception, match="nothing was imported"):
        await peopled.importing.apply(peopled.act(), second)
    assert await peopled.count(select(func.count()).select_from(AppointmentRow)) == 2


async def test_who_lacks_the_right_imports_nothing(peopled):
    nobody = Actor(kind=ActorKind.STAFF, id=peopled.manager.id, name="new")
    act = Act(who=nobody, at=NOW, op_id=str(uuid4()))
    for kind in ("patients", "providers", "appointments"):
        with pytest.raises(NotAllowed):
            await peopled.importing.plan(act, kind, b"")


async def test_the_demo_exported_into_an_empty_clinic_gives_the_same_agenda_every_day(sqlite_template, tmp_path):
    source = tmp_path / "demo.db"
    source.write_bytes(sqlite_template.read_bytes())
    demo = Database(f"sqlite:///{source}")
    make_demo(demo, NOW, 1, DEMO_RULES)
    demo_clinic = await demo.write(load_clinic)
    exporting = Exporting(demo, demo_clinic)
    patients, visits = await exporting.patients(), await exporting.appointments()
    empty = Clinic(f"sqlite:///{copied(sqlite_template, tmp_path)}", zone="America/Los_Angeles")
    await empty.bring("providers", visits)
    assert counts(await empty.bring("patients", patients)) == (200, 200, 0, 0, 0)
    plan = await empty.bring("appointments", visits)
    assert (plan.known, plan.rejected) == (0, ())
    there = Scheduling(demo, demo_clinic)
    for offset in range(-15, 16):
        day = TODAY + timedelta(days=offset)
        assert await agenda(empty.scheduling, day) == await agenda(there, day)
    seats = select(func.count()).select_from(SeatRow).join(AppointmentRow).where(AppointmentRow.day >= TODAY)
    there_seats = await demo.write(lambda session: session.execute(seats).scalar())
    assert await empty.count(seats) == there_seats
    await empty.database.close()
    await demo.close()


def copied(template, folder):
    path = folder / "empty.db"
    path.write_bytes(template.read_bytes())
    return path


async def agenda(scheduling, day):
    schedule = await scheduling.day(day)
    return sorted(
        (
            a.number, a.start, a.minutes, a.provider, a.patient.name, a.patient.record_number, a.patient.public_id,
            a.purpose, a.status, a.online, a.note, a.cancel_reason,
        )
        for column in schedule.columns
        for a in column.appointments
    )  # fmt: skip


async def test_an_imported_provider_can_be_given_hours_afterwards(peopled):
    setup = ClinicSetup(peopled.database, peopled.clinic)
    [provider] = await setup.providers()
    saved = await setup.save_provider(peopled.act(), provider.id, ProviderDraft(name=provider.name, governor=2))
    assert saved.governor == 2
