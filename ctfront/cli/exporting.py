"""`ctfront export`: CSV that `ctfront import` takes."""

from pathlib import Path

import click

from ctfront.cli import Asked
from ctfront.cli.opening import opened
from ctfront.domain.text import safe
from ctfront.services.exporting import Exporting
from ctfront.services.whole_files import write_whole


@click.command("export")
@click.argument("kind", type=click.Choice(["appointments", "patients"]))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file; else to standard output.")
@click.pass_obj
def command(asked: Asked, kind: str, output: Path | None) -> None:
    """Export appointments or patients as CSV."""
    with opened(asked) as desk:
        exporting = Exporting(desk.database, desk.clinic)
        text = desk.run(exporting.appointments() if kind == "appointments" else exporting.patients())
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
        click.echo(f"Wrote {safe(str(output))}.")
