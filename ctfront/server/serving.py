"""The server: it takes terminals at a socket and forks a session for each, from a process without thread or loop."""

import array
import contextlib
import gc
import os
import select
import signal
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ctfront.server import talk
from ctfront.server.installation import State, installed
from ctfront.server.session import Request, Run, run_session

GREETING_SECONDS = 5.0
"""Seconds in which a client greets."""

MOST_GREETING = 64
"""Clients that may be about to greet; the next one waits."""

LOOK_AGAIN = 0.2
"""Seconds for which a look at what is installed holds: twenty who log in at once need not look each."""

SETTLED = 1.0
"""Seconds without a change after which a new version is taken to be installed."""

LEAVING_SECONDS = 30.0
"""Seconds that sessions have to end with the server."""

SESSIONS_VARIABLE = "CTFRONT_SESSIONS"
"""Hands the sessions on to the same process with a newer program."""

_CREDENTIALS = struct.Struct("3i")
_TERMINAL = 3
"""Descriptors that come with a greeting."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many sessions there may be."""

    all: int
    each: int
    """Of one member of staff."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A session that a client was promised and that is still to be forked."""

    request: Request
    connection: socket.socket
    terminal: list[int]


@dataclass
class Guest:
    """A client that has not greeted yet."""

    connection: socket.socket
    uid: int
    until: float


