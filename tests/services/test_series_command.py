"""A series behind `ctfront do`: booked when every date stands, else named and nothing done."""

from datetime import datetime, time, timedelta

import pytest

from ctfront.domain.errors import ClinicError, ScheduleRefused
from ctfront.services.command_whom import AtHand
from ctfront.services.day_sheets import DaySheets
from ctfront.services.desk_command import DeskCommand
from ctfront.services.inviting import Inviting
from ctfront.services.waitlist import Waitlist
from tests.clinics import MONDAY

AT_HAND = AtHand(day=MONDAY, now=datetime.combine(MONDAY, time(8)))
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def do(desk):
    """Do a line and return its sentence."""
    sheets = DaySheets(desk.scheduling, desk.people)
    inviting, waitlist = Inviting(desk.database, desk.clinic), Waitlist(desk.database, desk.scheduling)
    commands = DeskCommand(desk.scheduling, desk.people, inviting, sheets, waitlist)

    async def do_line(line: str) -> str:
        command = await commands.read(line, AT_HAND)
        return (await commands.do(lambda batch_id=None: desk.act(), command, AT_HAND)).sentence

    return do_line


async def live(desk) -> int:
    [who] = (await desk.people.find("bauer", today=MONDAY)).rows
    return sum(it.live for it in await desk.people.appointments_of(who.id))


async def test_a_series_is_booked_and_taken_back(desk, do):
    said = await do("bk bau tue 930 chen adj x8 2/w")
    assert said == "Booked 8 for BAUER, Tomás, Tue 3 Mar to Fri 27 Mar. u takes them back."
    assert await live(desk) == 8
    assert await do("un") == "Took back: Booked 8 for BAUER, Tomás, Tue 3 Mar to Fri 27 Mar."
    assert await live(desk) == 0


async def test_one_date_in_the_way_refuses_all_and_is_named(desk, do):
    desk.book("RUIZ", "Dr Chen", "9:30", TUESDAY + timedelta(days=7))
    with pytest.raises(ScheduleRefused) as refusal:
        await do("bk bau tue 930 chen adj x4")
    words = "Nothing is booked: 1 of 4 dates don't stand: Tue 10 Mar 9:30: taken; 9:15 is free."
    assert str(refusal.value) == words
    assert await live(desk) == 0


async def test_what_is_left_out_is_found_as_for_one_visit(desk, do):
    desk.book("BAUER", "Dr Alvarez", "8:00", purpose="Re-exam")
    said = await do("bk bau +1 x2")
    assert said == "Booked 2 for BAUER, Tomás, Tue 3 Mar to Tue 10 Mar. u takes them back."
    [later, first, _] = await desk.people.appointments_of(desk.patients["BAUER"])
    assert (first.provider, first.start, first.purpose) == ("Dr Alvarez", time(8), "Re-exam")
    assert (later.provider, later.start, later.ordinal) == ("Dr Alvarez", time(8), 2)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("bk bau tue 930 chen adj x500", "A series has 2 to 60 visits"),
        ("bk smi tue 930 chen adj x4", "fits several"),
        ("bk bau tue 930 chen massage x4", "Dr Chen does not offer it"),
        ("wi bau chen adj x4", "“x4” is not understood here"),
    ],
)
async def test_what_cannot_be_a_series_is_refused(desk, do, line, words):
    with pytest.raises(ClinicError, match=words):
        await do(line)
    assert await live(desk) == 0
