"""What showing costs: a whole day laid out and painted, and one move of the cursor, beside Textual's own table.

The app runs headless in its own loop; what it would send is turned into the terminal's characters and counted.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from bench.reading import LAST_SATURDAY
from bench.timing import Figure, Report, Sample, cpu
from ctfront.app import CTFrontApp
from ctfront.data.database import Database
from ctfront.services.identity import who_is
from ctfront.widgets.day_cells import cell_text, lay_out

PAINT_CPU, MOVE_CPU = 60, 3
WHOLE_DAY = (330, 60)
"""A window in which 12 columns and 48 rows are all in view."""
WINDOWS = ((80, 24), (120, 40))
RUNS = 100
WALK = ("down",) * 14 + ("right",) + ("up",) * 14 + ("left",)
"""A walk over free places and appointments, back to where it began."""


class _Sending:
    """Mixin that makes the characters which a headless app keeps to itself."""

    sent = 0

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)  # type: ignore[misc]
        if isinstance(renderable, CompositorUpdate):
            self.sent += len(renderable.render_segments(self.console))  # type: ignore[attr-defined]


class _Desk(_Sending, CTFrontApp):
    """The app."""


class _Table(_Sending, App[None]):
    """Textual's own table with the same cells."""

    def compose(self) -> ComposeResult:
        """Lay the table out."""
        yield DataTable(show_header=True, cursor_type="cell")


async def _drawn(app: App[None]) -> None:
    """Wait until the last frame has been drawn."""
    drawn = asyncio.Event()
    app.screen.call_after_refresh(drawn.set)
    await drawn.wait()


def _whole_frame(app: App[None]) -> str:
    """Return what a full repaint would send."""
    update = app.screen._compositor.render_update(full=True)
    assert isinstance(update, CompositorUpdate)
    return update.render_segments(app.console)


@contextlib.asynccontextmanager
async def opened(url: str, size: tuple[int, int]) -> AsyncIterator[_Desk]:
    """Open the app on the measured Saturday morning."""
    database = Database(url)
    database.ready()
    clinic, actor = who_is(database, os_user="", asked_user="admin")
    app = _Desk(database, clinic, actor, lambda: datetime.combine(LAST_SATURDAY, time(8), tzinfo=UTC))
    async with app.run_test(size=size) as pilot:
        while app.gate is None:
            await pilot.pause()
        await app.gate.settled()
        yield app
    await database.close()


async def _press(app: _Desk, key: str) -> None:
    """Press a key and wait until its effect has settled and is drawn."""
    assert app.gate is not None
    app.post_message(events.Key(key, None))
    await app.gate.settled()
    await _drawn(app)
    await app.gate.settled()


async def _whole_day(app: _Desk) -> tuple[Sample, list[list[str]]]:
    """Time laying the day out and painting it; return its texts for the peer."""
    grid: Any = app.screen.query_one("#grid")
    schedule = grid.schedule

    async def paint(run: int) -> None:
        grid.show(replace(schedule))
        _whole_frame(app)

    timed = await cpu(paint, runs=RUNS)
    await _drawn(app)
    columns, rows = lay_out(schedule), schedule.rows()
    texts = [[cell_text(cells[row], minute, 23, grid.zone) for cells in columns] for row, minute in enumerate(rows)]
    return timed, texts


async def _table(texts: Sequence[Sequence[str]], size: tuple[int, int], keys: Sequence[str]) -> tuple[Sample, Sample]:
    """Time the same cells in Textual's table: filled and painted, and one move of its cursor."""
    app = _Table()
    async with app.run_test(size=size) as pilot:
        table = app.query_one(DataTable)
        table.add_columns(*(f"Dr Number{number:02}" for number in range(len(texts[0]))))

        async def paint(run: int) -> None:
            table.clear()
            table.add_rows(texts)
            await pilot.pause()
            _whole_frame(app)

        async def move(run: int) -> None:
            app.post_message(events.Key(keys[run % len(keys)], None))
            await pilot.pause()
            await _drawn(app)

        painted = await cpu(paint, runs=RUNS // 4, rounds=2)
        table.focus()
        return painted, await cpu(move, runs=RUNS, rounds=2)


async def measure_painting(report: Report, url: str) -> None:
    """Report paint and cursor moves."""
    async with opened(url, WHOLE_DAY) as app:
        painted, texts = await _whole_day(app)
    peer, _ = await _table(texts, WHOLE_DAY, WALK)
    size = f"{len(texts[0])} × {len(texts)} cells"
    report.add(
        "Showing",
        Figure(
            what=f"{size} laid out and painted, CPU p50",
            measured=painted.p50,
            budget=PAINT_CPU,
            beside=f"DataTable {peer.p50:.1f} ms, ratio {painted.p50 / peer.p50:.2f}",
        ),
        Figure(what=f"{size} laid out and painted, CPU p99", measured=painted.p99),
    )
    for window in WINDOWS:
        async with opened(url, window) as app:
            before, moves = app.sent, 3 * RUNS + 10
            moved = await cpu(lambda run, app=app: _press(app, WALK[run % len(WALK)]), runs=RUNS)  # type: ignore[misc]
            letters = (app.sent - before) / moves
        _, peer = await _table(texts, window, WALK)
        name = "cursor move at {}×{}".format(*window)
        report.add(
            "Showing",
            Figure(
                what=f"{name}, CPU p50",
                measured=moved.p50,
                budget=MOVE_CPU,
                beside=f"DataTable {peer.p50:.1f} ms, ratio {moved.p50 / peer.p50:.2f}",
            ),
            Figure(what=f"{name}, CPU p99", measured=moved.p99),
            Figure(what=f"{name}, characters made", measured=letters, unit="characters"),
        )
    report.note(
        "Showing",
        "The app runs headless (`run_test` in the `KeyLoop`). Painted: `DayGrid.show` and a full frame as the "
        f"terminal's characters, in a window of {WHOLE_DAY[0]}×{WHOLE_DAY[1]}. A move: from the key posted to the key "
        "gate to the frame drawn and the gate open again, pane included, over free places and appointments.",
    )
