"""`ctfront do`: one line of the command grammar."""

import click

from ctfront.cli import Asked
from ctfront.cli.agenda import day_of
from ctfront.cli.opening import opened


@click.command("do")
@click.argument("line")
@click.option("--date", "day_text", default="t", metavar="DATE", help="The day at hand; else today.")
@click.pass_obj
def command(asked: Asked, line: str, day_text: str) -> None:
    """Do one line of the command grammar and print the sentence that a clerk would see."""
    from ctfront.services.desk_command import DeskCommand

    with opened(asked) as desk:
        doing = DeskCommand(desk.scheduling, desk.patients)
        said = desk.run(doing.do(desk.act(), line, day=day_of(day_text, desk), now=desk.wall_now))
        click.echo(said.sentence)
