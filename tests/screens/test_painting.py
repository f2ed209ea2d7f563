"""A move of the cursor paints what it changed and no more, told by the lines that are drawn."""

import shutil
from datetime import UTC, datetime

import pytest

from ctfront.app import CTFrontApp
from ctfront.widgets.appointment_pane import AppointmentPane
from ctfront.widgets.day_grid import DayGrid
from tests.clinics import small_clinic
from tests.desk import open_desk

EIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def drawn(monkeypatch):
    """The lines drawn since it was last cleared, by widget."""
    lines = {DayGrid: [], AppointmentPane: []}
    for widget, kept in lines.items():

        def render_line(self, y, draw=widget.render_line, kept=kept):
            kept.append(y)
            return draw(self, y)

        monkeypatch.setattr(widget, "render_line", render_line)
    return lines


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_move_draws_two_lines_of_the_grid(sqlite_template, tmp_path, drawn, size):
    path = tmp_path / "clinic.db"
    shutil.copyfile(sqlite_template, path)
    clinic = small_clinic(f"sqlite:///{path}")
    clinic.book("RUIZ", "Dr Alvarez", "8:30")
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app, size=size) as desk:
        for key, grid_lines in (("down", {1, 2}), ("down", {2, 3}), ("right", {3}), ("up", {2, 3})):
            for lines in drawn.values():
                lines.clear()
            await desk.press(key)
            assert set(drawn[DayGrid]) == grid_lines
            assert len(drawn[DayGrid]) == len(grid_lines)
            assert len(drawn[AppointmentPane]) == len(set(drawn[AppointmentPane]))
        await desk.press("down")
        for lines in drawn.values():
            lines.clear()
        await desk.press("down")  # from a free place to a free place: its time and length differ
        assert len(drawn[AppointmentPane]) == (1 if size == (80, 24) else 2)
    await clinic.database.close()
