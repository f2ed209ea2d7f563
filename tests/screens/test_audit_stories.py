"""Stories of the audit trail: a manager looks who did it, narrows and exports; nobody else gets in."""

import pytest

from ctfront.app import CTFrontApp
from ctfront.services.audit_trail import AuditTrail
from tests.clinics import MONDAY
from tests.desk import open_desk
from tests.screens.conftest import cast
from tests.stories import EIGHT

OPEN = "f6 5 down down down down down down down down enter"
"""Set-up, list 5, the row “Audit trail”."""


@pytest.fixture
def story(both_ways):
    async def run(script: str, *, who: str = "manager"):
        return await both_ways(script, cast, who=who)

    return run


async def test_the_trail_is_a_row_of_the_clinic(story):
    end = await story(OPEN)
    assert "Audit trail: " in end.screen
    assert "About whom" in end.screen
    assert "/ narrow   x export as CSV   Esc close" in end.screen
    assert "[5 Clinic]" in (await story(f"{OPEN} esc")).screen


async def test_it_is_narrowed_to_whom_and_what(story):
    end = await story(f"{OPEN} / 'ruiz book' enter")
    assert "for “ruiz book”" in end.screen
    assert "RUIZ, Ana" in end.screen
    assert "LEE, Min" not in end.screen
    end = await story(f"{OPEN} / nobody_at_all enter")
    assert "Nothing fits; / and an empty line show all." in end.screen


async def test_a_clerk_without_the_right_is_told(story):
    end = await story(OPEN, who="tlee")
    assert end.message == "tlee may not do that: the right “audit” is needed; a manager can give it."


async def test_the_database_is_shown_and_not_changed(story):
    end = await story("f6 5 down down down down down down down enter")
    assert "Database     SQLite 3." in end.screen
    assert end.message == "The database is chosen when ctfront starts: see docs/operating.md."


async def test_whose_record_was_shown_is_in_the_trail(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        await desk.press("i f2 right down i")
        await app.viewing.write()
    seen = await AuditTrail(clinic.database, clinic.clinic).find(clinic.manager, "view", today=MONDAY)
    assert [(it.who, it.patient) for it in seen] == [("mgarcia", "KAPOOR, Dev"), ("mgarcia", "RUIZ, Ana")]
    await clinic.database.close()
