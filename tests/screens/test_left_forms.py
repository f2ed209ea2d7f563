"""A form outlives the line: what was typed is offered at the clerk's next log-in."""

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from ctfront.services import drafts
from tests.desk import read_keys, until
from tests.stories import EIGHT
from tests.wire.terminal_desk import LISTENING, PATIENCE, sent_for, terminal_desk
from tests.wire.test_on_the_line import fill

IMPATIENT = LISTENING.replace("listening", "impatient")
MOST_TYPED = 40

NEW = "n Weber tab Lena tab 1980-05-06 tab tab '555 0101'"


@pytest.fixture
def session(open_session):
    """Open one session after another; unless told otherwise each leaves because its line drops."""

    @asynccontextmanager
    async def open_one(*, later=timedelta(0), who="mgarcia", drops=True):
        async with open_session(lambda: EIGHT + later, who=who) as desk:
            yield desk
            if drops:
                desk.app.leave_by(signal.SIGHUP)
                await until(lambda: desk.app.return_code is not None)
                assert desk.app.return_code == 128 + signal.SIGHUP

    return open_one


def value_of(desk, name):
    return desk.app.screen.query_one(f"#field-{name}").text


def said(desk):
    return desk.app.desk_screen.message.text


async def test_a_new_patient_begun_is_offered_and_stands_as_it_was(session):
    async with session() as desk:
        await desk.press(NEW)
    async with session() as desk:
        await until(lambda: "was left" in said(desk))
        assert said(desk) == "A new patient was left in the middle at 8:00. F5 goes back to it."
        assert "1 open" in desk.cells()[0]
        await desk.press("f5")
        typed = [value_of(desk, name) for name in ("last_name", "first_name", "birth_date", "phones")]
        assert typed == ["Weber", "Lena", "1980-05-06", "555 0101"]
        assert desk.app.focused.id == "phones"
        assert "open" not in desk.cells()[0]
        await desk.press("f9")
        assert "WEBER, Lena is on record" in said(desk)
    async with session() as desk:
        await desk.press("f5")
        assert said(desk) == "No form is waiting."


async def test_a_booking_comes_back_with_its_patient_its_purpose_and_its_place_held(session):
    async with session() as desk:
        await desk.press("down down down down b rui enter up up late")
        form = desk.app.screen
        place, note, purpose = form.place_wanted(), value_of(desk, "note"), value_of(desk, "purpose")
    async with session(who="tlee", later=timedelta(minutes=1), drops=False) as desk:
        await desk.press("home down down down down")
        assert "held" in desk.text()
        await desk.press("f5")
        assert said(desk) == "No form is waiting."
    async with session(later=timedelta(minutes=2)) as desk:
        await desk.press("f5")
        form = desk.app.screen
        assert (form.place_wanted(), value_of(desk, "note"), value_of(desk, "purpose")) == (place, note, purpose)
        assert "RUIZ, Ana" in desk.text()
        await desk.press("f9")

        assert said(desk).startswith("Booked RUIZ, Ana for 9:00")
        assert "held" not in desk.text()


async def test_a_place_no_longer_held_is_booked_if_it_is_still_free(session):
    async with session() as desk:
        await desk.press("down down down down b rui enter")
    async with session(later=timedelta(minutes=20)) as desk:
        await desk.press("f5 f9")
        assert said(desk).startswith("Booked RUIZ, Ana for 9:00")


async def test_a_name_typed_and_not_picked_is_searched_again(session):
    async with session() as desk:
        await desk.press("down down down down b rui")
    async with session() as desk:
        await desk.press("f5 enter enter")
        assert said(desk).startswith("Booked RUIZ, Ana for 9:00")


async def test_a_profile_comes_back_with_only_what_was_typed(session):
    async with session() as desk:
        await desk.press("i e")
        desk.app.screen.answer("note").stop.focus()
        await desk.press("'called twice'")
    async with session() as desk:
        await desk.press("f5")
        assert value_of(desk, "note") == "called twice"
        assert desk.app.screen.draft().last_name == "RUIZ"
        await desk.press("f9")
        assert "RUIZ, Ana" in said(desk)


async def test_a_change_of_an_appointment_comes_back(session):
    async with session() as desk:
        await desk.press("e tab tab wheelchair")
    async with session() as desk:
        await desk.press("t ] f5")
        assert value_of(desk, "note") == "wheelchair"
        await desk.press("f9")
        assert said(desk).startswith("Saved RUIZ, Ana")


async def test_an_event_comes_back(session):
    async with session() as desk:
        await desk.press("down down down down k e 'team meeting'")
    async with session() as desk:
        await desk.press("f5 f9")
        assert said(desk).startswith("Blocked 9:00")


async def test_a_waitlist_entry_comes_back(session):
    async with session() as desk:
        await desk.press(": wl enter n rui enter adj")
    async with session() as desk:
        await desk.press("f5")
        assert value_of(desk, "purpose") == "adj"
        await desk.press("f9 escape")
        await desk.press(": wl enter")
        assert "Waitlist · 1 waiting" in desk.text()


