"""`ctfront find`: patients, as the search box finds them."""

import sys

import click

from ctfront.cli import Asked
from ctfront.cli.agenda import patient_fields
from ctfront.cli.opening import opened
from ctfront.cli.tables import aligned, as_objects
from ctfront.domain.errors import NotFound
from ctfront.domain.invitations import Standing
from ctfront.domain.patients import Channel, Patient
from ctfront.domain.text import brief, safe
from ctfront.domain.times import age_on, show_day


@click.command("find")
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, stable for scripts.")
@click.pass_obj
def command(asked: Asked, query: str, as_json: bool) -> None:
    """Find patients: smi,jo · joan smith · 14/2/84 · 4432 (phone tail) · #10432."""
    with opened(asked) as desk:
        found = desk.run(desk.patients.find(query, today=desk.today))
        patients = [desk.run(desk.patients.patient(name.id)) for name in found.rows]
        if as_json:
            access = desk.run(desk.inviting.access([p.id for p in patients], now=desk.clock()))
            click.echo(as_objects(find_fields(p, access[p.id].standing) for p in patients))
        elif not patients:
            raise NotFound(f"Nobody is found by “{brief(query)}”.")
        else:
            if found.near_miss:
                click.echo("Nobody exactly; these come near:", file=sys.stderr)
            today = desk.today
            rows = (
                (
                    p.name,
                    f"b {show_day(p.birth_date)} ({age_on(p.birth_date, today)})",
                    f"#{safe(p.record_number)}",
                    safe(p.phone),
                    f"consent {p.consent_word}",
                    "" if p.active else "inactive",
                )
                for p in patients
            )
            click.echo("\n".join(aligned(rows)))


def find_fields(patient: Patient, standing: Standing) -> dict[str, object]:
    """Return what `--json` promises of a patient who was found."""
    return {
        **patient_fields(patient),
        "phone": patient.phone,
        "email": patient.email or "",
        "consent": {channel.value: patient.consents_to(channel) for channel in Channel},
        "active": patient.active,
        "online": standing.state.value if standing.state is not None else "not_invited",
        "stale": standing.stale,
    }
