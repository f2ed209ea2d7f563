"""The driver: whole keys in, whatever pieces the line delivers; the cheapest difference out, when the line is free."""

import asyncio
import contextlib
import os
import selectors
import signal
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.geometry import Size

from ctfront.terminal.answers import ANSWER, PLACE, QUERY, REPEATED, Answers
from ctfront.terminal.line import Line
from ctfront.terminal.moves import Place
from ctfront.terminal.plain import in_ascii
from ctfront.terminal.raw import make_raw
from ctfront.terminal.sequences import Escape, Sequences
from ctfront.terminal.taken import RULE, TakenTerminal

if TYPE_CHECKING:
    from textual.app import App

LONGEST_WAIT = 0.1
"""Seconds after which the input thread looks whether the app is leaving."""

READ_BYTES = 4096

TOGETHER = 0.05
"""Seconds in which all that a key brings about is sent in one write."""

AFTERWARDS = 0.25
"""Seconds between the writes of an act that takes longer."""

MOST_AFTERWARDS = 8
"""Such writes after which frames go out as they come."""

POINTER_SHAPE = "\x1b]22;"
"""Begins what Textual writes for a mouse's pointer with each new screen; there is no mouse."""

STALLED_SECONDS = 120.0
"""After which a terminal that takes nothing counts as gone."""

_LEAVING = (signal.SIGTERM, signal.SIGHUP)


