"""`ctfront mail` as a process of its own, which can be killed."""

import os
import select
import subprocess
import sys
from datetime import datetime
from pathlib import Path

SETTINGS = """\
[mail]
host = "127.0.0.1"
port = {port}
tls = "none"
from = "desk@clinic.example"
per_minute = {per_minute}

[site]
url = "https://book.example.org"
"""


def write_settings(folder: Path, port: int, *, per_minute: int = 0, more: str = "") -> None:
    (folder / "settings.toml").write_text(SETTINGS.format(port=port, per_minute=per_minute) + more, encoding="utf-8")


def environment(folder: Path, now: datetime) -> dict[str, str]:
    own = {"CTFRONT_NOW": now.isoformat(), "XDG_STATE_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    return {name: value for name, value in os.environ.items() if not name.startswith("CTFRONT_")} | own


class Service:
    """One run of the command."""

    def __init__(self, database: Path, now: datetime, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ctfront", "--db", str(database), "mail", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**environment(database.parent, now), "PYTHONUNBUFFERED": "1"},
        )

    def wait_for(self, words: str) -> None:
        """Read what it says up to a line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == words:
                return
        raise AssertionError(f"it ended without saying “{words}”")

    def lives_for(self, seconds: float) -> bool:
        """Wait so long, or until it ends; tell whether it lives."""
        descriptor = os.pidfd_open(self.process.pid)
        ended, _, _ = select.select([descriptor], [], [], seconds)
        os.close(descriptor)
        return not ended

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal and return how it ended and what else it said."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=30)
        return self.process.returncode, said

    def finish(self) -> tuple[int, str]:
        """Let it run to its end."""
        said, _ = self.process.communicate(timeout=120)
        return self.process.returncode, said
