"""Importing patients and providers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import ledger
from ctfront.data import patients as rows
from ctfront.data.database import Database
from ctfront.data.folding import fold
from ctfront.data.models import PatientIdentifierRow, PatientRow, ProviderIdentifierRow, ProviderRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.csv_fields import (
    PATIENT_FIELDS,
    PROVIDER_FIELDS,
    CsvRow,
    CsvTable,
    checked_cell,
    folded,
    read_day,
    read_sex,
    read_table,
    read_yes,
)
from ctfront.domain.errors import InputRefused
from ctfront.domain.patients import Channel, ConsentHow, PatientDraft, Phone
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line
from ctfront.domain.times import show_day, wall_clock
from ctfront.services.import_plan import ImportOptions, ImportPlan, Progress, Rejections, digest, importing
from ctfront.services.patients import checked, next_record

IDENTIFIER_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class StagedPatient:
    """A patient ready to be written."""

    draft: PatientDraft
    public_id: str | None


@dataclass(frozen=True, kw_only=True)
class PatientPlan(ImportPlan):
    """Patients staged and checked."""

    staged: tuple[StagedPatient, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProviderPlan(ImportPlan):
    """Providers staged and checked."""

    names: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    """(identifier, name) of each one not known yet."""
    system: str = ""


@dataclass
class _Known:
    """Who is in the clinic already, and who was staged so far."""

    identifiers: set[str]
    records: set[str]
    people: dict[tuple[str, str, date], str]
    public_ids: set[str]


async def plan_patients(
    database: Database, clinic: Clinic, act: Act, data: bytes, mapped: dict[str, str], options: ImportOptions
) -> PatientPlan:
    """Stage the patients of a file. Raises `NotAllowed`, or `InputRefused` for what is no such file."""
    act.who.require(Right.EDIT_PATIENT)
    table = read_table(data, PATIENT_FIELDS, mapped)
    if not ({"last_name", "name"} & table.columns.keys()) or "birth_date" not in table.columns:
        raise InputRefused("Patients need a last name and a birth date; name the columns with --map.", field="map")
    async with database.reading() as session:
        known = await _known_patients(session, clinic, options.system)
    today = wall_clock(act.at, clinic.zone).date()
    rejections, staged, met = Rejections(table), [], 0
    for row in table.rows:
        try:
            one = _staged_patient(row, table, clinic, options, known, today)
        except InputRefused as refusal:
            rejections.add(row.line, refusal)
            continue
        met += one is None
        staged += [one] if one else []
    dead = sum(one.draft.inactive_reason.startswith("died") for one in staged)
    return PatientPlan(
        kind="patients",
        rows=len(table.rows),
        new=len(staged),
        known=met,
        rejected=tuple(rejections.all),
        remarks=(f"{dead} of them died and are kept as inactive",) if dead else (),
        staged=tuple(staged),
    )


async def _known_patients(session: AsyncSession, clinic: Clinic, system: str) -> _Known:
    p, i = PatientRow, PatientIdentifierRow
    people = (
        await session.execute(
            select(p.record_number, p.folded_last, p.folded_first, p.birth_date, p.public_id).where(
                p.clinic_id == clinic.id
            )
        )
    ).all()
    identifiers = await session.scalars(select(i.value).where(i.clinic_id == clinic.id, i.system == system))
    return _Known(
        identifiers=set(identifiers),
        records={person.record_number for person in people},
        people={(q.folded_last, q.folded_first, q.birth_date): q.record_number for q in people},
        public_ids={person.public_id for person in people},
    )


def _staged_patient(
    row: CsvRow, table: CsvTable, clinic: Clinic, options: ImportOptions, known: _Known, today: date
) -> StagedPatient | None:
    """Return the row as a patient, None for one that is known by identifier. Raises `InputRefused`."""
    for field, text in row.cells.items():
        checked_cell(text, field)
    draft = checked(_read_patient(row, clinic, today), today=today)
    person = (fold(draft.last_name), fold(draft.first_name), draft.birth_date)
    own = clean_line(row["id"], field="id", limit=IDENTIFIER_LIMIT)
    identifier = own or digest(*person[:2], draft.birth_date.isoformat())
    if identifier in known.identifiers or own in known.public_ids:
        return None
    if draft.record_number and draft.record_number in known.records:
        raise InputRefused(f"Record number {draft.record_number} is given already.", field="record_number")
    if person in known.people:
        raise InputRefused(
            f"Record #{known.people[person]} has this name and birth date; if it is another person, add them by hand.",
            field="last_name",
        )
    known.identifiers.add(identifier)
    known.people[person] = draft.record_number or "of the same file"
    if draft.record_number:
        known.records.add(draft.record_number)
    public_id = own if folded(table.column("id")) == "publicid" and _is_uuid(own) else None
    return StagedPatient(draft=replace(draft, identifiers=((options.system, identifier),)), public_id=public_id)


def _read_patient(row: CsvRow, clinic: Clinic, today: date) -> PatientDraft:
    last, first = row["last_name"], row["first_name"]
    if not last and row["name"]:
        last, first = _split_name(row["name"])
    if not row["birth_date"]:
        raise InputRefused("There is no birth date.", field="birth_date")
    born = read_day(row["birth_date"], clinic.date_order, today, "birth_date")
    died = read_day(row["died"], clinic.date_order, today, "died") if row["died"] else None
    phones = tuple(Phone(kind=kind, number=row[kind]) for kind in ("mobile", "home", "work") if row[kind])
    consent = {
        channel
        for channel, field in ((Channel.EMAIL, "consent_email"), (Channel.TEXT, "consent_text"))
        if read_yes(row[field], field)
    }
    active = died is None and read_yes(row["active"], "active", default=True)
    reason = f"died {show_day(died)}" if died else row["inactive_reason"]
    return PatientDraft(
        last_name=last,
        first_name=first,
        birth_date=born,
        sex=read_sex(row["sex"]),
        phones=phones,
        email=row["email"] or None,
        note=row["note"],
        record_number=row["record_number"] or None,
        former_names=tuple(name for name in (n.strip() for n in row["former_names"].split(";")) if name),
        consent=frozenset(consent),
        consent_how=ConsentHow.IMPORT,
        active=active,
        inactive_reason="" if active else clean_line(reason, field="inactive_reason"),
    )


def _split_name(name: str) -> tuple[str, str]:
    """Split `RUIZ, Ana` and `Ana Ruiz`."""
    last, comma, first = name.partition(",")
    if comma:
        return last.strip(), first.strip()
    first, _, last = name.rpartition(" ")
    return last.strip(), first.strip()


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def write_patients(session: Session, clinic: Clinic, act: Act, plan: PatientPlan, progress: Progress) -> None:
    """Write the staged patients in the caller's transaction."""
    if ledger.repeated(session, act):
        return
    act = importing(act)
    given_first = sorted(plan.staged, key=lambda one: one.draft.record_number is None)
    for number, one in enumerate(given_first):
        record = one.draft.record_number or next_record(session, clinic)
        public_id = one.public_id or str(uuid5(UUID(act.op_id), str(number)))
        rows.add(session, clinic.id, act, one.draft, record=record, public_id=public_id)
        progress(1)
    _record(session, clinic, act, plan)


