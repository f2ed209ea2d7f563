"""Stories of bad input: one sentence beside the field, what was typed stays, and the act can still be done."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from ctfront.services.scheduling import Scheduling

SPRING = date(2026, 3, 8)
"""The clocks skip 2:00 to 3:00."""
AUTUMN = date(2026, 11, 1)
"""The clocks show 1:00 to 2:00 twice."""
SATURDAY_NIGHT = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)


def at(end, patient: str) -> list[tuple[str, int, str]]:
    """Day, minute and status of a patient's appointments."""
    return [(r["day"], r["minute"], r["status"]) for r in end.rows if r["patient"] == patient]


def night(day: date):
    """An appointment of the small hours, so that the day has a column to walk."""

    def scene(clinic):
        clinic.book("RUIZ", "Dr Alvarez", "3:30", day, override=True)

    return scene


# -- names and notes


async def test_an_awkward_name_is_added_and_found(both_ways):
    end = await both_ways('n "O\'NEIL-[/x]ŁUKASZ" enter Zoë enter 1/2/90 enter f9 esc f2 / oneil')
    assert "2 O'NEIL-[/X]ŁUKASZ, Z…" in end.screen


async def test_a_note_longer_than_its_field_says_so_and_keeps_what_fits(both_ways):
    end = await both_ways(f"b bau enter shift+tab shift+tab paste={'x' * 1999} paste={'y' * 5000} yy")
    assert "2,000 characters fit" in end.screen
    end = await both_ways(f"b bau enter shift+tab shift+tab paste={'x' * 1999} paste={'y' * 5000} yy f9")
    assert [r["note"] for r in end.rows] == [f"{'x' * 1999}y"]


async def test_a_superscript_digit_is_text(both_ways):
    end = await both_ways("/ rui ²")
    assert "rui²" in end.screen


async def test_a_command_line_that_is_too_long_says_so(both_ways):
    end = await both_ways(f": bk space paste={'x' * 5000}")
    assert "200 characters fit" in end.screen
    assert end.rows == []


# -- dates and times


async def test_a_date_that_does_not_exist_stays_in_its_field(both_ways):
    end = await both_ways("g 2/30 enter")
    assert "February 2026 has no day 30" in end.screen
    assert "2/30" in end.screen
    end = await both_ways("g 2/30 enter backspace backspace 28 enter")
    assert "Sun 28 Feb 2027" in end.screen


async def test_a_birth_date_that_does_not_exist_is_named(both_ways):
    end = await both_ways("n ford enter fay enter 2/30/84 enter")
    assert "no day 30" in end.screen


async def test_an_end_before_its_start_stays_in_the_form(both_ways):
    end = await both_ways("k e meeting tab 10:00 tab 9:00 f9")
    assert "The end must come after the start." in end.dialog
    assert "meeting" in end.screen


async def test_a_time_that_the_clocks_skip_is_refused_beside_the_field(both_ways):
    end = await both_ways("g 3/8 enter b bau enter adj tab 2:30 f9", night(SPRING))
    assert "2:30 does not exist on Sun 8 Mar 2026" in end.dialog
    assert at(end, "BAUER") == []


async def test_a_time_after_the_gap_is_booked_with_leave(both_ways):
    end = await both_ways("g 3/8 enter b bau enter adj tab 3:00 f9 y", night(SPRING))
    assert at(end, "BAUER") == [("2026-03-08", 180, "scheduled")]


async def test_a_repeated_time_asks_which_and_takes_the_answer(both_ways):
    script = "g 11/1 enter b bau enter adj tab 1:30 f9"
    end = await both_ways(script, night(AUTUMN), now=SATURDAY_NIGHT)
    assert "1:30 comes twice on Sun 1 Nov 2026" in end.dialog
    assert at(end, "BAUER") == []
    end = await both_ways(f"{script} end space second f9 y", night(AUTUMN), now=SATURDAY_NIGHT)
    assert at(end, "BAUER") == [("2026-11-01", 90, "scheduled")]


