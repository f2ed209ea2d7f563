"""From exec to first paint and whole Scheduler at a real pseudo-terminal, alone and with the server."""

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from statistics import median

from bench.machine import busy
from bench.timing import Figure, Report
from tests.server.clients import Server, serving
from tests.wire.terminal_desk import Screen, Stream, environment, set_size

COMMAND = [sys.executable, "-m", "ctfront"]
ROUNDS = 11
WARM_UP = 2
SIZE = (80, 24)
PATIENCE = 60.0
"""Seconds after which a start has failed."""

QUIET = 0.5
"""Seconds of silence after a whole screen that end it."""

NOW = datetime.fromisoformat("2026-03-02T08:00")
PART = "Starting"

See = Callable[[list[str]], bool]


def has_title(lines: list[str]) -> bool:
    """Tell whether the first paint is there: what screen, and its keys."""
    return "SCHEDULER" in lines[0] and "Keys" in lines[-1]


def is_whole(lines: list[str]) -> bool:
    """Tell whether the day is there, and the pane, which is drawn last."""
    return has_title(lines) and any("Created By" in line for line in lines)


class Terminal:
    """A program in a terminal; what it draws is kept with the moment when it came."""

    def __init__(self, command: Sequence[str], around: dict[str, str]) -> None:
        self.ours, theirs = pty.openpty()
        set_size(self.ours, SIZE)
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=around, start_new_session=True, cwd="/"
        )
        os.close(theirs)
        self.drawn: list[tuple[float, bytes]] = []

    def read(self) -> bytes:
        """Take what has come."""
        piece = os.read(self.ours, 65536)
        self.drawn.append((time.perf_counter(), piece))
        return piece

    def read_until(self, see: See) -> None:
        """Read until something is seen, and all that comes with it."""
        while not self.moments(see):
            if not select.select([self.ours], [], [], PATIENCE)[0]:
                raise TimeoutError("the Scheduler did not come")
            self.read()
        while select.select([self.ours], [], [], QUIET)[0]:
            self.read()

    def moments(self, *wanted: See) -> list[float]:
        """Return the milliseconds from exec until each was seen; fewer when one has not been seen yet."""
        screen = Screen(*SIZE)
        stream, found, left = Stream(screen), [], list(wanted)
        for at, piece in self.drawn:
            stream.feed(piece)
            while left and left[0](screen.display):
                found.append((at - self.begun) * 1000)
                del left[0]
        return found

    def end(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        while self.process.poll() is None:
            with suppress(OSError):  # how Linux tells that nobody has the terminal open
                if select.select([self.ours], [], [], 0.01)[0]:
                    self.read()
        os.close(self.ours)


@contextmanager
def demo_clinic() -> Iterator[tuple[Path, float]]:
    """Make the demo; return its database and the seconds it took."""
    with tempfile.TemporaryDirectory(prefix="ctfront-bench-start-") as folder:
        begun = time.perf_counter()
        around = environment(Path(folder), NOW)
        subprocess.run(
            [*COMMAND, "demo", "--make-only", "--dir", folder], check=True, capture_output=True, env=around, cwd="/"
        )
        yield Path(folder, "clinic.db"), time.perf_counter() - begun


def clerk_of(path: Path, server: Server | None) -> tuple[list[str], dict[str, str]]:
    """Return the command and environment of a clerk who logs in."""
    around = {**environment(path.parent, NOW), "CTFRONT_SOCKET": str(server.socket) if server else ""}
    return [*COMMAND, "--db", str(path), "--user", "mgarcia"], around


def measure_starting(report: Report) -> None:
    """Report the medians, and the quickest beside."""
    with demo_clinic() as (path, made):
        report.add(PART, Figure(what="`ctfront demo --make-only`", measured=made, unit="s"))
        _report(report, "alone", path, None, first=400, whole=900)
        with serving(path, around=environment(path.parent, NOW)) as server:
            _report(report, "with the server", path, server, first=200, whole=300)
    report.note(
        PART,
        f"Wall time from exec at a pseudo-terminal of {SIZE[0]}×{SIZE[1]}, the median of {ROUNDS} starts. First paint: "
        "date, the screen's name and keys; whole: the day and the pane, too. "
        f"Measured by itself with {busy()}.",
    )


def _report(report: Report, how: str, path: Path, server: Server | None, *, first: float, whole: float) -> None:
    firsts, wholes, worked = [], [], []
    for number in range(WARM_UP + ROUNDS):
        terminal = Terminal(*clerk_of(path, server))
        terminal.read_until(is_whole)
        if number >= WARM_UP:
            painted, full = terminal.moments(has_title, is_whole)
            firsts.append(painted)
            wholes.append(full)
            worked.append(sum(map(cpu, [terminal.process.pid, *(server.sessions() if server else ())])))
        terminal.end()
    for what, times, budget in (("first paint", firsts, first), ("whole Scheduler", wholes, whole)):
        beside = f"quickest {min(times):.0f} ms"
        report.add(PART, Figure(what=f"{how}: {what}", measured=median(times), budget=budget, beside=beside))
    report.add(PART, Figure(what=f"{how}: CPU until then and half a second on", measured=median(worked)))


def cpu(process: int) -> float:
    """Return the milliseconds that all threads of a process have run."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text(encoding="ascii").split()[0]) for thread in threads) / 1e6
