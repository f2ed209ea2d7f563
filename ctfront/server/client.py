"""`ctfront` where a server runs: hand the terminal over, pass signals on, and give the terminal back whatever happens.

Everything here is imported before anything else, so it imports nothing that takes time.
"""

import array
import os
import signal
import socket
import sys
import termios

from ctfront.server import talk

KEYBOARD, SCREEN, ERRORS = 0, 1, 2

SOCKET_VARIABLE = "CTFRONT_SOCKET"
"""Names the socket; empty for none."""

SYSTEM_SOCKET = "/run/ctfront/desk.sock"

PATIENCE = 5.0
"""Seconds that the server's answer may take; then the program starts by itself."""

LAST_WORDS = 70.0
"""Seconds that a session has to end once it was told to."""

_LFLAG = 3

_FLAGS = {"--ascii": "ascii", "--wire": "wire"}
_OPTIONS = {"--user": "user", "--db": "database"}


def find_socket() -> str | None:
    """Return where a server listens, None where none does."""
    named = os.environ.get(SOCKET_VARIABLE)
    folder = os.environ.get("XDG_RUNTIME_DIR")
    places = [f"{folder}/ctfront.sock"] if folder else []
    for place in [*places, SYSTEM_SOCKET] if named is None else [named]:
        if place and os.path.exists(place):
            return place
    return None


def read_arguments(arguments: list[str]) -> dict[str, str] | None:
    """Return what is asked of the screens; None for whatever is not the screens alone."""
    asked: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        name, has_value, value = word.partition("=")
        if word in _FLAGS:
            asked[_FLAGS[word]] = "yes"
        elif name in _OPTIONS:
            given = value if has_value else next(words, None)
            if given is None:
                return None
            asked[_OPTIONS[name]] = given
        else:
            return None
    return asked


def first_environment() -> dict[str, str]:
    """Return the environment as it was before Python, which sets a locale where there is none."""
    try:
        with open("/proc/self/environ", "rb") as file:
            pairs = os.fsdecode(file.read()).split("\0")
    except OSError:
        return dict(os.environ)
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def hand_over(arguments: list[str]) -> None:
    """Give the terminal to a server and exit with the session's code; return where the program starts by itself."""
    place, asked = find_socket(), read_arguments(arguments)
    if place is None or asked is None or not (os.isatty(KEYBOARD) and os.isatty(SCREEN)):
        return
    around = first_environment()
    database = asked.get("database") or around.get("CTFRONT_DB", "")
    asked["database"] = os.path.abspath(database) if database and "://" not in database else database
    before = termios.tcgetattr(KEYBOARD)
    told = {**asked, "lflag": str(before[_LFLAG]), **{n: around[n] for n in talk.ENVIRONMENT if n in around}}
    packet = talk.greeting(told)
    if packet is None:
        return
    quiet = termios.tcgetattr(KEYBOARD)
    quiet[_LFLAG] &= ~(termios.ECHO | termios.ICANON)  # what is typed meanwhile is the session's first input
    termios.tcsetattr(KEYBOARD, termios.TCSANOW, quiet)
    code = None
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            if _is_taken(connection, place, packet):
                code = _attend(connection)
    finally:
        termios.tcsetattr(KEYBOARD, termios.TCSANOW, before)
    if code is not None:
        sys.exit(code)


def _is_taken(connection: socket.socket, place: str, packet: bytes) -> bool:
    """Ask the server to take the terminal; exit with its refusal."""
    descriptors = array.array("i", [KEYBOARD, SCREEN, ERRORS])
    connection.settimeout(PATIENCE)
    try:
        connection.connect(place)
        connection.sendmsg([packet], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        answer = connection.recv(talk.LONGEST)
    except OSError:
        return False
    if answer.startswith(talk.NO):
        sys.stderr.write(answer.removeprefix(talk.NO).decode() + "\n")
        sys.exit(1)
    return answer == talk.GO


def _attend(connection: socket.socket) -> int | None:
    """Pass signals on until the session is over; return its exit code, None when it never began."""

    def pass_on(number: int, frame: object) -> None:
        told = signal.Signals(number).name
        try:
            connection.send(bytes([talk.PASSED_ON.index(told)]), socket.MSG_DONTWAIT)
        except OSError:
            return  # the session is over, and its code on the way
        if told in {"SIGHUP", "SIGTERM"}:
            connection.settimeout(LAST_WORDS)

    for name in talk.PASSED_ON:
        signal.signal(getattr(signal, name), pass_on)
    signal.signal(signal.SIGINT, lambda *_: pass_on(signal.SIGTERM, None))
    for name in ("SIGTSTP", "SIGTTIN", "SIGTTOU"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    connection.settimeout(None)
    try:
        connection.send(talk.YES)
        answer = connection.recv(talk.LONGEST)
    except OSError:
        answer = b""
    if answer == talk.ALONE:
        for name in (*talk.PASSED_ON, "SIGTSTP", "SIGTTIN", "SIGTTOU"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return None
    if answer.startswith(talk.EXIT):
        return int(answer.removeprefix(talk.EXIT))
    return _clean_up(answer)


def _clean_up(answer: bytes) -> int:
    """Give the terminal back in the place of a session that could not; return the exit code."""
    from ctfront.terminal.taken import leaving
    from ctfront.terminal.terminals import terminal_of

    terminal = terminal_of(os.environ, SCREEN)
    os.write(SCREEN, leaving(has_second_screen=terminal.has_second_screen))
    termios.tcflush(KEYBOARD, termios.TCIFLUSH)
    sys.stderr.write("The session was ended from outside. What was saved stands; log in again.\r\n")
    return 128 + int(answer.removeprefix(talk.KILLED)) if answer.startswith(talk.KILLED) else 1