async def test_put_down_on_a_repeated_time_asks_which(both_ways):
    def scene(clinic):
        clinic.book("RUIZ", "Dr Alvarez", "1:30", AUTUMN, override=True, fold=0)
        clinic.book("KAPOOR", "Dr Alvarez", "3:30", AUTUMN, override=True)

    script = "g 11/1 enter end m home enter"
    end = await both_ways(script, scene, now=SATURDAY_NIGHT)
    assert "comes twice" in end.screen
    end = await both_ways(f"{script} s y", scene, now=SATURDAY_NIGHT)
    assert at(end, "KAPOOR") == [("2026-11-01", 90, "scheduled")]


async def test_the_command_line_refuses_a_skipped_time_and_takes_the_second_of_two(both_ways):
    end = await both_ways(": bk space bau space 3/8 space 2:30 space alv space adj enter")
    assert end.message == "2:30 does not exist on Sun 8 Mar 2026: the clocks go forward."
    end = await both_ways(": bk space bau space 11/1 space 1:30 space alv space adj enter", now=SATURDAY_NIGHT)
    assert end.message == "1:30 comes twice on Sun 1 Nov 2026: add “first” or “second”."
    line = ": mv space kap space 11/1 space 1:30"

    def scene(clinic):
        clinic.book("KAPOOR", "Dr Alvarez", "8:00", date(2026, 11, 2))

    end = await both_ways(f"g 11/2 enter {line} enter", scene, now=SATURDAY_NIGHT)
    assert end.message == "1:30 comes twice on Sun 1 Nov 2026: add “first” or “second”."
    end = await both_ways(f"g 11/2 enter {line} space second enter", scene, now=SATURDAY_NIGHT)
    assert end.message.startswith("Dr Alvarez has no office hours")
    assert at(end, "KAPOOR") == [("2026-11-02", 480, "scheduled")]


# -- what changed since the form opened


@pytest.fixture
def a_rival(monkeypatch):
    """Let another desk book each place once between the form's opening and its save."""
    really, met = Scheduling.book, set()

    async def book(self, act, draft):
        if self not in met:
            met.add(self)
            theirs = replace(draft, patient_id=draft.patient_id - 1, overbook=False)
            await really(self, replace(act, op_id=uuid4().hex), theirs)
        return await really(self, act, draft)

    monkeypatch.setattr(Scheduling, "book", book)
    # The rival's booking would come into view behind the form after a while, sooner for slow keys.
    monkeypatch.setattr("ctfront.screens.scheduler.WATCH_SECONDS", 3600)


async def test_a_slot_lost_since_the_form_opened_asks_and_enter_keeps_the_form(both_ways, a_rival):
    end = await both_ways("down b bau enter enter")
    assert "Dr Alvarez is taken at 8:15." in end.screen
    assert "Overbook?" in end.screen
    end = await both_ways("down b bau enter enter enter")
    assert "BAUER, Tomás" in end.screen
    assert "Okay" in end.screen
    assert at(end, "BAUER") == []


async def test_a_slot_lost_can_be_overbooked_or_booked_elsewhere(both_ways, a_rival):
    end = await both_ways("down b bau enter enter y")
    assert [r["overbooked"] for r in end.rows if r["patient"] == "BAUER"] == [1]
    end = await both_ways("down b bau enter enter enter tab tab tab 8:30 f9")
    assert at(end, "BAUER") == [("2026-03-02", 510, "scheduled")]


async def test_a_slot_lost_without_the_right_puts_the_cursor_in_the_time(both_ways, a_rival):
    end = await both_ways("down b bau enter enter", who="tlee")
    assert "the right “overbook” is needed" in end.dialog
    assert at(end, "BAUER") == []
    end = await both_ways("down b bau enter enter 8:30 f9", who="tlee")
    assert at(end, "BAUER") == [("2026-03-02", 510, "scheduled")]


async def test_a_purpose_that_the_provider_does_not_offer_is_named(monday):
    end = await monday("down b bau enter tab tab mass f9")
    assert "No such purpose" in end.screen
    assert at(end, "BAUER") == []
