"""The gate alone, on the smallest app; and what it relies on in asyncio and Textual, so that a change there is seen."""

import asyncio

import pytest
from textual import events, work
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from ctfront.terminal import key_gate
from ctfront.terminal.key_gate import MOST_HELD, GatedApp
from tests.desk import open_desk, read_keys, until


class Box(Widget, can_focus=True):
    """A search box: letters are only text."""

    def types_ahead(self, event) -> bool:
        return event.is_printable


class Page(Screen):
    """A page that is filled after it is shown."""

    def compose(self):
        yield Static("one line", markup=False, id="card")
        yield Static("below", markup=False, id="below")


class Bench(GatedApp, App[None]):
    """Notes the keys it is given.

    `w` waits for an answer, `s` searches until it comes, `p` opens another page, `b` a third.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = "Static { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.got: list[str] = []
        self.said: list[tuple[str, int]] = []
        self.rings = self.visits = 0
        self.answer = asyncio.get_running_loop().create_future()
        self.add_mode("page", Page)
        self.add_mode("other", Page)

    def compose(self):
        yield Box()

    def on_ready(self) -> None:
        self.start_gate()

    def on_key(self, event: events.Key) -> None:
        self.got.append(event.key)
        match event.key:
            case "w":
                self.wait_for_it()
            case "s":
                self.run_worker(self.wait(), group="find")
            case "p":
                self.open_page()
            case "b":
                self.switch_mode("other")

    @work(group="act")
    async def wait_for_it(self) -> None:
        await self.wait()

    @work(group="show")
    async def open_page(self) -> None:
        self.visits += 1
        await self.switch_mode("page")
        self.screen.query_one("#card", Static).update("\n".join("line" for _ in range(self.visits)))

    async def wait(self) -> None:
        await asyncio.shield(self.answer)

    def bell(self) -> None:
        self.rings += 1

    def wait_long(self, held: int) -> None:
        self.said.append(("waits", held))

    def wait_over(self) -> None:
        self.said.append(("over", 0))

    def wait_broken(self, dropped: int) -> None:
        self.said.append(("dropped", dropped))

    def type(self, script: str) -> None:
        for key in read_keys(script):
            self.post_message(key)


@pytest.fixture
async def bench():
    app = Bench()
    async with open_desk(app):
        yield app
        if not app.answer.done():
            app.answer.set_result(None)


# -- what the gate relies on


async def test_all_that_is_ready_runs_before_the_loop_calls_itself_idle():
    loop = asyncio.get_running_loop()
    ran, ran_when_idle = [], []
    loop.idle.on_idle = lambda: ran_when_idle.append(len(ran)) or False

    def chain(left: int) -> None:
        ran.append(left)
        if left > 1:
            loop.call_soon(chain, left - 1)

    loop.call_soon(chain, 50)
    await until(lambda: ran_when_idle)
    loop.idle.on_idle = None
    assert ran_when_idle[0] == 50


async def test_each_key_of_the_pilot_passes_the_gate_once():
    app = Bench()
    async with app.run_test() as pilot:
        await until(lambda: app.gate is not None)
        await pilot.press("x", "down")
        await app.gate.settled()
        assert app.gate.taken == 2
        assert app.got == ["x", "down"]


def test_the_parser_reads_an_arrow_as_one_key_and_types_nothing_when_renewed():
    assert [event.key for event in XTermParser().feed("\x1b[A")] == ["up"]
    parser = XTermParser()
    assert list(parser.feed("\x1b[?77;8z")) == []
    parser = XTermParser()
    assert [event.key for event in parser.feed("x")] == ["x"]


# -- the order of keys


async def test_a_key_waits_for_the_act_before_it_escape_too(bench):
    bench.type("w x esc y")
    await until(lambda: bench.got == ["w"])
    assert len(bench.gate.held) == 3
    bench.answer.set_result(None)
    await bench.gate.settled()
    assert bench.got == ["w", "x", "escape", "y"]


async def test_typing_does_not_wait_for_a_search_but_enter_does(bench):
    bench.screen.query_one(Box).focus()
    bench.type("sab enter c")
    await until(lambda: bench.got == ["s", "a", "b"])
    assert [event.key for event in bench.gate.held] == ["enter", "c"]
    bench.answer.set_result(None)
    await bench.gate.settled()
    assert bench.got == ["s", "a", "b", "enter", "c"]


async def test_a_paste_is_held_in_order(bench):
    bench.type("w")
    bench.post_message(events.Paste("text"))
    bench.type("x")
    await until(lambda: bench.got == ["w"])
    assert [type(event).__name__ for event in bench.gate.held] == ["Paste", "Key"]


async def test_a_screen_that_has_changed_is_laid_out_before_the_next_key(bench):
    bench.type("p b p")
    await bench.gate.settled()
    assert bench.screen.query_one("#below").region.y == 2


async def test_a_probe_that_is_lost_is_asked_again(bench, monkeypatch):
    loop = asyncio.get_running_loop()
    lost: list[float] = []
    real = Page.call_after_refresh

    def lose_the_first(page: Page, back) -> bool:
        if lost:
            return real(page, back)
        lost.append(loop.time())
        return True

    monkeypatch.setattr(Page, "call_after_refresh", lose_the_first)
    bench.type("p x")
    await bench.gate.settled()
    assert bench.got == ["p", "x"]
    assert loop.time() - lost[0] >= key_gate.RETRY


# -- its limits


async def test_so_many_keys_are_kept_and_a_full_buffer_rings(bench):
    bench.type("w")
    await until(lambda: bench.got == ["w"])
    for _ in range(MOST_HELD + 6):
        bench.type("x")
    assert len(bench.gate.held) == MOST_HELD == 1024
    assert bench.rings == 6


async def test_keys_before_the_first_screen_are_kept_up_to_the_same_number():
    app = Bench()
    for _ in range(MOST_HELD + 6):
        app.type("x")
    async with open_desk(app):
        assert app.got == ["x"] * MOST_HELD


async def test_a_long_wait_is_told_once_and_counts_what_is_typed_meanwhile(bench):
    bench.type("w xyz")
    await until(lambda: bench.said)
    bench.type("x")
    assert bench.said == [("waits", 3), ("waits", 4)]
    bench.answer.set_result(None)
    await bench.gate.settled()
    assert bench.said[-1] == ("over", 0)
    assert bench.got == ["w", "x", "y", "z", "x"]


async def test_escape_breaks_a_told_wait_and_drops_what_was_held(bench):
    bench.type("w xyz")
    await until(lambda: bench.said)
    bench.type("esc q")
    await bench.gate.settled()
    assert bench.said == [("waits", 3), ("over", 0), ("dropped", 3)]
    assert bench.got == ["w", "q"]
    assert not bench.answer.cancelled()


async def test_ctrl_q_breaks_a_told_wait_and_goes_in(bench):
    bench.type("w xyz")
    await until(lambda: bench.said)
    bench.type("ctrl+q")
    await until(lambda: bench._exit)
    assert bench.said[-1] == ("dropped", 3)


async def test_a_small_window_holds_keys_and_escape_drops_them(bench):
    bench.keys_are_held = True
    bench.type("xy esc")
    await bench.gate.settled()
    assert bench.said == [("dropped", 2)]
    bench.type("esc x")
    await until(lambda: bench.got == ["escape"])
    bench.keys_are_held = False
    bench.type("y")
    await bench.gate.settled()
    assert bench.got == ["escape", "x", "y"]
