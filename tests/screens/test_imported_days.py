"""Stories of walking days that another program has kept: done visits in their rows, hours stretched, some at once."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from ctfront.services.import_plan import ImportOptions
from ctfront.services.importing import Importing
from ctfront.terminal.key_loop import KeyLoop
from tests.clinics import SmallClinic, small_clinic
from tests.stories import EIGHT, End, Story

SYNTHEA = Path(__file__).parents[1] / "data" / "synthea"


@pytest.fixture(scope="module")
def kept(sqlite_template, tmp_path_factory) -> SmallClinic:
    """The small clinic after Synthea's files were brought in."""
    path = tmp_path_factory.mktemp("synthea") / "clinic.db"
    path.write_bytes(sqlite_template.read_bytes())
    clinic = small_clinic(f"sqlite:///{path}")

    async def bring() -> None:
        importing = Importing(clinic.database, clinic.clinic)
        for kind, file in (("providers", "providers"), ("patients", "patients"), ("appointments", "encounters")):
            act = replace(clinic.act(clinic.manager), op_id=str(uuid4()))
            plan = await importing.plan(act, kind, (SYNTHEA / f"{file}.csv").read_bytes(), options=ImportOptions())
            await importing.apply(replace(act, op_id=str(uuid4())), plan)
        await clinic.database.close()

    with asyncio.Runner(loop_factory=KeyLoop) as runner:
        runner.run(bring())
    return clinic


@pytest.fixture
def walk(kept, tmp_path):
    """Walk the imported days slow and in one burst; both end on the same cells."""

    async def run(script: str) -> End:
        story = Story(script=script, scene=lambda clinic: None, who="mgarcia", now=EIGHT, keymap={})
        ends = []
        for burst in (False, True):
            clinic = story.clinic_at(tmp_path / f"{burst}.db", kept)
            ends.append(await story.live(clinic, burst=burst, size=(80, 24)))
        assert ends[0].cells == ends[1].cells
        assert ends[0].rows == ends[1].rows
        assert len(ends[0].rows) == 603
        return ends[0]

    return run


async def test_a_visit_stands_done_in_the_row_that_it_falls_in(walk):
    end = await walk("g 1/27/2023 enter right right right tab")
    assert end.cursor[0] == "8:15"
    assert ":17 MOSCISKI958" in end.at("8:15")
    assert end.at("8:15").endswith(" D")
    assert "8:17–8:32" in end.pane
    assert "Created By  Import by admin" in end.pane


async def test_the_hours_are_stretched_to_a_visit_at_night(walk):
    end = await walk("g 1/26/2024 enter right right right home")
    assert end.cells[2].strip().startswith("2:45")
    assert ":50 ANKUNDIN" in end.cells[2]


async def test_visits_at_once_are_counted_and_walked(walk):
    end = await walk("g 1/26/2024 enter right right right home")
    assert "+1" in end.cells[2]
    assert "no. 1" in end.pane
    end = await walk("g 1/26/2024 enter right right right home tab")
    assert "no. 2" in end.pane


async def test_a_stay_of_a_day_runs_to_midnight(walk):
    end = await walk("g 9/16/2006 enter end")
    assert end.cursor == ("23:45", "┆")
    assert "PROHASKA837, Eugena417" in end.pane
    assert "1440 min" in end.pane


async def test_history_is_neither_moved_nor_marked(walk):
    end = await walk("g 9/16/2006 enter home m")
    assert end.message == "PROHASKA837, Eugena417 is done; its place stays as it was."
    end = await walk("g 9/16/2006 enter home a")
    assert end.message.endswith("after 7 days the right “correct late” is needed.")
