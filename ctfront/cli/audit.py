"""`ctfront audit`: the audit trail, for scripts, auditors and screen readers."""

from dataclasses import asdict
from pathlib import Path

import click

from ctfront.cli import Asked
from ctfront.cli.opening import Desk, opened
from ctfront.cli.tables import aligned, as_objects
from ctfront.domain.audit_trail import AuditEntry
from ctfront.domain.text import safe
from ctfront.domain.times import show_moment
from ctfront.services.audit_trail import AuditTrail
from ctfront.services.whole_files import write_whole


@click.command("audit")
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="A list of objects, stable for scripts.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write every entry that fits to this CSV file.")
@click.pass_obj
def command(asked: Asked, words: tuple[str, ...], as_json: bool, output: Path | None) -> None:
    """List who did what when, the newest first; WORDS narrow: who, what, whom, a record number, a date."""
    text = " ".join(words)
    with opened(asked) as desk:
        trail = AuditTrail(desk.database, desk.clinic)
        if output is not None:
            count, lines = desk.run(trail.export(desk.act(), text, today=desk.today))
            write_whole(output, lines)
            click.echo(safe(f"Wrote {count:,} entries to {output}."))
            return
        found = desk.run(trail.find(desk.actor, text, today=desk.today))
        if as_json:
            click.echo(as_objects({**asdict(it), "at": it.at.isoformat()} for it in found))
        else:
            click.echo("\n".join(aligned(_cells(it, desk) for it in found)) or "Nothing fits.")


def _cells(it: AuditEntry, desk: Desk) -> tuple[str, ...]:
    return (
        str(it.seq), show_moment(it.at, desk.clinic.tz), safe(it.who), safe(it.what), safe(it.patient), safe(it.changes)
    )  # fmt: skip
