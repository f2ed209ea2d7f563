"""`ctfront keys` shows what each key arrives as, and leaves the terminal as it was."""

import os
import pty
import subprocess
import sys
import termios

from tests.stories import EIGHT
from tests.wire.terminal_desk import environment


def read_until(terminal: int, words: str) -> str:
    read = ""
    while words not in read:
        read += os.read(terminal, 4096).decode()
    return read


def test_each_key_is_named_with_its_bytes(tmp_path):
    terminal, program_end = pty.openpty()
    before = termios.tcgetattr(program_end)
    command = [sys.executable, "-m", "ctfront", "keys"]
    ends = {"stdin": program_end, "stdout": program_end, "stderr": program_end}
    with subprocess.Popen(command, **ends, env=environment(tmp_path, EIGHT)) as program:
        read_until(terminal, "q leaves")
        os.write(terminal, b"\x1b[12~\x1b[B\r\x10aq")
        lines = read_until(terminal, "\nq").splitlines()
        assert program.wait() == 0
    named = [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]
    assert named[:5] == [("f2", "ESC [ 1 2 ~"), ("down", "ESC [ B"), ("enter", "^M"), ("ctrl+p", "^P"), ("a", "a")]
    assert termios.tcgetattr(program_end) == before
    os.close(terminal)
    os.close(program_end)


def test_without_a_terminal_it_says_so(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ctfront", "keys"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=environment(tmp_path, EIGHT), check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "ctfront keys wants a terminal to read keys from.\n")