async def test_what_was_left_on_purpose_is_not_offered(session):
    async with session() as desk:
        await desk.press(f"{NEW} escape escape")
    async with session() as desk:
        await desk.press("f5")
        assert said(desk) == "No form is waiting."


async def test_forms_that_wait_are_kept_too_and_come_back_one_by_one(session):
    async with session() as desk:
        await desk.press(f"{NEW} f2 down down down down b rui enter")
    async with session() as desk:
        await until(lambda: "2 open" in desk.cells()[0])
        assert "and 1 more" in said(desk)
        await desk.press("f5 escape escape f5")
        kinds = {type(screen).__name__ for screen in desk.app.screen_stack}
        assert kinds & {"NewPatientForm", "BookingForm"}


async def test_a_clerk_who_quits_and_loses_what_was_typed_has_lost_it(session):
    async with session(drops=False) as desk:
        await desk.press(f"{NEW} f2")
        await until(lambda: any(form.kept for form in desk.app._drafted()))
        desk.type(": q enter y")
        await until(lambda: desk.app.return_code is not None or not desk.app.is_running)
    async with session() as desk:
        await desk.press("f5")
        assert said(desk) == "No form is waiting."


async def test_after_a_day_nothing_is_offered(session):
    async with session() as desk:
        await desk.press(NEW)
    async with session(later=timedelta(hours=25)) as desk:
        await desk.press("f5")
        assert said(desk) == "No form is waiting."


async def test_an_appointment_that_is_gone_is_said(session, first_hour):
    async with session() as desk:
        await desk.press("e tab tab wheelchair")
    with sqlite3.connect(first_hour.database.path) as connection:
        connection.execute("UPDATE appointment SET day = '2026-03-03' WHERE number = 1")
    connection.close()
    async with session() as desk:
        await desk.press("f5")
        assert said(desk) == "The appointment that the form was about is not there any more."


def test_a_session_is_told_from_one_that_has_ended():
    mine = drafts.session_name()
    assert not drafts.has_ended(mine)
    node, boot, number, started = mine.rsplit(" ", 3)
    assert drafts.has_ended(f"{node} {boot} {number} {int(started) - 1}")
    assert drafts.has_ended(f"{node} another-start {number} {started}")
    assert not drafts.has_ended(f"elsewhere {boot} {number} {started}")
    assert drafts.has_ended("")


@pytest.mark.parametrize("seed", range(4))
def test_a_line_that_drops_at_any_key_gives_back_what_was_typed(first_hour, seed):
    """In the real program: hung up at a random key, or killed once what was typed is written down."""
    rng = random.Random(seed)
    keys = list(read_keys(NEW))
    script = NEW.split(" ", 1)
    typed = rng.randrange(4, len(keys))
    path = first_hour.database.path
    with terminal_desk(path, who="mgarcia", size=(80, 24), now=EIGHT) as desk:
        desk.settle()
        data = sent_for(" ".join(script))[:typed]
        desk.send(b"".join(data), keys=len(data))
        desk.settle()
        before = desk.cells()
        if seed % 2:
            os.kill(desk.process.pid, signal.SIGHUP)
            assert desk.wait_for_exit() == 128 + signal.SIGHUP
        else:
            deadline = time.monotonic() + 30
            while _typed_in(path) != _shown_in(before):
                assert time.monotonic() < deadline, (_typed_in(path), _shown_in(before))
            desk.process.kill()
            desk.wait_for_exit()
    with terminal_desk(path, who="mgarcia", size=(80, 24), now=EIGHT) as desk:
        desk.press("f5")
        assert _body(desk.cells()) == _body(before)


def test_a_terminal_that_takes_nothing_for_long_counts_as_gone(first_hour):
    """The session ends by itself, and what was typed is kept."""
    with terminal_desk(first_hour.database.path, who="mgarcia", size=(80, 24), now=EIGHT, program=IMPATIENT) as desk:
        desk.press("n Weber")
        line = os.open(desk.line, os.O_WRONLY | os.O_NOCTTY)
        deadline = time.monotonic() + PATIENCE
        while desk.process.poll() is None:
            fill(line)
            if desk.typed < MOST_TYPED:
                desk.send(b"x", keys=1)  # each wants a frame
            assert time.monotonic() < deadline
        os.close(line)
        assert desk.process.returncode == 128 + signal.SIGHUP
    assert _typed_in(first_hour.database.path)["last_name"].startswith("Weber")


LABELS = {"Last name": "last_name", "First name": "first_name", "Birth date": "birth_date", "Phones": "phones"}


def _typed_in(path):
    """Return what is written down, by field."""
    with sqlite3.connect(path) as connection:
        row = connection.execute("SELECT body ->> '$.typed' FROM draft").fetchone()
    connection.close()
    return {name: typed.strip() for name, typed in json.loads(row[0]).items()} if row else {}


def _shown_in(cells):
    """Return what the form shows as typed, by field."""
    shown = {name: line[13:40].strip() for line in cells for label, name in LABELS.items() if f"│ {label}" in line}
    return {name: text for name, text in shown.items() if text}


def _body(cells):
    """Return the form's lines: what lies behind it may be told of the form that waits."""
    return [line for line in cells if "│" in line]
