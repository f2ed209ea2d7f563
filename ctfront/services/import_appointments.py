"""Importing appointments: history as it was, future rows on the grid and on free places."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data import clinic as clinics
from ctfront.data import seats
from ctfront.data.database import Database
from ctfront.data.folding import fold
from ctfront.data.models import (
    AppointmentRow,
    PatientIdentifierRow,
    PatientRow,
    ProviderIdentifierRow,
    SeatRow,
)
from ctfront.domain.appointments import LIVE, Asker, Origin, Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.csv_fields import (
    APPOINTMENT_FIELDS,
    CsvRow,
    CsvTable,
    checked_cell,
    folded,
    read_clock,
    read_moment,
    read_number,
    read_table,
    read_yes,
)
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.times import split_turn
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import brief, clean_line
from ctfront.domain.times import STEP, show_time, utc_instant, wall_clock
from ctfront.services.import_plan import ImportOptions, ImportPlan, Rejections, digest
from ctfront.services.placing import caps_of

DAY_MINUTES = 24 * 60
NOTE_LIMIT = 2000
UNNAMED_PURPOSE = "Imported visit"
AHEAD = frozenset({Status.REQUESTED, Status.SCHEDULED, Status.CONFIRMED, Status.CANCELLED, Status.RESCHEDULED})
"""What an appointment of a day to come can be."""
OTHER_WORDS = {"completed": Status.DONE, "noshow": Status.NO_SHOW, "canceled": Status.CANCELLED}
"""What other programs call a status."""


@dataclass(frozen=True, kw_only=True)
class StagedAppointment:
    """An appointment ready to be written."""

    key: str
    number: int | None
    provider: Provider
    patient_id: int
    purpose: str
    day: date
    start: time
    minutes: int
    starts_at: datetime
    status: Status
    origin: Origin
    note: str
    cancel_reason: str
    asked_by: str
    overbooked: bool
    replaces: str | None
    seated: bool
    """Whether it takes seats: it is live, and its day is not over."""


@dataclass(frozen=True, kw_only=True)
class AppointmentPlan(ImportPlan):
    """Appointments staged and checked."""

    staged: tuple[StagedAppointment, ...] = ()


@dataclass
class Standing:
    """What the clinic holds already, and what was staged so far."""

    keys: set[str]
    patients: Mapping[str, tuple[int, bool]]
    """By identifier, record number or public id: the patient's id, and whether active."""
    providers: Mapping[str, Provider]
    """By identifier or folded name."""
    purposes: Mapping[str, VisitPurpose]
    """By folded name."""
    taken: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    """Seats by kind, resource and slot."""


async def plan_appointments(
    database: Database, clinic: Clinic, act: Act, data: bytes, mapped: dict[str, str], options: ImportOptions
) -> AppointmentPlan:
    """Stage the appointments of a file. Raises `NotAllowed`, or `InputRefused` for what is no such file."""
    act.who.require(Right.BOOK)
    table = read_table(data, APPOINTMENT_FIELDS, mapped)
    for name in ("patient", "provider"):
        if name not in table.columns:
            raise InputRefused(f"Appointments need a {name}; name its column with --map {name}=COLUMN.", field="map")
    if not {"start", "date"} & table.columns.keys():
        raise InputRefused("Appointments need a start; name its column with --map start=COLUMN.", field="map")
    async with database.reading() as session:
        standing = await _standing(session, clinic, act, options.system)
    rejections, staged, known, left_out = Rejections(table), list[StagedAppointment](), 0, 0
    staging = Staging(clinic, act, table, options, standing)
    for row in table.rows:
        if options.classes and folded(row["class"]) not in options.classes:
            left_out += 1
            continue
        try:
            one = staging.stage(row)
        except InputRefused as refusal:
            rejections.add(row.line, refusal)
            continue
        known += one is None
        staged += [one] if one else []
    today = wall_clock(act.at, clinic.zone).date()
    past = sum(one.day < today for one in staged)
    return AppointmentPlan(
        kind="appointments",
        rows=len(table.rows),
        new=len(staged),
        known=known,
        left_out=left_out,
        rejected=tuple(rejections.all),
        remarks=(f"{past} of them are history, {len(staged) - past} are from today on",) if staged else (),
        staged=tuple(staged),
    )


