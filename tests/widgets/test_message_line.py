"""The message line says whole sentences."""

import pytest
from textual.app import App

from ctfront.domain.text import safe
from ctfront.widgets.message_line import MessageLine

DONE = "Rescheduled DUNN, Kim for 9:15 with Dr Alvarez on Tue 3 Mar 2026."


@pytest.mark.parametrize(("width", "shown"), [(83, f" {DONE} u takes it back."), (82, f" {DONE}")])
async def test_how_to_undo_is_left_off_before_a_sentence_is_cut(width, shown):
    class Lined(App):
        def compose(self):
            yield MessageLine()

    async with Lined().run_test(size=(width, 5)) as pilot:
        line = pilot.app.query_one(MessageLine)
        line.show(safe(f"{DONE} u takes it back."))
        await pilot.pause()
        assert line.render_line(0).text.rstrip() == shown
