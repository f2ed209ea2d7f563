"""Debian's sshd on a loopback port, with accounts of its own and the lines of docs/ssh.md."""

import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server.clients import until

PAGE = Path(__file__).parent.parent.parent / "docs" / "ssh.md"
ROOT = PAGE.parent.parent

LIBRARIES = Path(next(path for path in sys.path if path.endswith("site-packages")))

OWN = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
UsePAM no
PasswordAuthentication no
StrictModes no
AuthorizedKeysFile {folder}/keys/%u
LogLevel VERBOSE
Subsystem sftp internal-sftp
"""
"""What a private sshd needs beside the page."""


def parts_of_the_page(kind: str) -> list[str]:
    """Return the blocks of the page that are of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def everybodys_python() -> str:
    """Return an interpreter of this version that every account may run."""
    for path in (Path(sys.executable).resolve(), Path(f"/usr/bin/python3.{sys.version_info.minor}")):
        if path.exists() and all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents)):
            return str(path)
    raise AssertionError(f"No Python 3.{sys.version_info.minor} that other accounts may run; apt-get install python3")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def account(name: str, *groups: str) -> Iterator[int]:
    """Make an account for the time of a test, and the groups named; return its number."""
    for group in groups:
        subprocess.run(["groupadd", group], check=True)
    home = f"/tmp/{name}"
    wanted = ["useradd", "--create-home", "--home-dir", home, "--shell", "/bin/sh", "--password", "*"]
    subprocess.run([*wanted, *(["--groups", ",".join(groups)] if groups else []), name], check=True)
    try:
        yield pwd.getpwnam(name).pw_uid
    finally:
        subprocess.run(["userdel", "--force", name], check=False, capture_output=True)
        for group in groups:
            subprocess.run(["groupdel", group], check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


def make_key(path: Path) -> str:
    """Make a key and return its public line, without a name."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return " ".join(Path(f"{path}.pub").read_text().split()[:2])


def make_program(folder: Path) -> Path:
    """Return a command that every account may run as `ctfront`."""
    program = folder / "ctfront"
    path = f"{ROOT}:{LIBRARIES}"
    run = f'PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={path} exec {everybodys_python()} -m ctfront "$@"'
    program.write_text(f"#!/bin/sh\n{run}\n")
    program.chmod(0o755)
    return program


@contextmanager
def sshd(folder: Path, lines: str) -> Iterator[int]:
    """Run sshd with the lines; return its port."""
    Path("/run/sshd").mkdir(exist_ok=True)
    if not (folder / "host_key").exists():
        make_key(folder / "host_key")
    port = free_port()
    (folder / "sshd_config").write_text(OWN.format(port=port, folder=folder) + lines)
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    subprocess.run([program, "-t", "-f", str(folder / "sshd_config")], check=True)
    log = folder / "sshd.log"
    command = [program, "-D", "-f", str(folder / "sshd_config"), "-E", str(log)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        until(lambda: log.exists() and "Server listening" in log.read_text(), "sshd")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def ssh(folder: Path, port: int, name: str, key: str, *options: str) -> list[str]:
    """Return the command that logs in with a key."""
    quiet = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={folder}/known", "-q"]
    return ["ssh", *quiet, "-i", f"{folder}/{key}", "-p", str(port), *options, f"{name}@127.0.0.1"]


def local_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "HOME": "/root"}
