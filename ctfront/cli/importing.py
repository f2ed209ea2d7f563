"""`ctfront import`: a dry run unless told to apply."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import click

from ctfront.cli import Asked
from ctfront.cli.opening import opened
from ctfront.domain.csv_fields import folded, guarded
from ctfront.domain.errors import ClinicError, InputRefused
from ctfront.domain.text import safe
from ctfront.services.import_plan import ImportOptions, ImportPlan, Rejected
from ctfront.services.importing import PLANS, Importing
from ctfront.services.whole_files import write_whole

SHOWN_REJECTS = 20
"""Rejected rows named on the screen; the rejects file has all."""


@click.command("import")
@click.argument("kind", type=click.Choice(list(PLANS)))
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Where a field is, if not recognised.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write every rejected row to this CSV file.")
@click.option("--class", "classes", multiple=True, metavar="CLASS", help="Take only these encounter classes.")
@click.option("--shift", type=click.IntRange(-100_000, 100_000), default=0, metavar="DAYS", help="Move in time.")
@click.option("--system", default="import", show_default=True, metavar="NAME", help="Whose identifiers these are.")
@click.option("--apply", is_flag=True, help="Write it; without this nothing is changed.")
@click.pass_obj
def command(
    asked: Asked,
    kind: str,
    file: Path,
    mapped: Sequence[str],
    rejects: Path | None,
    classes: Sequence[str],
    shift: int,
    system: str,
    apply: bool,
) -> None:
    """Import patients, providers or appointments from a CSV file; a dry run unless --apply."""
    options = ImportOptions(
        system=read_system(system), classes=frozenset(folded(name) for name in classes), shift_days=shift
    )
    data = read_file(file)
    with opened(asked) as desk:
        importing, act = Importing(desk.database, desk.clinic), desk.act()
        plan = desk.run(importing.plan(act, kind, data, mapped=read_map(mapped), options=options))
        show(plan, all_of_them=rejects is None and len(plan.rejected) <= SHOWN_REJECTS)
        if rejects is not None:
            write_whole(rejects, rejects_csv(plan.rejected))
        if not apply:
            click.echo("Dry run: nothing was changed. --apply writes it.")
            return
        with click.progressbar(length=plan.new, label=f"Importing {kind}") as bar:
            desk.run(importing.apply(act, plan, progress=bar.update))
        click.echo(f"Imported {plan.new:,} {kind}.")


def read_file(file: Path) -> bytes:
    """Return the file's bytes. Raises `ClinicError`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise ClinicError(f"{file} cannot be read: {error.strerror}.") from None


def read_map(mapped: Sequence[str]) -> dict[str, str]:
    """Read `field=COLUMN` options. Raises `InputRefused`."""
    pairs = [text.partition("=") for text in mapped]
    for field, equals, column in pairs:
        if not (field.strip() and equals and column.strip()):
            raise InputRefused("--map wants FIELD=COLUMN, as --map last_name=Surname.", field="map")
    return {field.strip(): column.strip() for field, _, column in pairs}


def read_system(name: str) -> str:
    """Return the other system's name. Raises `InputRefused`."""
    if not name.isidentifier() or len(name) > 40:
        raise InputRefused("--system wants one word of letters and digits, at most 40.", field="system")
    return name


def show(plan: ImportPlan, *, all_of_them: bool) -> None:
    """Print the summary, and the rejected rows by line, column and reason."""
    click.echo(f"{plan.rows:,} rows: {plan.new:,} new, {plan.known:,} known already, {len(plan.rejected):,} rejected.")
    if plan.left_out:
        click.echo(f"{plan.left_out:,} rows are of another class and left out.")
    for remark in plan.remarks:
        click.echo(f"{remark}.")
    shown = plan.rejected if all_of_them else plan.rejected[:SHOWN_REJECTS]
    for rejected in shown:
        click.echo(f"line {rejected.line}, {safe(rejected.column)}: {safe(rejected.reason)}")
    if len(shown) < len(plan.rejected):
        click.echo(f"… and {len(plan.rejected) - len(shown):,} more; --rejects FILE.csv names them all.")


def rejects_csv(rejected: Sequence[Rejected]) -> str:
    """Return the rejected rows as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("line", "column", "reason"))
    writer.writerows((one.line, guarded(one.column), guarded(one.reason)) for one in rejected)
    return text.getvalue()
