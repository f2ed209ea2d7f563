"""A list of any length draws what is in view only, and its cursor stays on its row."""

from collections import Counter

import pytest
from textual.app import App

from ctfront.domain.text import safe
from ctfront.widgets.row_list import ListColumn, RowList

MANY = range(50_000)


class ListApp(App):
    """One list of numbers; each row made into text is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.made: Counter[int] = Counter()

    def compose(self):
        yield RowList(key=lambda number: number)

    def number(self, number: int):
        self.made[number] += 1
        return safe(f"row {number}")

    @property
    def rows(self) -> RowList[int]:
        return self.query_one(RowList)

    def show(self, numbers) -> None:
        columns = [
            ListColumn(heading="Number", width=10, text=self.number),
            ListColumn(heading="Rest", width=0, text=lambda number: safe("[/x]")),
        ]
        self.rows.show(columns, numbers, empty="Nobody.")

    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


@pytest.fixture
async def listed():
    app = ListApp()
    async with app.run_test(size=(40, 11)) as pilot:
        app.rows.focus()
        app.show(MANY)
        await pilot.pause()
        yield app, pilot


async def test_only_rows_in_view_are_made(listed):
    app, pilot = listed
    assert set(app.made) == set(range(10))
    app.made.clear()
    await pilot.press("end")
    assert set(app.made) == set(MANY[-10:])
    assert app.lines()[-1] == "▸row 49999  [/x]"


async def test_a_step_draws_two_rows(listed):
    app, pilot = listed
    app.made.clear()
    await pilot.press("down")
    assert app.made == {0: 1, 1: 1}
    assert app.lines()[:3] == [" Number     Rest           49990 more ↓", " row 0      [/x]", "▸row 1      [/x]"]


@pytest.mark.parametrize(
    ("keys", "number"),
    [("up", 0), ("pagedown pagedown", 18), ("pagedown pageup down", 1), ("end up", 49_998), ("end down home", 0)],
)
async def test_the_cursor_walks_and_stops_at_the_ends(listed, keys, number):
    app, pilot = listed
    await pilot.press(*keys.split())
    assert app.rows.item == number


async def test_the_cursor_stays_on_its_row_when_the_list_is_read_again(listed):
    app, _ = listed
    assert app.rows.go_to(700)
    app.show(range(650, 900))
    assert (app.rows.item, app.rows.row) == (700, 50)
    app.show(range(10))
    assert app.rows.item == 9
    assert not app.rows.go_to(700)


async def test_an_empty_list_says_so(listed):
    app, pilot = listed
    app.show([])
    await pilot.press("down", "pageup", "end")
    assert app.rows.item is None
    assert app.lines()[:2] == [" Number     Rest", " Nobody."]


async def test_a_resize_keeps_the_cursor_in_view(listed):
    app, pilot = listed
    await pilot.press("end")
    await pilot.resize_terminal(40, 5)
    await pilot.pause()
    assert app.lines()[-1] == "▸row 49999  [/x]"
