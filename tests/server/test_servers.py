"""A server that comes, goes, is killed and is updated; and how many it lets in."""

import os
import shutil
import signal
from pathlib import Path

import pytest

import ctfront
from tests.screens.conftest import cast, founded  # noqa: F401
from tests.server.clients import clerk, is_alive, serving, until
from tests.stories import EIGHT, copy_of
from tests.wire.terminal_desk import PATIENCE, environment

FIRST = "RUIZ, Ana"


@pytest.fixture
def clinic(founded, tmp_path):  # noqa: F811
    clinic = copy_of(founded, tmp_path / "clinic.db")
    cast(clinic)
    clinic.database.close_writer()
    return clinic.database.path


def test_limits_in_all_and_of_one_person(clinic):
    around = environment(clinic.parent, EIGHT)
    with serving(clinic, "--most", "3", "--most-each", "2", around=around) as server:

        def login(name: str):
            return clerk(server, clinic.parent, EIGHT, "--user", name)

        with login("mgarcia") as first, login("MGarcia") as second:
            first.see(FIRST)
            second.see(FIRST)
            with login("mgarcia") as third:
                code, screen = third.end()
                assert code == 1
                assert "You are logged in 2 times; leave one of these first." in screen
            with login("admin") as third:
                third.see(FIRST)
                with login("tlee") as fourth:
                    code, screen = fourth.end()
                    assert code == 1
                    assert "Too many are logged in; ask the administrator" in screen
                assert second.leave() == 0
                until(lambda: len(server.sessions()) == 2, "the session to be counted no more")
            with login("tlee") as fourth:
                fourth.see(FIRST)


def test_told_to_end_it_ends_every_session_and_takes_its_socket_away(clinic):
    with serving(clinic, around=environment(clinic.parent, EIGHT)) as server:
        with clerk(server, clinic.parent, EIGHT) as desk:
            desk.see(FIRST)
            server.process.send_signal(signal.SIGTERM)
            assert desk.end()[0] == 128 + signal.SIGTERM
            assert desk.echoes()
        assert server.process.wait(PATIENCE) == 0
        assert not server.socket.exists()


def test_killed_its_sessions_go_on_and_the_next_program_starts_by_itself(clinic):
    around = environment(clinic.parent, EIGHT)
    with serving(clinic, around=around) as server, clerk(server, clinic.parent, EIGHT) as desk:
        desk.see(FIRST)
        (session,) = server.sessions()
        server.process.kill()
        server.process.wait()
        desk.type(":su\r")
        desk.see("SET-UP")
        with clerk(server, clinic.parent, EIGHT, "--db", str(clinic)) as other:
            other.see(FIRST)
            assert other.leave() == 0
        desk.type(":q\r")
        assert desk.end()[0] == 0
        until(lambda: not is_alive(session), "the session to end")
        # At the socket that the first one left behind:
        with serving(clinic, around=around) as successor, clerk(successor, clinic.parent, EIGHT) as desk:
            desk.see(FIRST)
            assert len(successor.sessions()) == 1


def test_stopped_it_keeps_nobody_waiting(clinic):
    with serving(clinic, around=environment(clinic.parent, EIGHT)) as server:
        server.process.send_signal(signal.SIGSTOP)
        with clerk(server, clinic.parent, EIGHT, "--db", str(clinic)) as desk:
            desk.see(FIRST)
            server.process.send_signal(signal.SIGCONT)
            assert desk.leave() == 0
        until(lambda: not server.sessions(), "nothing to be left")


def test_two_do_not_listen_at_one_socket(clinic):
    around = environment(clinic.parent, EIGHT)
    sentence = f"A server listens at {clinic.parent / 'desk.sock'} already."
    with (
        serving(clinic, around=around),
        pytest.raises(AssertionError, match=sentence),
        serving(clinic, around=around),
    ):
        pass


def test_a_newer_program_serves_the_next_log_in_but_one(clinic, tmp_path):
    """The log-in that finds it starts by itself; whoever is logged in goes on."""
    program = tmp_path / "program" / "ctfront"
    shutil.copytree(Path(ctfront.__file__).parent, program, ignore=shutil.ignore_patterns("__pycache__"))
    around = {**environment(clinic.parent, EIGHT), "PYTHONPATH": str(program.parent)}

    def login():
        return clerk(server, clinic.parent, EIGHT, "--db", str(clinic))

    with serving(clinic, around=around) as server, login() as old:
        old.see(FIRST)
        (first,) = server.sessions()
        (program / "__init__.py").touch()
        with login() as alone:
            alone.see(FIRST)
            assert server.sessions() == [first]
            assert alone.leave() == 0
        log = clinic.parent / "server.log"
        until(lambda: log.read_text().count("log-ins at") == 2, "the newer program")
        with login() as new:
            new.see(FIRST)
            assert len(server.sessions()) == 2
            os.kill(first, signal.SIGKILL)
            assert old.end()[0] == 128 + signal.SIGKILL
            assert new.leave() == 0


def test_reload_goes_on_with_the_sessions(clinic):
    around = environment(clinic.parent, EIGHT)
    with serving(clinic, around=around) as server, clerk(server, clinic.parent, EIGHT) as desk:
        desk.see(FIRST)
        server.process.send_signal(signal.SIGHUP)
        log = clinic.parent / "server.log"
        until(lambda: log.read_text().count("log-ins at") == 2, "the program loaded anew")
        assert len(server.sessions()) == 1
        assert desk.leave() == 0
        until(lambda: not server.sessions(), "the session to be counted no more")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--group", "no-such-group"], "There is no group no-such-group here."),
        (["--socket", "/dev/null"], "/dev/null is no socket; say another path with --socket."),
    ],
)
def test_what_cannot_be_is_one_sentence(clinic, options, sentence):
    around = environment(clinic.parent, EIGHT)
    with pytest.raises(AssertionError, match=sentence), serving(clinic, *options, around=around):
        pass
