"""Real servers, and real clients in pseudo-terminals of their own."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.wire.terminal_desk import PATIENCE, TerminalDesk, environment, set_size

AT_TERMINAL = str(Path(__file__).with_name("at_terminal.py"))
PROGRAM = [sys.executable, "-m", "ctfront"]
LEFT = "\x1b[?1049l"
KILLED = "The session was ended from outside. What was saved stands; log in again."


def until(state: Callable[[], object], what: str) -> None:
    """Wait for a state outside a terminal."""
    deadline = time.monotonic() + PATIENCE
    while not state():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.01)


class Server:
    """`ctfront server` on a database."""

    def __init__(self, process: subprocess.Popen, socket: Path) -> None:
        self.process, self.socket = process, socket

    def sessions(self) -> list[int]:
        """Return the processes of its sessions."""
        return children(self.process.pid)


def children(process: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def is_alive(process: int) -> bool:
    """Tell whether a process still runs; one that only waits to be asked how it ended does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def serving(
    database: Path, *options: str, around: dict[str, str], become: Sequence[str] = (), socket: Path | None = None
) -> Iterator[Server]:
    """Run a server until the end of the block."""
    socket = socket or database.parent / "desk.sock"
    log = database.parent / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*become, *PROGRAM, "--db", str(database), "server", "--socket", str(socket), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=around, cwd="/",
        )  # fmt: skip
    server = Server(process, socket)
    try:
        until(lambda: "log-ins at" in log.read_text() or process.poll() is not None, "the server")
        assert process.poll() is None, log.read_text()
        yield server
    finally:
        left = server.sessions()
        process.kill()
        process.wait()
        for session in left:
            if is_alive(session):
                os.kill(session, signal.SIGKILL)


class Client(TerminalDesk):
    """A terminal with the program in it, wherever its screens come from."""

    def see(self, words: str) -> None:
        """Wait until words are on the screen."""
        self.read_until(lambda: any(words in line for line in self.cells()), f"“{words}”")

    def type(self, text: str) -> None:
        """Type."""
        self.send(text.encode(), keys=len(text))

    def end(self) -> tuple[int, str]:
        """Wait for the program's end; return its exit code and what is on the screen, which has no second one."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None or select.select([self.terminal], [], [], 0)[0]:
            if select.select([self.terminal], [], [], 0.05)[0]:
                self._read()
            assert time.monotonic() < deadline, self._words("the program does not end")
        return self.process.returncode, "".join(self.screen.display)

    def leave(self) -> int:
        """Leave the program; return its exit code."""
        self.type(":q\r")
        return self.end()[0]

    def echoes(self) -> bool:
        """Tell whether the terminal is as a shell wants it."""
        line = os.open(self.line, os.O_RDWR | os.O_NOCTTY)
        try:
            flags = termios.tcgetattr(line)
        finally:
            os.close(line)
        return bool(flags[3] & termios.ECHO and flags[3] & termios.ICANON and flags[1] & termios.OPOST)


@contextmanager
def terminal(
    command: Sequence[str], around: dict[str, str], *, size: tuple[int, int] = (80, 24), typed: str = ""
) -> Iterator[Client]:
    """Run a command in a terminal; what is `typed` waits there before it starts."""
    ours, theirs = pty.openpty()
    set_size(ours, size)
    os.write(ours, typed.encode())
    process = subprocess.Popen(
        [sys.executable, AT_TERMINAL, *command],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=around, cwd="/",
    )  # fmt: skip
    line = os.ttyname(theirs)
    client = Client(process, ours, line, -1, size, typed=len(typed))
    try:
        yield client
    finally:
        process.kill()
        process.wait()
        os.close(theirs)  # kept until now: what a program wrote last is lost with the last descriptor
        os.close(ours)


def clerk(server: Server, home: Path, now, *options: str, **more) -> Iterator[Client]:
    """Log in as mgarcia where the server is."""
    around = {**environment(home, now), "CTFRONT_SOCKET": str(server.socket)}
    return terminal([*PROGRAM, "--user", "mgarcia", *options], around, **more)
