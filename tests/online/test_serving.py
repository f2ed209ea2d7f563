"""`ctfront site` as a process: where it listens, whom it believes, what it says, and how it ends."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.clinics import NOW, small_clinic
from tests.mail.service import environment

SETTINGS = '[site]\nurl = "https://book.example.org"\n'


class Served:
    """One run of the command."""

    def __init__(self, database: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ctfront", "--db", str(database), "site", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**environment(database.parent, NOW), "PYTHONUNBUFFERED": "1"},
        )
        self.first = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.first)
        self.url = found.group() if found else ""

    def end(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=60)[0]


@pytest.fixture
def folder(sqlite_url, tmp_path):
    """A clinic of the test's own, and its settings."""
    small_clinic(sqlite_url).database.close_writer()
    (tmp_path / "settings.toml").write_text(SETTINGS)
    return tmp_path


def hsts(served: Served, **headers: str) -> bool:
    headers = {"host": "book.example.org", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return "strict-transport-security" in httpx.get(served.url, headers=headers).headers


def test_it_serves_this_machine_says_where_logs_nothing_and_ends_when_told(folder):
    served = Served(folder / "clinic.db")
    assert "Main Street Clinic is served at http://127.0.0.1:" in served.first
    assert served.first.rstrip().endswith("for https://book.example.org")
    answer = httpx.get(f"{served.url}/invitation/a-secret", headers={"host": "book.example.org"})
    assert answer.status_code == 404
    assert "server" not in answer.headers
    assert not hsts(served, x_forwarded_proto="https"), "nobody is trusted"
    assert httpx.get(served.url, headers={"host": "evil.example"}).status_code == 421
    port = int(served.url.rpartition(":")[2])
    sockets = Path("/proc/net/tcp").read_text()
    assert f"0100007F:{port:04X}" in sockets, "on loopback"
    assert f"00000000:{port:04X}" not in sockets
    assert served.end() == ""
    assert served.process.returncode in {0, -signal.SIGTERM}


def test_a_trusted_proxy_is_believed_and_nobody_else(folder):
    served = Served(folder / "clinic.db", "--trusted-proxy", "127.0.0.1")
    assert hsts(served, x_forwarded_proto="https")
    assert not hsts(served)
    served.end()
    served = Served(folder / "clinic.db", "--trusted-proxy", "192.0.2.1")
    assert not hsts(served, x_forwarded_proto="https")
    served.end()


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "said"),
    [
        (["--trusted-proxy", "*"], SETTINGS, 2, "--trusted-proxy wants an address"),
        ([], "", 1, "do not say where the site is"),
        (["--host", "192.0.2.1"], SETTINGS, 1, "cannot listen on 192.0.2.1"),
    ],
)
def test_what_cannot_be_served_is_refused_in_one_sentence(folder, arguments, settings, code, said):
    (folder / "settings.toml").write_text(settings)
    done = subprocess.run(
        [sys.executable, "-m", "ctfront", "--db", str(folder / "clinic.db"), "site", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment(folder, NOW)},
        check=False,
    )
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.stderr
