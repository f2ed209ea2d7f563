"""How long the demo takes to make, and the program to its first whole Scheduler at a real pseudo-terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from bench.timing import Figure, Report

COMMAND = [sys.executable, "-m", "ctfront"]
ROUNDS = 5
LAST_DRAWN = b"? Keys"
"""The end of the bottom line, which is drawn with the first whole screen."""
PATIENCE = 60.0
"""Seconds after which a start has failed."""


def measure_starting(report: Report) -> None:
    """Report both, the best of some rounds."""
    with tempfile.TemporaryDirectory(prefix="ctfront-bench-demo-") as folder:
        made = []
        for number in range(ROUNDS):
            begun = time.perf_counter()
            demo = ["demo", "--make-only", "--dir", f"{folder}/{number}"]
            subprocess.run([*COMMAND, *demo], check=True, capture_output=True)
            made.append(time.perf_counter() - begun)
        clinic = ["--db", str(Path(folder, "0", "clinic.db")), "--user", "mgarcia"]
        opened = [_first_screen([*COMMAND, *clinic]) for _ in range(ROUNDS)]
    report.add(
        "Starting",
        Figure(what="`ctfront demo --make-only`", measured=min(made), unit="s"),
        Figure(what="from exec to the first whole Scheduler", measured=min(opened), unit="s"),
    )
    report.note(
        "Starting", f"Wall time, the best of {ROUNDS}; the Scheduler at a pseudo-terminal of 80×24. No budget yet."
    )


def _first_screen(command: list[str]) -> float:
    """Return the seconds until the bottom line has come."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    begun = time.perf_counter()
    environment = {**os.environ, "TERM": "xterm-256color"}
    program = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    try:
        return _until(ours, begun)
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
        os.close(ours)


def _until(terminal: int, begun: float) -> float:
    drawn = b""
    while (waited := time.perf_counter() - begun) < PATIENCE:
        if select.select([terminal], [], [], PATIENCE - waited)[0]:
            drawn += os.read(terminal, 65536)
            if LAST_DRAWN in _plain(drawn):
                return time.perf_counter() - begun
    raise TimeoutError("the Scheduler did not come")


def _plain(drawn: bytes) -> bytes:
    """Return what was drawn without the sequences that style it."""
    words = drawn.split(b"\x1b[")
    return words[0] + b"".join(word.partition(b"m")[2] for word in words[1:])
