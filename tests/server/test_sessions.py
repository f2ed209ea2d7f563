"""Sessions that a server forked, in real terminals: as if the program had been started there."""

import os
import signal
import socket
from contextlib import ExitStack, closing

import pytest

from tests.screens.conftest import cast, founded  # noqa: F401
from tests.server.clients import KILLED, PROGRAM, clerk, is_alive, serving, terminal, until
from tests.stories import EIGHT, copy_of
from tests.wire.terminal_desk import environment

FIRST = "RUIZ, Ana"


@pytest.fixture(scope="module")
def clinic(founded, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("served")
    clinic = copy_of(founded, folder / "clinic.db")
    cast(clinic)
    clinic.database.close_writer()
    return clinic.database.path


@pytest.fixture(scope="module")
def server(clinic):
    with serving(clinic, around=environment(clinic.parent, EIGHT)) as server:
        yield server


@pytest.fixture
def login(server, clinic):
    """Log in; leaves nobody behind."""
    with ExitStack() as stack:
        yield lambda *options, **more: stack.enter_context(clerk(server, clinic.parent, EIGHT, *options, **more))
    until(lambda: not server.sessions(), "the sessions to end")


def test_it_is_one_process_without_threads_that_forks_the_session(server, login):
    desk = login()
    desk.see(FIRST)
    assert os.listdir(f"/proc/{server.process.pid}/task") == [str(server.process.pid)]
    assert len(server.sessions()) == 1
    assert desk.leave() == 0
    assert desk.echoes()


def test_keys_typed_before_the_program_was_started_are_its_first(login):
    desk = login(typed="]:su\r")
    desk.see("SET-UP")
    assert desk.leave() == 0


def test_the_window_is_resized(login):
    desk = login()
    desk.see(FIRST)
    desk.resize(130, 40)
    desk.read_until(lambda: desk.cells()[39].startswith(" b Book"), "the keys below")
    desk.resize(60, 20)
    desk.see("ctfront needs 80 columns and 24 rows.")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_signals_are_passed_on_and_the_code_comes_back(login, number):
    desk = login()
    desk.see(FIRST)
    os.kill(desk.process.pid, number)
    assert desk.end()[0] == 128 + number
    assert desk.echoes()


def test_a_refusal_is_one_sentence_and_exit_1(login):
    code, screen = login("--user", "nobody").end()
    assert code == 1
    assert "There is nobody called nobody on the staff; a manager can add them in Set-up." in screen


def test_a_terminal_that_shows_no_screens_is_refused(server, clinic):
    around = {**environment(clinic.parent, EIGHT), "CTFRONT_SOCKET": str(server.socket), "TERM": "dumb"}
    with terminal([*PROGRAM, "--user", "mgarcia"], around) as desk:
        assert desk.end()[0] == 1


def test_a_locale_without_utf8_is_drawn_in_ascii(server, clinic):
    around = {**environment(clinic.parent, EIGHT), "CTFRONT_SOCKET": str(server.socket), "LANG": "C"}
    around["PYTHONCOERCECLOCALE"] = "0"  # what sets the terminal up is a Python, too
    with terminal([*PROGRAM, "--user", "mgarcia"], around) as desk:
        desk.see(FIRST)
        desk.see("-" * 80)
        assert desk.leave() == 0


def test_a_session_that_is_killed_leaves_a_terminal_and_its_neighbour(server, login):
    desk = login()
    desk.see(FIRST)
    (first,) = server.sessions()
    other = login()
    other.see(FIRST)
    desk.type("dropped")
    os.kill(first, signal.SIGKILL)
    code, screen = desk.end()
    assert code == 128 + signal.SIGKILL
    assert KILLED in screen
    assert desk.echoes()
    other.type(":su\r")
    other.see("SET-UP")
    assert other.leave() == 0


def test_a_client_that_is_killed_is_a_line_that_hangs_up(server, login):
    desk = login()
    desk.see(FIRST)
    (session,) = server.sessions()
    os.kill(desk.process.pid, signal.SIGKILL)
    until(lambda: not is_alive(session), "the session to end")
    assert desk.echoes()


def test_a_client_that_is_killed_while_its_session_begins(server, login):
    desk = login()
    desk.see("SCHEDULER")  # the first paint
    os.kill(desk.process.pid, signal.SIGKILL)
    until(lambda: not server.sessions(), "the session to end")
    assert desk.echoes()


def test_twenty_at_once_and_one_that_dies(server, login):
    desks = [login() for _ in range(10)]
    desks += [login("--user", "admin") for _ in range(10)]
    for desk in desks:
        desk.see(FIRST)
    sessions = server.sessions()
    assert len(sessions) == 20
    os.kill(sessions[7], signal.SIGSEGV)
    ended = 0
    for desk in desks:
        desk.type(":q\r")
        ended += desk.end()[0] == 128 + signal.SIGSEGV
    assert ended == 1


def test_what_does_not_speak_as_a_client_harms_nobody(server, login):
    desk = login()
    desk.see(FIRST)
    greeting = b"ctfront desk 1"
    for packet in (b"", b"hello", greeting, greeting + b"\0uid=0", greeting + b"\0user=a\0user=b", b"x" * 9000):
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)) as stranger:
            stranger.connect(str(server.socket))
            if packet:
                stranger.send(packet)
                assert stranger.recv(100) == b""
    pipe = os.pipe()
    for descriptors in (pipe, (*pipe, *pipe)):
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)) as stranger:
            stranger.connect(str(server.socket))
            socket.send_fds(stranger, [greeting + b"\0user=mgarcia"], list(descriptors))
            assert stranger.recv(100) == b""
    for end in pipe:
        os.close(end)
    assert len(server.sessions()) == 1
    assert login().leave() == 0


def test_who_asks_for_another_database_starts_by_itself(server, clinic, login):
    desk = login("--db", str(clinic.parent / "other.db"))
    desk.see("There is no clinic here yet.")
    assert not server.sessions()
