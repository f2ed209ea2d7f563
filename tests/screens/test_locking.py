"""A screen that nobody sits at is blanked, and a PIN shows who is back."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from ctfront.screens.lock_screen import LockScreen
from ctfront.screens.modals.question import Question
from tests.desk import until
from tests.stories import EIGHT

PIN = "ctrl+k 2468 enter 2468 enter enter"


class Clock:
    """The time of a story, which moves it on."""

    later = timedelta(0)

    def __call__(self):
        return EIGHT + self.later


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def session(open_session, clock):
    """Open sessions of one clinic, by a clock that the story moves on."""
    return partial(open_session, clock)


def said(desk):
    return desk.app.desk_screen.message.text


def be_idle(desk):
    """Let the time begin after which nobody sits there."""
    desk.app.lock_after = timedelta(seconds=0.1)
    desk.app._wait_for_idleness()


def is_blank(desk):
    words = desk.text()
    return "Locked since" in words and not any(name in words for name in ("RUIZ", "KAPOOR", "SCHEDULER", "Dr Chen"))


async def test_lk_blanks_the_screen_and_the_pin_gives_it_back_as_it_was(session):
    async with session() as desk:
        await desk.press(PIN)
        assert said(desk) == "Your PIN is kept; :lk locks the screen."
        await desk.press("down b sat")
        await desk.press("escape escape")
        before = desk.cells()[:-2]
        await desk.press(": lk enter")
        assert is_blank(desk)
        await desk.press("f2 f4 escape tab tab 2468 enter")
        assert not isinstance(desk.app.screen, LockScreen)
        assert desk.cells()[:-2] == before


async def test_what_is_typed_in_a_burst_reaches_the_lock_and_nothing_behind_it(session):
    async with session() as desk:
        await desk.burst(f"{PIN} : lk enter 9999 enter 2468 enter a")
        assert not isinstance(desk.app.screen, LockScreen)
        assert "arrived" in said(desk).lower()


async def test_without_a_pin_lk_asks_for_one_first(session):
    async with session() as desk:
        await desk.press(": lk enter")
        assert "Your PIN: 4 to 8 digits" in desk.text()
        await desk.press("escape")
        assert said(desk) == "Not locked: a screen is unlocked by a PIN."
        await desk.press(": lk enter 2468 enter 2468 enter enter")
        assert is_blank(desk)


@pytest.mark.parametrize(
    ("pin", "why"),
    [("123", "4 to 8 digits"), ("1234", "first"), ("0000", "first"), ("4321", "first"), ("12ab", "4 to 8")],
)
async def test_a_pin_that_anybody_would_try_is_refused(session, pin, why):
    async with session() as desk:
        await desk.press(f"ctrl+k {pin} enter")
        assert why in desk.text()
        assert pin not in desk.text().replace("4 to 8", "")


async def test_two_pins_that_differ_are_refused(session):
    async with session() as desk:
        await desk.press("ctrl+k 2468 enter 2469 enter enter")
        assert "The two are not the same" in desk.text()


async def test_five_wrong_pins_end_the_session_and_each_takes_longer(session, clock):
    async with session() as desk:
        await desk.press(f"{PIN} n Weber f2 : lk enter 1111 enter")
        assert "do not belong together" in desk.text()
        await desk.press("1111 enter 2468 enter")
        assert "Wait 2 s" in desk.text()
        assert isinstance(desk.app.screen, LockScreen)
        for _ in range(2):
            clock.later += timedelta(minutes=1)
            await desk.press("1111 enter")
        clock.later += timedelta(minutes=1)
        desk.type("1111 enter")
        await until(lambda: desk.app.parting)
        assert desk.app.parting.startswith("Too many wrong PINs; log in again.")
    async with session() as desk:  # whoever has logged in has shown who it is
        await desk.press("f5")
        assert "Weber" in desk.text()
        await desk.press("escape escape : lk enter 2468 enter")
        assert not isinstance(desk.app.screen, LockScreen)


async def test_a_colleagues_used_up_pin_leaves_the_session(session, clock):
    async with session(who="tlee") as desk:
        await desk.press("ctrl+k 9753 enter 9753 enter enter")
    async with session() as desk:
        await desk.press(f"{PIN} : lk enter tab tlee enter")
        for _ in range(5):
            clock.later += timedelta(minutes=1)
            await desk.press("1111 enter")
        assert "Too many wrong PINs; log in again." in desk.text()
        await desk.press("tab mgarcia enter 2468 enter")
        assert not isinstance(desk.app.screen, LockScreen)


async def test_a_question_that_comes_late_waits_until_it_is_unlocked(session):
    async with session() as desk:
        await desk.press(f"{PIN} : lk enter")
        asked = desk.app.run_worker(desk.app.ask(Question("Late?")), group="late")
        await desk.press("2468")
        assert is_blank(desk)
        await desk.press("enter")
        await until(lambda: isinstance(desk.app.screen, Question))
        await desk.press("y")
        assert await asked.wait() is True


async def test_what_is_typed_behind_a_colleagues_pin_is_theirs(session, first_hour):
    async with session(who="tlee") as desk:
        await desk.press("ctrl+k 9753 enter 9753 enter enter")
    async with session() as desk:
        await desk.burst(f"{PIN} : lk enter tab tlee enter 9753 enter a")
    query = "SELECT by_name FROM audit WHERE act = 'mark'"
    assert first_hour.database.write_now(lambda s: s.execute(text(query)).scalars().all()) == ["tlee"]


async def test_a_form_in_view_stays_with_whoever_typed_it(session):
    async with session(who="tlee") as desk:
        await desk.press("ctrl+k 9753 enter 9753 enter enter")
    async with session() as desk:
        await desk.press(f"{PIN} n Weber")
        desk.app._lock_idle()
        await until(lambda: isinstance(desk.app.screen, LockScreen))
        await desk.press("tab tlee enter 9753 enter")
        assert said(desk) == "tlee is at the keyboard now."
        assert "Weber" not in desk.text()
    async with session() as desk:
        await desk.press("f5")
        assert "Weber" in desk.text()


async def test_after_idleness_it_locks_with_the_form_kept(session, first_hour):
    async with session() as desk:
        await desk.press(PIN)
    async with session() as desk:
        await desk.press("n Weber")
        be_idle(desk)
        await until(lambda: isinstance(desk.app.screen, LockScreen))
        await desk.settle()
        assert is_blank(desk)
        with_draft = first_hour.database.write_now(lambda s: s.execute(text("SELECT count(*) FROM draft")).scalar())
        assert with_draft == 1
        desk.app.lock_after = None
        await desk.press("2468 enter")
        assert "Weber" in desk.text()


async def test_who_has_no_pin_is_logged_off_and_finds_the_form_again(session):
    async with session() as desk:
        await desk.press("n Weber")
        be_idle(desk)
        await until(lambda: desk.app.parting)
        assert desk.app.parting.startswith("Logged off after")
        await until(lambda: not desk.app.is_running or desk.app._exit)
    async with session() as desk:
        await desk.press("f5")
        assert "Weber" in desk.text()


async def test_a_colleague_takes_over_by_name_and_pin_and_the_audit_names_both(session, first_hour):
    async with session(who="tlee") as desk:
        await desk.press("ctrl+k 9753 enter 9753 enter enter")
    async with session() as desk:
        await desk.press(f"{PIN} n Weber f2 : lk enter tab tlee enter 9753 enter")
        assert said(desk) == "tlee is at the keyboard now."
        assert "tlee" in desk.cells()[0]
        await desk.press("f5")
        assert said(desk) == "No form is waiting."
        await desk.press("home a")
    query = "SELECT act, by_name, subject_id FROM audit WHERE act IN ('switch clerk', 'mark') ORDER BY seq"
    rows = first_hour.database.write_now(lambda s: s.execute(text(query)).all())
    assert [(row.act, row.by_name) for row in rows] == [("switch clerk", "mgarcia"), ("mark", "tlee")]
    async with session() as desk:
        await desk.press("f5")
        assert "Weber" in desk.text()
