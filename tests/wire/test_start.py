"""The real program as it takes a terminal: what is typed meanwhile, and what the terminal shows that it can do."""

import os
import re
import select
import termios
from dataclasses import replace

import pytest

from bench.wire import SETTINGS, Session
from ctfront.terminal.answers import REPEATING
from tests.wire.kinds import KINDS
from tests.wire.terminal_desk import PATIENCE, sent_for

PROBE = REPEATING.format("─")
REP = re.compile(r"\x1b\[\d+b")
TAKES_THE_TERMINAL = "\x1b[?1049h"


class Heard(Session):
    """A terminal that keeps what it was sent; to one without REP the probe's is nothing."""

    shows = True
    sent = ""

    def _show(self, data: str) -> None:
        self.sent += data
        if self.shows:
            super()._show(data if "b" in self.emulator.known else data.replace("\x1b[3b", ""))

    def wait_for(self, words: str) -> None:
        while words not in "\n".join(self.emulator.lines()):
            assert select.select([self.terminal], [], [], PATIENCE)[0], f"no {words}"
            self.output(0, PATIENCE)

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)


@pytest.mark.parametrize("repeats", [True, False])
def test_characters_are_repeated_only_where_the_terminal_has_shown_that_it_does(repeats, clinic):
    session = Heard(clinic.database.path, replace(SETTINGS[0], terminal=replace(KINDS["xterm"], repeats=repeats)))
    try:
        session.wait_for("RUIZ, Ana")
        assert PROBE in session.sent
        os.write(session.terminal, b"b")
        session.wait_for("Ctrl+O Okay")
        assert bool(REP.search(session.sent.partition(PROBE)[2])) is repeats
    finally:
        session.close()


def test_what_is_typed_while_the_demo_loads_is_not_echoed_and_is_its_first_input(tmp_path):
    session = Heard(tmp_path / "clinic.db", SETTINGS[0], "demo", "--dir", str(tmp_path))
    session.shows = False
    typed = b"".join(sent_for(": zzz esc : q enter"))
    try:
        while session.echoes():
            assert session.process.poll() is None
        os.write(session.terminal, typed)
        while select.select([session.terminal], [], [], PATIENCE)[0]:
            try:
                session.output(0, PATIENCE)
            except OSError:  # how Linux tells that nobody has the terminal open
                break
        assert session.process.wait(PATIENCE) == 0
        loading, _, screens = session.sent.partition(TAKES_THE_TERMINAL)
        assert "zzz" not in loading
        assert "Making the clinic" in loading
        assert screens
        assert session.echoes()
    finally:
        session.close()