# -- providers


async def plan_providers(
    database: Database, clinic: Clinic, act: Act, data: bytes, mapped: dict[str, str], options: ImportOptions
) -> ProviderPlan:
    """Stage the providers of a file; rows of one name are one provider. Raises `NotAllowed` or `InputRefused`."""
    act.who.require(Right.SET_UP)
    table = read_table(data, PROVIDER_FIELDS, mapped)
    if "name" not in table.columns:
        raise InputRefused("Providers need a name; name its column with --map name=COLUMN.", field="map")
    async with database.reading() as session:
        providers = await clinics.read_providers(session, clinic.id, active_only=False)
        i = ProviderIdentifierRow
        query = select(i.value).where(i.clinic_id == clinic.id, i.system == options.system)
        identifiers = set(await session.scalars(query))
    names = {fold(provider.name) for provider in providers}
    # a file of appointments names providers, too, but its id column is the appointment's
    of_providers = folded(table.column("name")) not in {"provider", "providername"} or (
        folded(table.column("id")) in {"providerid", "npi"}
    )
    rejections, new, joined, met = Rejections(table), list[str](), list[tuple[str, str]](), 0
    for row in table.rows:
        try:
            name, own = _read_provider(row)
        except InputRefused as refusal:
            rejections.add(row.line, refusal)
            continue
        met += fold(name) in names
        if fold(name) not in names:
            names.add(fold(name))
            new.append(name)
        if of_providers and own and own not in identifiers:
            identifiers.add(own)
            joined.append((own, name))
    return ProviderPlan(
        kind="providers",
        rows=len(table.rows),
        new=len(new),
        known=met,
        rejected=tuple(rejections.all),
        remarks=(f"{len(joined)} identifiers are kept",) if joined else (),
        names=tuple(new),
        identifiers=tuple(joined),
        system=options.system,
    )


def _read_provider(row: CsvRow) -> tuple[str, str]:
    name = clean_line(row["name"], field="name", limit=100)
    if not fold(name):
        raise InputRefused("A provider has a name.", field="name")
    return name, clean_line(row["id"], field="id", limit=IDENTIFIER_LIMIT)


def write_providers(session: Session, clinic: Clinic, act: Act, plan: ProviderPlan, progress: Progress) -> None:
    """Write the staged providers in the caller's transaction; their hours are set in Set-up."""
    if ledger.repeated(session, act):
        return
    act = importing(act)
    known = clinics.load_providers(session, clinic.id, active_only=False)
    ids = {fold(provider.name): provider.id for provider in known}
    for position, name in enumerate(plan.names, start=len(known)):
        values = {"clinic_id": clinic.id, "name": name, "governor": 1, "position": position, "active": True}
        made = session.execute(insert(ProviderRow).values(**values, version=1).returning(ProviderRow.id))
        ids[fold(name)] = made.scalar_one()
        progress(1)
    owners: Sequence[dict[str, object]] = [
        {"clinic_id": clinic.id, "provider_id": ids[fold(name)], "system": plan.system, "value": value}
        for value, name in plan.identifiers
    ]
    if owners:
        session.execute(insert(ProviderIdentifierRow), owners)
    _record(session, clinic, act, plan)


def _record(session: Session, clinic: Clinic, act: Act, plan: ImportPlan) -> None:
    ledger.record(
        session,
        clinic.id,
        act,
        kind=f"import_{plan.kind}",
        subject_kind="import",
        subject_id=None,
        sentence=f"Imported {plan.new} {plan.kind}.",
        after={"rows": plan.rows, "new": plan.new, "known": plan.known, "rejected": len(plan.rejected)},
    )
