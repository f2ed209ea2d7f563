"""`ctfront do`: one line of the command grammar."""

import click

from ctfront.cli import Asked
from ctfront.cli.agenda import day_of
from ctfront.cli.opening import opened
from ctfront.domain.text import safe
from ctfront.services.command_whom import AtHand
from ctfront.services.day_sheets import DaySheets
from ctfront.services.desk_command import DeskCommand
from ctfront.services.waitlist import Waitlist

ANY_WIDTH = 1000
"""Characters of a sentence that no message line has to hold."""


@click.command("do")
@click.argument("line")
@click.option("--date", "day_text", default="t", metavar="DATE", help="The day at hand; else today.")
@click.option("--in", "place", type=click.Choice(["access"]), help="As on that screen: rm, rp and re want access.")
@click.pass_obj
def command(asked: Asked, line: str, day_text: str, place: str | None) -> None:
    """Do one line of the command grammar and print the sentence that a clerk would see."""
    with opened(asked) as desk:
        sheets = DaySheets(desk.scheduling, desk.patients, desk.paper)
        waitlist = Waitlist(desk.database, desk.scheduling)
        doing = DeskCommand(desk.scheduling, desk.patients, desk.inviting, sheets, waitlist)
        at_hand = AtHand(day=day_of(day_text, desk), now=desk.wall_now, in_access=place == "access")
        read = desk.run(doing.read(line, at_hand))
        said = desk.run(doing.do(desk.act, read, at_hand))
        sentence = said.sentence
        if said.left:
            sentence, _ = desk.run(waitlist.told(sentence, said.left, now=desk.wall_now, room=ANY_WIDTH))
        click.echo(safe(sentence))
