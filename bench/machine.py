"""On what it was measured: nothing that names the machine."""

import os
import platform
import sqlite3
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

FSYNCS = 300
LOOP = 100_000
BLOCK = b"\0" * 4096


def facts() -> dict[str, str]:
    """Return processor, memory and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("textual", "sqlalchemy", "aiosqlite", "psycopg", "rapidfuzz")},
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def fsync_milliseconds(folder: Path) -> float:
    """Return the median time of writing 4 KiB and calling fsync on the disk that holds the folder."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(FSYNCS):
            file.write(BLOCK)
            file.flush()
            begun = time.perf_counter_ns()
            os.fsync(file.fileno())
            times.append((time.perf_counter_ns() - begun) / 1e6)
    return sorted(times)[FSYNCS // 2]


def busy() -> str:
    """Say how loaded the machine was, and how quick the interpreter was under it."""
    load = os.getloadavg()[0]
    rest = "nothing else to speak of was running" if load < 1.5 else "other work was running"
    return f"load average {load:.1f}, {rest}; {LOOP:,} squares summed in {_loop_milliseconds():.1f} ms of CPU"


def _loop_milliseconds() -> float:
    """Return the median CPU time of a bare loop, by which runs on busy and idle machines can be compared."""
    times = []
    for _ in range(50):
        begun = time.process_time_ns()
        sum(number * number for number in range(LOOP))
        times.append((time.process_time_ns() - begun) / 1e6)
    return sorted(times)[25]