class DeskDriver(Driver):
    """Keeps the cells wanted and the cells shown.

    Frames are sent when the loop turns, while a key is under way when it has settled, and never while the line is
    full: then what was not sent is forgotten, and the newest cells go out when it is free again.
    """

    def __init__(
        self, app: "App[Any]", *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert sys.__stdin__ is not None
        assert sys.__stdout__ is not None
        self.fileno, self.output = sys.__stdin__.fileno(), sys.__stdout__.fileno()
        self.exit_event = threading.Event()
        begun: TakenTerminal | None = getattr(app, "taken", None)
        self.taken = begun or TakenTerminal(self.fileno, self.output, os.environ)
        self.encoder, self.canvas = self.taken.encoder, self.taken.canvas
        self._line: Line | None = None
        self._input: threading.Thread | None = None
        self._aside = ""
        """What goes out behind the next frame: the bell, a window's title."""
        self.cursor_place: Callable[[], Place | None] = lambda: None
        """Returns row and column of what has the focus, None where nothing has."""
        self.leave_by: Callable[[int], object] = lambda number: app.exit(return_code=128 + number)
        """Ends the app as the signal of that number does."""
        self._due = False
        self._held: asyncio.TimerHandle | None = None

    # -- coming and going

    @property
    def can_suspend(self) -> bool:
        """Whether the shell can have the terminal for a while."""
        return True

    def start_application_mode(self) -> None:
        """Take the terminal, or go on with what was painted before the app was there."""
        self._line = self.taken.take(lambda: self._loop.call_soon_threadsafe(self._commit), rule=self.drawn(RULE))
        self._watch_signals(watching=True)
        self._due = False
        # What a first paint has shown stays until the first screen is whole, or takes long.
        self._held = self._loop.call_later(AFTERWARDS, self._show_progress, MOST_AFTERWARDS)
        self.flush()
        self.tell_size()
        self._input = threading.Thread(target=self._run_input_thread, name="terminal-input", daemon=True)
        self._input.start()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        self._watch_signals(watching=False)
        self.taken.give_back()
        self._line = None

    def disable_input(self) -> None:
        """Read no more; what was typed for the screens never reaches the shell."""
        if self._input is not None and not self.exit_event.is_set():
            self.exit_event.set()
            self._input.join()
            self._input = None
            self.exit_event.clear()
            with contextlib.suppress(termios.error):
                termios.tcflush(self.fileno, termios.TCIFLUSH)

    def _watch_signals(self, *, watching: bool) -> None:
        handlers: dict[signal.Signals, Callable[[], None]] = {
            signal.SIGWINCH: self.tell_size,
            signal.SIGCONT: self._resumed,
            signal.SIGTSTP: self._stop,
            **{number: partial(self._leave, number) for number in _LEAVING},
        }
        for number, handler in handlers.items():
            if watching:
                self._loop.add_signal_handler(number, handler)
            elif number is not signal.SIGCONT:
                self._loop.remove_signal_handler(number)

    def _leave(self, number: int) -> None:
        """End the app as a signal does."""
        self.leave_by(number)

    def _stop(self) -> None:
        """Stop, as somebody outside asks, with the terminal given back until `SIGCONT`."""
        self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _resumed(self) -> None:
        """Go on after a stop of whatever kind: others may have written to the terminal and set its line."""
        if self._input is None:
            self.resume_application_mode()
        else:
            make_raw(self.fileno)
            self.forget()

    def tell_size(self) -> None:
        """Tell the app how large the terminal is."""
        with contextlib.suppress(OSError):
            size = Size(*os.get_terminal_size(self.output))
            self.send_message(events.Resize(size, size))

    # -- output

    def write(self, data: str) -> None:
        """Take what the app draws; send it soon."""
        if data.startswith(POINTER_SHAPE):
            return
        size = self._app.size
        if size and (size.width, size.height) != (self.canvas.width, self.canvas.height):
            self.canvas = self.canvas.resized(size.width, size.height)
        self._aside += self.canvas.write(self.drawn(data))
        self.flush()

    def write_aside(self, data: str) -> None:
        """Send what is no cell of the screen, behind the next frame."""
        self._aside += data
        self.flush()

    def drawn(self, data: str) -> str:
        """Return the data in the characters that the terminal has."""
        return data

    def flush(self) -> None:
        """Send what was written when this turn of the loop is over."""
        if not self._due:
            self._due = True
            self._loop.call_soon_threadsafe(self._commit)

    def hold(self) -> None:
        """Begin to keep frames back: a key is let in, and what it brings about goes out in one."""
        if self._held is None:
            self._held = self._loop.call_later(TOGETHER, self._show_progress, MOST_AFTERWARDS)

    def _show_progress(self, left: int) -> None:
        """Send what a slow act has drawn so far; a cursor alone waits for it."""
        if self.canvas.touched or not left:
            self.release()
        if left:
            self._held = self._loop.call_later(AFTERWARDS, self._show_progress, left - 1)

    def release(self) -> None:
        """Send what was kept back."""
        if self._held is not None:
            self._held.cancel()
            self._held = None
            self._commit()

    def forget(self) -> None:
        """Draw everything anew."""
        self.encoder.forget()
        self.flush()

    def _commit(self) -> None:
        """Send the newest cells, unless the line is full: it tells when it is free."""
        if self._held is not None or self._line is None or not self._line.is_free():
            return
        self._due = False
        frame = self.encoder.frame(self.canvas, self._cursor()) if self.canvas.is_painted else ""
        data, self._aside = frame + self._aside, ""
        if data:
            self._line.send(data.encode(errors="replace"))

    def _cursor(self) -> Place:
        """Return the place of the hidden cursor, which braille displays and magnifiers follow: what has the focus."""
        y, x = self.cursor_place() or (self.canvas.y, self.canvas.x)
        return max(0, min(y, self.canvas.height - 1)), max(0, min(x, self.canvas.width - 1))

    # -- input

    def _run_input_thread(self) -> None:
        self.run_input_thread()
        if not self.exit_event.is_set():  # nobody is there any more
            self._loop.call_soon_threadsafe(self._leave, signal.SIGHUP)

    def run_input_thread(self) -> None:
        """Read the keyboard until the app leaves or the line hangs up."""
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._parser = XTermParser(self._debug)
        sequences, answers = Sequences(), Answers(self._ask)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                now = time.monotonic()
                if self._line is not None and self._line.stalled_for(now) > STALLED_SECONDS:
                    return
                left = LONGEST_WAIT if sequences.deadline is None else sequences.deadline - now
                if selector.select(min(LONGEST_WAIT, max(0.0, left))):
                    data = self._read()
                    if not data:
                        return
                    # The first byte of a letter may come alone: then there is no character yet.
                    tokens = sequences.feed(decode(data), time.monotonic())
                else:
                    tokens = sequences.expire(time.monotonic())
                for token in tokens:
                    if (place := PLACE.fullmatch(token)) is not None:
                        self.encoder.repeats = int(place[1]) == REPEATED
                    elif token != ANSWER:
                        self._pass_on(token)
                    elif answers.vary(time.monotonic()):
                        sequences.jittered(time.monotonic())

    def _ask(self) -> int:
        """Ask the terminal whether it is there, at once; return the bytes sent before.

        How evenly it answers tells how evenly its keys will come.
        """
        line = self._line
        return line.send(QUERY) if line is not None else 0

    def _read(self) -> bytes:
        """Read what there is; nothing when the line has hung up."""
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _pass_on(self, token: str) -> None:
        """Give one key, character or piece of a paste to the app."""
        if isinstance(token, Escape):
            self.process_message(events.Key("escape", token))
            return
        understood = False
        # Before the terminal is raw its line discipline turns Enter into a line feed.
        for event in self._parser.feed("\r" if token == "\n" else token):
            understood = True
            self.process_message(event)
        if len(token) > 1 and not understood and not token.endswith("[200~"):
            self._parser = XTermParser(self._debug)  # an unknown sequence must not eat what follows it


class PlainDriver(DeskDriver):
    """The driver of `--ascii`."""

    def drawn(self, data: str) -> str:
        """Return the data in ASCII; escape sequences are ASCII already."""
        return in_ascii(data)