async def _standing(session: AsyncSession, clinic: Clinic, act: Act, system: str) -> Standing:
    providers = {p.id: p for p in await clinics.read_providers(session, clinic.id, active_only=False)}
    by_name = {fold(p.name): p for p in providers.values()}
    v = ProviderIdentifierRow
    for row in await session.execute(
        select(v.value, v.provider_id).where(v.clinic_id == clinic.id, v.system == system)
    ):
        by_name[row.value] = providers[row.provider_id]
    purposes = await clinics.read_purposes(session, clinic.id, active_only=False)
    now_slot = seats.slots_of(act.at - timedelta(days=2), STEP).start
    taken = await session.execute(
        select(SeatRow.kind, SeatRow.resource_id, SeatRow.slot).where(
            SeatRow.slot >= now_slot, or_(SeatRow.hold_until.is_(None), SeatRow.hold_until > act.at)
        )
    )
    a = AppointmentRow
    keys = await session.scalars(select(a.import_key).where(a.clinic_id == clinic.id, a.import_key.is_not(None)))
    return Standing(
        keys={key for key in keys if key is not None},
        patients=await _patients_by_reference(session, clinic, system),
        providers=by_name,
        purposes={fold(purpose.name): purpose for purpose in purposes},
        taken=Counter((row.kind, row.resource_id, row.slot) for row in taken),
    )


async def _patients_by_reference(session: AsyncSession, clinic: Clinic, system: str) -> dict[str, tuple[int, bool]]:
    """Return patients by record number, public id and identifier, the last being the surest."""
    p, i = PatientRow, PatientIdentifierRow
    people = (
        await session.execute(
            select(p.id, p.record_number, p.public_id, p.active).where(p.clinic_id == clinic.id, p.erased_at.is_(None))
        )
    ).all()
    active = {person.id: person.active for person in people}
    found = {person.record_number: (person.id, person.active) for person in people}
    found |= {person.public_id: (person.id, person.active) for person in people}
    query = select(i.value, i.patient_id).where(i.clinic_id == clinic.id, i.system == system)
    for row in await session.execute(query):
        if row.patient_id in active:
            found[row.value] = (row.patient_id, active[row.patient_id])
    return found


