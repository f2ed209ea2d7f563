"""What the booking form tells of a patient: alerts, those that want `y`, and no-shows."""

from datetime import date

import pytest

from ctfront.domain.appointments import Status
from ctfront.domain.patients import Alert
from ctfront.services import booking
from tests.clinics import MONDAY, NOW
from tests.invited import DAY, do
from tests.screens.profile_scenes import edit_now
from tests.screens.test_invitation_stories import scene


def alerted(text, *, must_confirm=False, until=None):
    return lambda clinic: edit_now(clinic, "BAUER", alerts=(Alert(text=text, must_confirm=must_confirm, until=until),))


def missed(times):
    def miss(clinic):
        for week in range(1, times + 1):
            day = MONDAY - 7 * week * DAY
            booked = do(
                clinic, booking.book, clinic.draft("BAUER", "Dr Chen", "10:00", day=day), at=NOW - 7 * week * DAY
            )
            do(clinic, booking.mark, booked.id, Status.NO_SHOW, at=NOW - 7 * week * DAY + DAY)

    return miss


async def test_an_alert_and_no_shows_are_told_where_one_books(both_ways):
    end = await both_ways("right b bau enter", scene(alerted("Hard of hearing"), missed(2)))
    assert "! Hard of hearing" in end.screen
    assert "2 no-shows in 12 months" in end.screen


async def test_patient_information_tells_the_no_shows(both_ways):
    end = await both_ways("/ bau enter", scene(missed(1)))
    assert "Missed    1 no-show in 12 months" in end.screen


async def test_an_alert_that_is_over_is_not_told(both_ways):
    end = await both_ways("right b bau enter", scene(alerted("Cast on the left arm", until=date(2026, 3, 1))))
    assert "Cast on the left arm" not in end.screen


@pytest.mark.parametrize(("answer", "booked"), [("y", 1), ("enter", 0), ("esc", 0)])
async def test_an_alert_marked_so_wants_y(both_ways, answer, booked):
    end = await both_ways(f"right b bau enter enter {answer}", scene(alerted("Latex allergy", must_confirm=True)))
    assert len(end.status_of("BAUER")) == booked
    if not booked:
        assert "Book 8:00" in end.screen


async def test_the_question_names_patient_and_alert(both_ways):
    end = await both_ways("right b bau enter enter", scene(alerted("Latex allergy", must_confirm=True)))
    assert "BAUER, Tomás: ! Latex allergy y I know; book" in end.dialog
