"""What ncurses sends for the same cells: a real one, in a process and a pseudo-terminal of its own.

`python ncurses_peer.py TERMINAL TERM IDLOK` paints the frames that come on standard input, one JSON line each.
"""

import ctypes
import ctypes.util
import fcntl
import json
import locale
import os
import pty
import struct
import subprocess
import sys
import termios
import tty
from pathlib import Path

MARK = b"\x1b]9999;frame\x07"
"""Written behind each frame."""

_SHIFTS = {"bold": 21, "dim": 20, "italic": 31, "underline": 17, "blink": 19, "reverse": 18}
"""The bits of ncurses' attributes."""


class Ncurses:
    """An ncurses that paints what it is shown."""

    def __init__(self, width: int, height: int, term: str, *, moves_lines: bool) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        tty.setraw(theirs)
        kept = {name: value for name, value in os.environ.items() if name not in {"COLORTERM", "TERMINFO"}}
        environment = {**kept, "TERM": term, "NCURSES_NO_PADDING": "1"}
        environment |= {"LINES": str(height), "COLUMNS": str(width)}
        command = [sys.executable, str(Path(__file__)), os.ttyname(theirs), term, str(int(moves_lines))]
        self._theirs = theirs
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, text=True)

    def paint(self, rows: list[list[tuple]], cursor: tuple[int, int]) -> int:
        """Show cells and return the bytes that it took."""
        lines = []
        for row in rows:
            runs: list[list] = []
            for letter, (front, back, on) in row:
                if not letter:
                    continue
                look = [-1 if front is None else front, -1 if back is None else back, sorted(on & _SHIFTS.keys())]
                if runs and runs[-1][1] == look:
                    runs[-1][0] += letter
                else:
                    runs.append([letter, look])
            lines.append(runs)
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps([lines, cursor]) + "\n")
        self._child.stdin.flush()
        written = b""
        while MARK not in written:
            written += os.read(self.ours, 65536)
        return len(written) - len(MARK)

    def close(self) -> None:
        """End it."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait()
        os.close(self.ours)
        os.close(self._theirs)


def main(terminal: str, term: str, moves_lines: bool) -> None:
    """Paint until standard input ends."""
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    library = ctypes.CDLL("libncursesw.so.6")
    system = ctypes.CDLL(None)
    system.fdopen.restype = ctypes.c_void_p
    descriptor = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
    output, keyboard = system.fdopen(descriptor, b"w"), system.fdopen(os.dup(descriptor), b"r")
    library.newterm.restype = ctypes.c_void_p
    library.newterm.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p]
    assert library.newterm(term.encode(), output, keyboard)
    window = ctypes.c_void_p.in_dll(library, "stdscr")
    library.start_color()
    library.use_default_colors()
    library.nonl()
    library.idlok(window, moves_lines)
    library.leaveok(window, True)
    library.curs_set(0)
    library.setcchar.argtypes = [ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint, ctypes.c_short, ctypes.c_void_p]
    cell, pairs = ctypes.create_string_buffer(64), {(-1, -1): 0}
    for line in sys.stdin:
        rows, (y, x) = json.loads(line)
        for row, runs in enumerate(rows):
            column = 0
            for text, (front, back, on) in runs:
                if (front, back) not in pairs:
                    pairs[front, back] = len(pairs)
                    library.init_pair(pairs[front, back], front, back)
                bits = sum(1 << _SHIFTS[name] for name in on)
                for letter in text:
                    library.setcchar(cell, letter, bits, pairs[front, back], None)
                    library.mvwadd_wchnstr(window, row, column, cell, 1)
                    column += 1
        library.wmove(window, y, x)
        library.wrefresh(window)
        system.fflush(ctypes.c_void_p(output))
        os.write(descriptor, MARK)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] == "1")