class Staging:
    """Turns rows into appointments that can be written."""

    def __init__(self, clinic: Clinic, act: Act, table: CsvTable, options: ImportOptions, standing: Standing) -> None:
        self.clinic = clinic
        self.act = act
        self.table = table
        self.options = options
        self.standing = standing
        self.today = wall_clock(act.at, clinic.zone).date()

    def stage(self, row: CsvRow) -> StagedAppointment | None:
        """Return the row as an appointment, None for one that is known. Raises `InputRefused`."""
        for name, text in row.cells.items():
            checked_cell(text, name)
        own = clean_line(row["id"], field="id", limit=150)
        given = (row[name] for name in ("patient", "provider", "start", "date", "time"))
        key = f"{self.options.system}:{own or digest(*given)}"
        if key in self.standing.keys:
            return None
        patient_id, active = self._patient(row["patient"])
        provider = self._provider(row["provider"])
        moment, turn = self._moment(row)
        wall, starts_at = self._place(moment, turn)
        day, start = wall.date(), wall.time()
        status = self._status(row["status"], day)
        one = StagedAppointment(
            key=key,
            number=read_number(row["number"], "number", most=1_000_000),
            provider=provider,
            patient_id=patient_id,
            purpose=clean_line(row["purpose"], field="purpose", limit=100) or UNNAMED_PURPOSE,
            day=day,
            start=start,
            minutes=self._minutes(row, moment),
            starts_at=starts_at,
            status=status,
            origin=self._origin(row["origin"]),
            note=clean_line(row["note"], field="note", limit=NOTE_LIMIT),
            cancel_reason=clean_line(row["cancel_reason"], field="cancel_reason"),
            asked_by=row["asked_by"] if row["asked_by"] in set(Asker) else "",
            overbooked=read_yes(row["overbooked"], "overbooked"),
            replaces=f"{self.options.system}:{row['replaces']}" if row["replaces"] else None,
            seated=status in LIVE and day >= self.today,
        )
        if one.seated:
            self._check_future(one, active)
        self.standing.keys.add(key)
        return one

    def _patient(self, reference: str) -> tuple[int, bool]:
        if not reference:
            raise InputRefused("There is no patient.", field="patient")
        if reference not in self.standing.patients:
            raise InputRefused("The clinic has no patient of that id; import the patients first.", field="patient")
        return self.standing.patients[reference]

    def _provider(self, reference: str) -> Provider:
        found = self.standing.providers.get(reference) or self.standing.providers.get(fold(reference))
        if not reference or found is None:
            raise InputRefused("The clinic has no such provider; import the providers first.", field="provider")
        return found

    def _moment(self, row: CsvRow) -> tuple[datetime, int | None]:
        """Return the start as the file has it, with or without an offset, and 0 or 1 for `first` or `second`."""
        order = self.clinic.date_order
        if row["start"]:
            start, turn = split_turn(row["start"])
            return read_moment(start, order, self.today, "start"), turn
        if not row["date"]:
            raise InputRefused("There is no start.", field="start")
        day = read_moment(f"{row['date']} 00:00", order, self.today, "date").date()
        clock, turn = split_turn(row["time"])
        return datetime.combine(day, read_clock(clock, "time")), turn

    def _place(self, moment: datetime, turn: int | None) -> tuple[datetime, datetime]:
        """Return wall clock and UTC instant, moved by the days asked for."""
        exact = moment.astimezone(UTC) if moment.tzinfo else None
        wall = (wall_clock(exact, self.clinic.zone) if exact else moment).replace(microsecond=0)
        if exact is not None and not self.options.shift_days:
            return wall, exact.replace(microsecond=0)
        try:
            wall += timedelta(days=self.options.shift_days)
            if turn is None and wall.date() < self.today:
                turn = 0  # of two past hours the file leaves open, the first does as well
            return wall, utc_instant(wall.date(), wall.time(), self.clinic.zone, fold=turn)
        except OverflowError:
            raise InputRefused("It is moved out of the calendar.", field="start") from None
        except InputRefused as refusal:
            raise InputRefused(str(refusal), field="start") from None

    def _minutes(self, row: CsvRow, moment: datetime) -> int:
        """Return the length in whole minutes, begun ones counted."""
        if minutes := read_number(row["minutes"], "minutes", most=DAY_MINUTES):
            return minutes
        if not row["stop"]:
            raise InputRefused("There is neither an end nor a length.", field="stop")
        stop = read_moment(row["stop"], self.clinic.date_order, self.today, "stop")
        if (stop.tzinfo is None) != (moment.tzinfo is None):
            raise InputRefused("Start and end must both have an offset, or neither.", field="stop")
        seconds = (stop - moment).total_seconds()
        if seconds <= 0:
            raise InputRefused("It ends before it starts.", field="stop")
        if seconds > DAY_MINUTES * 60:
            raise InputRefused(f"It lasts {seconds / 3600:.1f} hours; up to 24 are taken.", field="stop")
        return -int(-seconds // 60)

    def _status(self, word: str, day: date) -> Status:
        if not word:
            return Status.DONE if day < self.today else Status.SCHEDULED
        known = {folded(status.value): status for status in Status if status is not Status.DELETED} | OTHER_WORDS
        status = known.get(folded(word))
        if status is None:
            raise InputRefused(f"“{brief(word)}” is no status.", field="status")
        if day > self.today and status not in AHEAD:
            raise InputRefused(f"It is to come and cannot be {status.word.lower()}.", field="status")
        return status

    def _origin(self, word: str) -> Origin:
        return Origin(word) if word in set(Origin) else Origin.IMPORT

    def _check_future(self, one: StagedAppointment, active: bool) -> None:
        """Refuse what the schedule would not take, and count the seats of what it takes."""
        minute = one.start.hour * 60 + one.start.minute
        if one.start.second or minute % STEP:
            raise InputRefused(f"{one.start:%H:%M:%S} is not on the grid of {STEP} minutes.", field="start")
        if one.minutes % STEP or one.minutes > 12 * 60 or minute + one.minutes > DAY_MINUTES:
            raise InputRefused("It lasts 5 minutes to 12 hours, in steps of 5, and ends on its day.", field="stop")
        if not active:
            raise InputRefused("The patient is inactive.", field="patient")
        if not one.provider.active:
            raise InputRefused(f"{one.provider.name} is not active any more.", field="provider")
        purpose = self.standing.purposes.get(fold(one.purpose))
        if purpose is not None and purpose.id not in one.provider.purpose_ids:
            raise InputRefused(f"{one.provider.name} does not offer {purpose.name}.", field="purpose")
        slots = seats.slots_of(one.starts_at, one.minutes)
        over = one.overbooked and Right.OVERBOOK in self.act.who.rights
        taken = self.standing.taken
        if any(taken[seats.PATIENT, one.patient_id, slot] for slot in slots):
            raise InputRefused("The patient has another appointment then.", field="patient")
        caps = zip(slots, caps_of(one.provider, one.day, minute, slots), strict=True)
        if not over and any(taken[seats.PROVIDER, one.provider.id, slot] >= cap for slot, cap in caps):
            raise InputRefused(f"{one.provider.name} is taken at {show_time(one.start)}.", field="start")
        for slot in slots:
            taken[seats.PATIENT, one.patient_id, slot] += 1
            taken[seats.PROVIDER, one.provider.id, slot] += 1