@dataclass
class Server:
    """Serves one database until it is told to end."""

    listener: socket.socket
    database: str
    """As it was named; a client that names another one is told to start by itself."""
    limits: Limits
    run: Run
    renew: Callable[[], None]
    """Replaces this program by what is installed now; returns when it cannot."""
    sessions: dict[int, tuple[str, socket.socket]] = field(default_factory=dict)
    """Whose, and the connection, by process."""
    guests: dict[int, Guest] = field(default_factory=dict)
    """By descriptor."""
    promised: deque[Promise] = field(default_factory=deque)
    loaded: State = field(default_factory=installed)
    newest: State = ()
    """The newest other state seen of what is installed."""
    changed_at: float = 0.0
    looked_at: float = -LOOK_AGAIN
    """When what is installed was looked at last."""

    def serve(self) -> None:
        """Serve until `SIGTERM` or `SIGINT`, then end every session; `SIGHUP` loads what is installed now."""
        self.listener.setblocking(False)
        gc.collect()
        gc.freeze()  # what is loaded stays, in one copy for all sessions
        with _signals() as (heard, wakes):
            while not {signal.SIGTERM, signal.SIGINT} & heard:
                self._wait(wakes)
                self._reap()
                if self.promised:  # one at a time: who greets meanwhile is answered before the next
                    self._begin(self.promised.popleft())
                if signal.SIGHUP in heard or self._has_settled():
                    heard.discard(signal.SIGHUP)
                    self.hand_on()
            self._end_sessions(wakes)

    def _wait(self, wakes: int) -> None:
        """Wait for something to do, and do it."""
        poll = select.poll()
        poll.register(wakes, select.POLLIN)
        if len(self.guests) < MOST_GREETING:
            poll.register(self.listener, select.POLLIN)
        for descriptor in self.guests:
            poll.register(descriptor, select.POLLIN)
        for descriptor, _ in poll.poll(self._milliseconds()):
            if descriptor == wakes:
                os.read(wakes, 512)
            elif descriptor == self.listener.fileno():
                self._let_in()
            else:
                self._greeted(self.guests.pop(descriptor))
        now = time.monotonic()
        for descriptor in [d for d, guest in self.guests.items() if guest.until < now]:
            self.guests.pop(descriptor).connection.close()

    def _milliseconds(self) -> int | None:
        """Return how long nothing is to be done by the clock."""
        if self.promised:
            return 0
        moments = [guest.until for guest in self.guests.values()]
        if self.newest:
            moments.append(self.changed_at + SETTLED)
        return max(0, int((min(moments) - time.monotonic()) * 1000) + 1) if moments else None

    # -- clients

    def _let_in(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return  # gone already, or no descriptor is free
        connection.setblocking(False)
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        uid = _CREDENTIALS.unpack(credentials)[1]
        self.guests[connection.fileno()] = Guest(connection, uid, time.monotonic() + GREETING_SECONDS)

    def _greeted(self, guest: Guest) -> None:
        """Read what a client says, and begin a session or say why not."""
        terminal: list[int] = []
        try:
            packet, terminal = _received(guest.connection)
            told = talk.read_greeting(packet)
            if told is None or len(terminal) != _TERMINAL:
                _close(guest.connection, terminal)
                return
            request = Request(uid=guest.uid, told=told)
            answer = self._why_not(request)
            guest.connection.send(answer or talk.GO)
            if not answer:
                self.promised.append(Promise(request=request, connection=guest.connection, terminal=terminal))
                return
        except OSError:
            pass  # the client is gone
        _close(guest.connection, terminal)

    def _why_not(self, request: Request) -> bytes:
        """Return the answer to a client that gets no session, empty when it gets one."""
        if not self.is_current() or request.told.get("database", "") not in {"", self.database}:
            return talk.ALONE
        whose = [name for name, _ in self.sessions.values()]
        whose += [whose_session(promise.request) for promise in self.promised]
        if len(whose) >= self.limits.all:
            return talk.NO + b"Too many are logged in; ask the administrator, or try again when somebody has left."
        if whose.count(whose_session(request)) >= self.limits.each:
            return talk.NO + f"You are logged in {self.limits.each} times; leave one of these first.".encode()
        return b""

    def _begin(self, promise: Promise) -> None:
        connection, terminal = promise.connection, promise.terminal
        try:
            process = os.fork()
        except OSError:
            with contextlib.suppress(OSError):
                connection.send(talk.ALONE)
            _close(connection, terminal)
            return
        if process:
            self.sessions[process] = (whose_session(promise.request), connection)
            _close(None, terminal)
            return
        code = 1
        try:
            _forget_signals()
            self.listener.close()
            for other in [*self.guests.values()]:
                other.connection.close()
            for _, theirs in self.sessions.values():
                theirs.close()
            for later in self.promised:
                _close(later.connection, later.terminal)
            connection.setblocking(True)
            code = run_session(promise.request, connection, terminal, self.run)
        finally:  # nothing of a session may reach the server's own code
            os._exit(code)

    # -- sessions that end

    def _reap(self) -> None:
        """Tell the clients of sessions that were killed."""
        while self.sessions:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            whose, connection = self.sessions.pop(process, ("", None))
            if connection is None:
                continue
            if os.WIFSIGNALED(status):
                number = os.WTERMSIG(status)
                print(f"A session of {whose} was ended by signal {number}.", file=sys.stderr, flush=True)
                with contextlib.suppress(OSError):
                    connection.send(talk.KILLED + str(number).encode(), socket.MSG_DONTWAIT)
            connection.close()

    def _end_sessions(self, wakes: int) -> None:
        self.listener.close()
        for process in self.sessions:
            os.kill(process, signal.SIGTERM)
        until = time.monotonic() + LEAVING_SECONDS
        while self.sessions and (left := until - time.monotonic()) > 0:
            if select.select([wakes], [], [], left)[0]:
                os.read(wakes, 512)
            self._reap()
        for process in self.sessions:
            os.kill(process, signal.SIGKILL)

    # -- a newer program

    def is_current(self) -> bool:
        """Tell whether what is installed is what was loaded."""
        if time.monotonic() - self.looked_at < LOOK_AGAIN:
            return not self.newest
        now, self.looked_at = installed(), time.monotonic()
        if now == self.loaded:
            self.newest = ()
            return True
        if now != self.newest:
            self.newest, self.changed_at = now, time.monotonic()
        return False

    def _has_settled(self) -> bool:
        """Tell whether a newer program is there and nothing of it changes any more."""
        if not self.newest or time.monotonic() - self.changed_at < SETTLED or self.is_current():
            return False
        return time.monotonic() - self.changed_at >= SETTLED  # another change begins the time anew

    def hand_on(self) -> None:
        """Go on as what is installed now; the sessions go on as they are."""
        for guest in self.guests.values():
            guest.connection.close()  # they start by themselves
        self.guests.clear()
        while self.promised:
            self._begin(self.promised.popleft())
        parts = []
        for process, (whose, connection) in self.sessions.items():
            connection.set_inheritable(True)
            parts.append(f"{process} {connection.fileno()} {whose}")
        os.environ[SESSIONS_VARIABLE] = "\n".join(parts)
        self.renew()
        self.changed_at = time.monotonic()  # it could not; tried again a moment later


def sessions_handed_on() -> dict[int, tuple[str, socket.socket]]:
    """Return the sessions of the program that this one replaces."""
    found = {}
    for part in os.environ.pop(SESSIONS_VARIABLE, "").splitlines():
        process, descriptor, whose = part.split(" ", 2)
        connection = socket.socket(fileno=int(descriptor))
        connection.set_inheritable(False)
        found[int(process)] = (whose, connection)
    return found


def whose_session(request: Request) -> str:
    """Return whom a session is counted for: the account, and within the server's own the name that was asked for."""
    if request.uid != os.geteuid():
        return str(request.uid)
    return f"{request.uid}/{request.told.get('user', '').casefold()[:100].encode('unicode_escape').decode()}"


def _received(connection: socket.socket) -> tuple[bytes, list[int]]:
    """Return a packet and the descriptors that came with it; none when there were more than are wanted."""
    descriptors = array.array("i")
    room = socket.CMSG_SPACE(_TERMINAL * descriptors.itemsize)
    packet, extra, flags, _ = connection.recvmsg(talk.LONGEST, room, socket.MSG_CMSG_CLOEXEC)
    for level, kind, data in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    if flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
        for descriptor in descriptors:
            os.close(descriptor)
        return packet, []
    return packet, descriptors.tolist()


def _close(connection: socket.socket | None, terminal: list[int]) -> None:
    for descriptor in terminal:
        os.close(descriptor)
    if connection is not None:
        connection.close()


_HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


@contextlib.contextmanager
def _signals() -> Iterator[tuple[set[int], int]]:
    """Collect the signals that come, and a descriptor that wakes whoever waits."""
    reads, writes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    heard: set[int] = set()
    signal.set_wakeup_fd(writes)
    for number in _HEARD:
        signal.signal(number, lambda number, frame: heard.add(number))
    try:
        yield heard, reads
    finally:
        _forget_signals()
        os.close(reads)
        os.close(writes)


def _forget_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in _HEARD:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
