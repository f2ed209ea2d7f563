"""xterm and PuTTY's terminal on a screen in memory show the same with our driver as with Textual's own."""

import os
import shlex
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.screens.conftest import cast, founded  # noqa: F401
from tests.stories import EIGHT, copy_of
from tests.wire.terminal_desk import environment

PATIENCE = 60.0

ROUNDED = 3
"""Pixels that may differ, fewer than the smallest character has: where a repeated character ends, its edge is drawn a
shade otherwise, on the free places at a glance in two spots."""

HERE = Path(__file__).parent

TERMINALS = {
    "xterm": ["xterm", "-fa", "DejaVu Sans Mono", "-fs", "8", "-geometry", "80x24+0+0", "+sb", "-T", "desk", "-e"],
    "pterm": ["pterm", "-fn", "client:DejaVu Sans Mono 8", "+sb", "-geometry", "80x24+0+0", "-T", "desk", "-e"],
}

STEPS = (
    ("Down", "Right", "Down"),
    ("Next", "bracketright", "bracketright", "t"),
    ("b", "l", "e", "e"),
    ("Escape", "Escape"),
    ("i",),
    ("F2", "F4", "Down"),
    ("F2", "w", "w"),
    ("w", "Down", "Down", "colon", "a", "r"),
)
"""Keys as X names them; after each step the pictures are compared."""


@contextmanager
def display():
    """Start an X server in memory and return its name."""
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL) as server:
        try:
            yield f":{int(os.read(reads, 16))}"
        finally:
            server.terminate()
            os.close(reads)
            os.close(writes)


class Picture:
    """The program in a real terminal, seen as a person sees it."""

    def __init__(self, terminal: str, program: str, path: Path, screen: str, folder: Path) -> None:
        ear = folder / f"{terminal}-{program}"
        os.mkfifo(ear)
        self.environment = {**environment(folder, EIGHT), "DISPLAY": screen}
        words = [sys.executable, str(HERE / program), "9", "--db", str(path), "--user", "mgarcia"]
        line = f"TERM=xterm-256color exec {shlex.join(words)} 9<{shlex.quote(str(ear))}"
        self.process = subprocess.Popen(
            [*TERMINALS[terminal], "sh", "-c", line], env=self.environment, stderr=subprocess.DEVNULL
        )
        self.ear = os.open(ear, os.O_WRONLY)
        self.typed = self.asked = 0
        self.settle()

    def tell(self, *command: str, check: bool = True) -> bytes:
        return subprocess.run(command, check=check, capture_output=True, env=self.environment).stdout

    def settle(self) -> None:
        """Wait until all keys have had their effect, which the window's title says."""
        self.asked += 1
        os.write(self.ear, b"%d %d\n" % (self.asked, self.typed))
        deadline = time.monotonic() + PATIENCE
        while not self.tell("xdotool", "search", "--name", f"^settled {self.asked}$", check=False):
            assert time.monotonic() < deadline, "the program does not settle"
            time.sleep(0.05)

    def press(self, keys: tuple[str, ...]) -> bytes:
        """Type keys at the keyboard and return the picture."""
        self.tell("xdotool", "key", "--delay", "30", *keys)
        self.typed += len(keys)
        self.settle()
        last, shot = b"", self.shot()
        while shot != last:
            time.sleep(0.2)
            last, shot = shot, self.shot()
        return shot

    def shot(self) -> bytes:
        return self.tell("import", "-window", "root", "ppm:-")

    def close(self) -> None:
        os.close(self.ear)
        self.process.terminate()
        self.process.wait()


@pytest.mark.part("Xvfb")
@pytest.mark.part("xdotool")
@pytest.mark.part("import")
@pytest.mark.parametrize("terminal", [pytest.param(name, marks=pytest.mark.part(name)) for name in TERMINALS])
def test_the_same_picture_as_with_textuals_own_driver(terminal, founded, tmp_path):  # noqa: F811
    shots = {}
    for program in ("listening_desk.py", "stock_desk.py"):
        clinic = copy_of(founded, tmp_path / "clinic.db")
        cast(clinic)
        clinic.database.close_writer()
        with ExitStack() as stack:
            screen = stack.enter_context(display())
            picture = Picture(terminal, program, clinic.database.path, screen, tmp_path)
            stack.callback(picture.close)
            shots[program] = [picture.press(keys) for keys in STEPS]
    ours, stock = shots.values()
    assert len(set(stock)) == len(STEPS) - 1  # a form that is left leaves no trace
    for number, keys in enumerate(STEPS):
        files = [tmp_path / f"{number}-{name}.ppm" for name in ("ours", "stock")]
        for file, shot in zip(files, (ours[number], stock[number]), strict=True):
            file.write_bytes(shot)
        command = ["compare", "-metric", "AE", "-fuzz", "10%", *map(str, files), "null:"]
        differing = subprocess.run(command, check=False, capture_output=True, text=True).stderr
        assert int(differing) <= ROUNDED, f"after {keys}: see {tmp_path}"
