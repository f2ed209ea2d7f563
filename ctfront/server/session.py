"""One session: a child that has the terminal of a client, and listens to what the client passes on."""

import contextlib
import os
import resource
import signal
import socket
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ctfront.server import talk

PATIENCE = 5.0
"""Seconds that a client may take to let the session begin."""

LAST_WORDS = 60.0
"""Seconds in which a session whose client is gone ends by itself; then it is ended."""

_LFLAG = 3


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a session is to be: who asks, as the kernel says, and what for, as the client says."""

    uid: int
    told: Mapping[str, str]


Run = Callable[[Request], int]
"""Runs a session at descriptors 0, 1 and 2; returns its exit code."""


def run_session(request: Request, connection: socket.socket, terminal: list[int], run: Run) -> int:
    """Begin when the client says so, run, tell the exit code and return it. Called in the child, before any thread."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number, descriptor in enumerate(terminal):
        os.dup2(descriptor, number)
    for descriptor in set(terminal) - {0, 1, 2}:
        os.close(descriptor)
    connection.settimeout(PATIENCE)
    try:
        begins = connection.recv(talk.LONGEST) == talk.YES
    except OSError:
        begins = False
    if not begins:
        return 0
    connection.settimeout(None)
    for number in (signal.SIGHUP, signal.SIGTERM):  # until the screens listen for them
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    threading.Thread(target=_listen, args=[connection], name="client", daemon=True).start()
    code = 1
    try:
        code = run(request)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        kind, error, trace = sys.exc_info()
        if kind is not None and error is not None:  # what nobody foresaw: the caller never returns to the server's code
            sys.excepthook(kind, error, trace)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        _unmute(request.told.get("lflag", ""))
        with contextlib.suppress(OSError):
            connection.send(talk.EXIT + str(code).encode())
    return code


def _listen(connection: socket.socket) -> None:
    """Do what the client passes on; hang up when it is gone."""
    while True:
        try:
            packet = connection.recv(talk.LONGEST)
        except OSError:
            packet = b""
        if not packet:
            break
        if packet[0] < len(talk.PASSED_ON):
            os.kill(os.getpid(), getattr(signal, talk.PASSED_ON[packet[0]]))
    os.kill(os.getpid(), signal.SIGHUP)
    threading.Event().wait(LAST_WORDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _unmute(lflag: str) -> None:
    """Let the line echo again as before the client; nobody else does when the client was killed."""
    with contextlib.suppress(termios.error, ValueError, OverflowError):
        settings = termios.tcgetattr(0)
        settings[_LFLAG] = int(lflag)
        termios.tcsetattr(0, termios.TCSANOW, settings)
