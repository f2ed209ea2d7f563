"""A story of the installed program in a terminal of somebody else's making."""

import subprocess
import sys
import time
import uuid

import pytest
from sqlalchemy import text

from tests.screens.conftest import cast
from tests.stories import EIGHT, ROWS
from tests.wire.terminal_desk import environment

PATIENCE = 60.0
"""Seconds in which a state has to come."""


class Tmux:
    """A private server with one window of 80×24 and a shell in it."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.name = f"ctfront-{uuid.uuid4().hex}"
        self.tell("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "env", "PS1=desk> ", "sh")

    def tell(self, *words: str) -> str:
        """Run one command of tmux and return what it says."""
        return subprocess.run(
            ["tmux", "-L", self.name, *words],
            check=True,
            capture_output=True,
            text=True,
            env=environment(self.folder, EIGHT),
        ).stdout

    def line(self, words: str) -> None:
        """Type a line at the shell."""
        self.tell("send-keys", "-l", words)
        self.tell("send-keys", "Enter")

    def until(self, state, what: str) -> list[str]:
        """Wait for a state of the window and return its lines."""
        deadline = time.monotonic() + PATIENCE
        while not state(cells := self.tell("capture-pane", "-p").splitlines()):
            assert time.monotonic() < deadline, "\n".join([f"waited for {what}", *cells])
            time.sleep(0.05)
        return cells

    def about(self, what: str) -> str:
        """Return what tmux knows of the window."""
        return self.tell("display-message", "-p", f"#{{{what}}}").strip()


@pytest.fixture
def tmux(tmp_path):
    server = Tmux(tmp_path)
    yield server
    server.tell("kill-server")


def shows(words: str):
    return lambda cells: any(words in line for line in cells)


@pytest.mark.part("tmux")
async def test_booked_in_tmux_and_the_shell_is_as_it_was(tmux, clinic_of_its_own, tmp_path):
    clinic = clinic_of_its_own()
    cast(clinic)
    tmux.line(f"stty -g > {tmp_path}/before")
    tmux.line(f"{sys.executable} -m ctfront --db {clinic.database.path} --user mgarcia")
    tmux.until(shows("b Book"), "the Scheduler")
    assert tmux.about("alternate_on") == "1"
    assert tmux.about("mouse_any_flag") == "0"  # selecting with the mouse stays the terminal's own
    tmux.tell("send-keys", "Down", "b", "b", "a", "u", "Enter", "Enter")
    cells = tmux.until(shows("Booked BAUER"), "the booking")
    assert cells[-2].strip() == "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."
    tmux.tell("send-keys", ":", "q", "Enter")
    tmux.until(lambda cells: tmux.about("alternate_on") == "0", "the shell's screen")
    tmux.line(f"echo left with $?; stty -g > {tmp_path}/after")
    cells = tmux.until(shows("left with 0"), "the shell")
    assert not any("SCHEDULER" in line for line in cells)
    assert tmux.about("cursor_flag") == "1"
    tmux.until(lambda cells: (tmp_path / "after").exists() and (tmp_path / "after").read_text(), "the line's settings")
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()
    async with clinic.database.reading() as session:
        rows = [(r["minute"], r["patient"]) for r in (await session.execute(text(ROWS))).mappings()]
    await clinic.database.close()
    assert rows[4:] == [(495, "BAUER")]
