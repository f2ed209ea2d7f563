"""Many log-ins: what a session weighs, twenty at once through sshd, fifty that type."""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import mean

from bench.machine import busy
from bench.start import NOW, Terminal, clerk_of, demo_clinic, is_whole
from bench.timing import Figure, Report, Sample
from tests.server.clients import serving
from tests.server.sshd import local_environment, make_key, make_program, parts_of_the_page, ssh, sshd
from tests.wire.terminal_desk import environment, sent_for

PART = "Many sessions"
ALONE, SERVED, LOGINS, TYPING = 5, 20, 20, 50

BURST = sent_for("down down right down up left up up")
KEY_SECONDS, BURST_SECONDS = 1 / 6, 20.0
BURSTS = 3
"""Of each session."""

DRAWN_LAST = b"Created"
"""Part of the pane: only then a whole screen is looked for, which takes time."""

STALE = 1.0
"""Seconds after which nothing more is expected of a key."""


def measure_sessions(report: Report) -> None:
    """Report memory, log-ins and latency."""
    with demo_clinic() as (path, _):
        with opened([clerk_of(path, None)] * ALONE) as desks:
            weight = mean(pss(desk.process.pid) for desk in desks)
        report.add(PART, Figure(what=f"PSS alone, mean of {ALONE}", measured=weight, unit="MB", budget=50))
        limits = ("--most", "100", "--most-each", "100")
        with serving(path, *limits, around=environment(path.parent, NOW)) as server:
            with opened([clerk_of(path, server)] * SERVED) as desks:
                weights = [pss(process) for process in server.sessions()]
                clients = mean(pss(desk.process.pid) for desk in desks)
                beside = f"its client {clients:.1f} MB, the server {pss(server.process.pid):.1f} MB"
                what = f"PSS with the server, mean of {len(weights)}"
                report.add(PART, Figure(what=what, measured=mean(weights), unit="MB", budget=18, beside=beside))
            with opened([clerk_of(path, server)] * TYPING) as desks:
                report.add(PART, *_typed(desks))
            _measure_logins(report, path, server.socket)
    report.note(PART, f"Real programs at pseudo-terminals of 80×24. Measured by itself with {busy()}.")


@contextmanager
def opened(commands: Sequence[tuple[list[str], dict[str, str]]]) -> Iterator[list[Terminal]]:
    """Log in with every command at once and wait for every Scheduler."""
    desks = [Terminal(*command) for command in commands]
    try:
        _read_until_whole(desks)
        yield desks
    finally:
        for desk in desks:
            desk.process.send_signal(signal.SIGTERM)
        for desk in desks:
            desk.end()


def _read_until_whole(desks: Sequence[Terminal]) -> None:
    waiting = {desk.ours: desk for desk in desks}
    while waiting:
        for ours in select.select(list(waiting), [], [])[0]:
            desk = waiting[ours]
            if DRAWN_LAST in desk.read() and desk.moments(is_whole):
                del waiting[ours]


def pss(process: int) -> float:
    """Return a process's share of memory in MB, what it shares with others divided among them."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _typed(desks: Sequence[Terminal]) -> list[Figure]:
    """Let every desk type its bursts, evenly spread; return what the slowest keys took."""
    begun = time.perf_counter() + 1
    plan = sorted(
        (begun + (burst + number / len(desks)) * BURST_SECONDS + press * KEY_SECONDS, number, key)
        for number, _ in enumerate(desks)
        for burst in range(BURSTS)
        for press, key in enumerate(BURST)
    )
    sent: list[list[float]] = [[] for _ in desks]
    numbers = {desk.ours: number for number, desk in enumerate(desks)}
    for desk in desks:
        desk.drawn.clear()
    while plan or time.perf_counter() - max(times[-1] for times in sent) < STALE:
        wait = plan[0][0] - time.perf_counter() if plan else STALE
        for ours in select.select(list(numbers), [], [], max(0.0, wait))[0]:
            desks[numbers[ours]].read()
        while plan and plan[0][0] <= time.perf_counter():
            _, number, key = plan.pop(0)
            os.write(desks[number].ours, key)
            sent[number].append(time.perf_counter())
    took = sorted(t for times, desk in zip(sent, desks, strict=True) for t in _latencies(times, desk))
    sample = Sample(values=tuple(took))
    what = f"{len(desks)} sessions type: key to last byte"
    beside = f"{len(took):,} keys, the slowest {took[-1]:.0f} ms"
    return [
        Figure(what=f"{what}, p50", measured=sample.p50),
        Figure(what=f"{what}, p99", measured=sample.p99, budget=100, beside=beside),
    ]


def _latencies(times: Sequence[float], desk: Terminal) -> Iterator[float]:
    """Yield each key's milliseconds to its last byte before the next key; where none came before it, to the next."""
    came = [at for at, _ in desk.drawn]
    for number, at in enumerate(times):
        until = times[number + 1] if number + 1 < len(times) else at + STALE
        own = [moment for moment in came if at <= moment < min(until, at + STALE)]
        late = [moment for moment in came if moment >= until]
        if own or late:
            yield ((own[-1] if own else late[0]) - at) * 1000


def _measure_logins(report: Report, path: Path, socket: Path) -> None:
    if os.geteuid() != 0 or shutil.which("sshd") is None:
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ctfront-bench-sshd-")))
        (folder / "keys").mkdir()
        program = make_program(folder)
        forced = f'restrict,pty,command="CTFRONT_SOCKET={socket} {program} --db {path} --user mgarcia"'
        (folder / "keys" / "root").write_text(f"{forced} {make_key(folder / 'key')}\n")
        global_lines = parts_of_the_page("sshd")[1].partition("Match")[0]
        port = stack.enter_context(sshd(folder, f"{global_lines}SetEnv LC_ALL=C.UTF-8\n"))
        command = ssh(folder, port, "root", "key", "-tt")
        subprocess.run([*command[:-1], "-o", "BatchMode=yes", command[-1], "true"], capture_output=True)  # known by now
        begun = time.perf_counter()
        with opened([(command, local_environment())] * LOGINS):
            took = time.perf_counter() - begun
    what = f"{LOGINS} log-ins at once through sshd, the last whole"
    report.add(PART, Figure(what=what, measured=took, unit="s", budget=5))
