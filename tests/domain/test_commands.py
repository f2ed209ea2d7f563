"""The lines behind `:`: what each documented one means, and where one that cannot be read stops making sense."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.commands import AtTime, ByName, Command, DayNumbers, Names, Verb, read_command
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.openings import PartOfDay

TODAY = date(2026, 3, 2)
NAMES = Names(
    ("Dr Alvarez", "Dr Chen", "Osei LMT"),
    (("Adjustment", "Adj"), ("New Patient Exam", "NPE"), ("Re-exam", "Rex"), ("Massage", "Mas")),
)


def read(line: str) -> Command:
    return read_command(line, today=TODAY, order=DateOrder.MONTH_FIRST, names=NAMES)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("go next tue", Command(verb=Verb.GO, date_text="next tue")),
        ("mv 6 +1w", Command(verb=Verb.MOVE, whom=DayNumbers(6, 6), date_text="+1w")),
        ("mv 6 14", Command(verb=Verb.MOVE, whom=DayNumbers(6, 6), date_text="14")),
        ("mv 6 14:00", Command(verb=Verb.MOVE, whom=DayNumbers(6, 6), start=time(14))),
        ("ci ruiz", Command(verb=Verb.CHECKED_IN, whom=ByName("ruiz"))),
        ("ns 4-7", Command(verb=Verb.NO_SHOW, whom=DayNumbers(4, 7))),
        ("ca .130", Command(verb=Verb.CANCEL, whom=DayNumbers(130, 130))),
        ("ar 830", Command(verb=Verb.ARRIVED, whom=AtTime(time(8, 30)))),
        ("mv 830 chen +1w", Command(verb=Verb.MOVE, whom=AtTime(time(8, 30), "Dr Chen"), date_text="+1w")),
        (
            "bk smi,jo tue 930 chen adj",
            Command(
                verb=Verb.BOOK,
                whom=ByName("smi,jo"),
                date_text="tue",
                start=time(9, 30),
                providers=("Dr Chen",),
                purpose="Adjustment",
            ),
        ),
        (
            "fo adj chen mornings 2w",
            Command(
                verb=Verb.OPENINGS,
                purpose="Adjustment",
                providers=("Dr Chen",),
                part=PartOfDay.MORNINGS,
                date_text="2w",
            ),
        ),
        ("fo mas osei, alvarez", Command(verb=Verb.OPENINGS, purpose="Massage", providers=("Osei LMT", "Dr Alvarez"))),
        (
            "wi smi,jo chen",
            Command(verb=Verb.WALK_IN, whom=ByName("smi,jo"), providers=("Dr Chen",)),
        ),
        ("inv smi,jo", Command(verb=Verb.INVITE, whom=ByName("smi,jo"))),
        ("inv #10432", Command(verb=Verb.INVITE, whom=ByName("#10432"))),
        ("inv 6", Command(verb=Verb.INVITE, whom=DayNumbers(6, 6))),
        ("inv 830 chen", Command(verb=Verb.INVITE, whom=AtTime(time(8, 30), "Dr Chen"))),
        ("rm ruiz", Command(verb=Verb.REMOVE, whom=ByName("ruiz"))),
        ("rp .130", Command(verb=Verb.REPLACE, whom=DayNumbers(130, 130))),
        ("re ruiz", Command(verb=Verb.REACTIVATE, whom=ByName("ruiz"))),
        ("ds", Command(verb=Verb.DAY_SHEET)),
        ("ds next tue", Command(verb=Verb.DAY_SHEET, date_text="next tue")),
        ("un", Command(verb=Verb.UNDO)),
        ("q", Command(verb=Verb.QUIT)),
    ],
)
def test_a_line_is_read(line, command):
    assert read(line) == command


@pytest.mark.parametrize(
    ("line", "position", "words"),
    [
        ("", 0, "Type a verb"),
        ("zz 4", 0, "no verb “zz”"),
        ("ca", 2, "Whom"),
        ("go soon", 3, "no date"),
        ("mv ruiz tue dr", 12, "Which provider: Dr Alvarez, Dr Chen"),
        ("ci ruiz tomorrow", 8, "not understood here"),
        ("inv", 3, "Whom"),
        ("inv ruiz tomorrow", 9, "not understood here"),
        ("ns 7-4", 3, "runs backwards"),
        ("ar 2560", 3, "no 25:60"),
    ],
)
def test_a_line_that_cannot_be_read_says_where(line, position, words):
    with pytest.raises(CannotRead, match=words) as refused:
        read(line)
    assert refused.value.position == position


def test_a_date_counts_from_the_one_at_hand():
    command = read("mv 6 +1w")
    assert command.day(today=TODAY, at_hand=date(2026, 3, 12), order=DateOrder.MONTH_FIRST) == date(2026, 3, 19)


@given(st.text(alphabet="abcdefgmnorstuvx 0123456789,.-:+/#", max_size=30))
def test_any_line_is_read_or_refused(line):
    with suppress(CannotRead):
        assert isinstance(read(line), Command)
