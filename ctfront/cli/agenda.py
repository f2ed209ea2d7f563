"""`ctfront agenda`: a day, for scripts, printers and screen readers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from ctfront.cli import Asked
from ctfront.cli.opening import Desk, opened
from ctfront.cli.tables import aligned, as_objects
from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.day_sheet import WIDTHS
from ctfront.domain.errors import Ambiguous, NotFound
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.patients import PatientName
from ctfront.domain.schedule import DaySchedule
from ctfront.domain.text import brief, safe
from ctfront.domain.times import show_date, show_time


@click.command("agenda")
@click.option("--date", "day_text", default="t", metavar="DATE", help="As at the desk: t, +7, fri, 14/12, 2026-03-02.")
@click.option("--provider", metavar="NAME", help="One provider, by any part of the name.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, stable for scripts.")
@click.option("--sheet", is_flag=True, help="The day sheet: a page per provider, with room to write on.")
@click.option("--width", type=click.Choice([str(width) for width in WIDTHS]), help="Columns of the sheet; else 80.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Keep the sheet in a folder instead.")
@click.pass_obj
def command(
    asked: Asked, day_text: str, provider: str | None, as_json: bool, sheet: bool, width: str | None, into: Path | None
) -> None:
    """Print a day."""
    if not sheet and (width or into):
        raise click.UsageError("--width and --into go with --sheet.")
    if sheet and as_json:
        raise click.UsageError("--sheet is for paper, --json for scripts; take one.")
    if into and provider:
        raise click.UsageError("--into keeps the sheet of everybody; leave out --provider.")
    with opened(asked) as desk:
        day = day_of(day_text, desk)
        if sheet:
            _print_sheet(desk, day, provider_id_of(desk, provider), int(width or WIDTHS[0]), into)
            return
        schedule = desk.run(desk.scheduling.day(day))
        found = in_day_order(schedule, provider_id_of(desk, provider))
        if as_json:
            click.echo(as_objects(agenda_fields(a) for a in found))
        else:
            click.echo(f"{show_date(day)}   {safe(desk.clinic.name)}")
            click.echo("\n".join(aligned(_cells(a, sites=desk.clinic.sites) for a in found)) or "No appointments.")


def _print_sheet(desk: Desk, day: date, provider_id: int | None, width: int, into: Path | None) -> None:
    from ctfront.services.day_sheets import DaySheets, keep

    sheets = DaySheets(desk.scheduling, desk.patients)
    text = desk.run(sheets.sheet(day, now=desk.wall_now, provider_id=provider_id, width=width))
    if into is None:
        click.echo(text, nl=False)
    else:
        click.echo(f"Saved {safe(str(desk.run(keep(into, day, text))))}.")


def provider_id_of(desk: Desk, name: str | None) -> int | None:
    """Return the provider that the name means. Raises `NotFound` or `Ambiguous`."""
    if name is None:
        return None
    providers = desk.run(desk.setup.providers())
    fitting = [p for p in providers if p.name.casefold() == name.strip().casefold()] or [
        p for p in providers if name.strip().casefold() in p.name.casefold()
    ]
    if not fitting:
        raise NotFound(f"No provider is called “{brief(name)}”.")
    if len(fitting) > 1:
        raise Ambiguous(f"“{brief(name)}” may be {' or '.join(p.name for p in fitting)}; say which.", fitting)
    return fitting[0].id


def in_day_order(schedule: DaySchedule, provider_id: int | None = None) -> list[Appointment]:
    """Return a day's appointments by start, then as the columns stand."""
    found = [
        appointment
        for column in schedule.columns
        if provider_id in {None, column.provider.id}
        for appointment in column.appointments
    ]
    return sorted(found, key=lambda a: a.start)


def agenda_fields(a: Appointment) -> dict[str, object]:
    """Return what `--json` promises of an appointment."""
    end = datetime.combine(a.day, a.start) + timedelta(minutes=a.minutes)
    return {
        "number": a.number,
        "id": a.id,
        "start": datetime.combine(a.day, a.start).isoformat(),
        "end": end.isoformat(),
        "provider": a.provider,
        "patient": patient_fields(a.patient),
        "purpose": a.purpose,
        "status": a.status.value,
        "created_by": a.created_by,
        "created_at": a.created_at.isoformat(),
        "online": a.online,
        "site": a.site,
        "note": a.note,
        "cancel_reason": a.cancel_reason,
    }


def patient_fields(patient: PatientName) -> dict[str, object]:
    """Return what every `--json` answer says of a patient."""
    return {
        "name": patient.name,
        "birth_date": patient.birth_date.isoformat(),
        "record": patient.record_number,
        "public_id": patient.public_id,
    }


def _cells(a: Appointment, *, sites: int) -> Iterable[str]:
    yield f"{a.number}."
    yield f"{show_time(a.start)}–{show_time(a.end)}"
    yield safe(a.provider)
    if sites > 1:
        yield safe(a.site)
    yield a.patient.name
    yield safe(a.purpose)
    yield a.status.word + (" online" if a.online else "")
    yield safe(a.cancel_reason if a.status in {Status.CANCELLED, Status.RESCHEDULED} else a.note)


def day_of(text: str, desk: Desk) -> date:
    """Read a date as the desk would."""
    return read_date(text, today=desk.today, at_hand=desk.today, order=desk.clinic.date_order)
