"""Who works in a session is what the kernel says of the client; nothing that it says of itself counts."""

import os
import subprocess
import sys

import pytest

from ctfront.domain.clinic import Identity
from ctfront.server import talk
from tests.cli.test_accounts import CLERK, MANAGER, STRANGER, TEAM, found, place  # noqa: F401
from tests.clinics import NOW
from tests.server.clients import PROGRAM, serving, terminal
from tests.wire.terminal_desk import environment

pytestmark = pytest.mark.part("root")

OWNER, GUEST = 61009, 61004
"""The service account, and an account of the team that belongs to nobody on the staff."""

EMPTY = "Nobody works on this day."


def account(uid: int, group: int = TEAM) -> list[str]:
    return ["setpriv", "--reuid", str(uid), "--regid", str(group), "--clear-groups"]


@pytest.fixture
def house(place):  # noqa: F811
    """A folder for the database that its owner alone may enter, and one for the socket."""
    for name in ("data", "run", "home"):
        (place / name).mkdir()
        os.chown(place / name, OWNER, TEAM)
    (place / "data").chmod(0o700)
    (place / "run").chmod(0o755)
    (place / "home").chmod(0o777)
    return place


def served(house, identity: Identity):
    """Serve a clinic whose file nobody but the service account may read."""
    path = found(house / "data", identity, owner=OWNER, mode=0o600)
    around = {**environment(house / "home", NOW), "PYTHONDONTWRITEBYTECODE": "1"}
    place = house / "run" / "desk.sock"  # noqa: F811
    return serving(path, "--group", str(TEAM), around=around, become=account(OWNER), socket=place)


def login(house, uid: int, *arguments: str, group: int = TEAM, **lies: str):
    """Log in as an account of the kernel's, whatever else is said."""
    around = {**environment(house / "home", NOW), "CTFRONT_SOCKET": str(house / "run" / "desk.sock"), **lies}
    around["PYTHONDONTWRITEBYTECODE"] = "1"
    return terminal([*account(uid, group), *PROGRAM, *arguments], around)


def refused(desk) -> str:
    """Return what is said to whom is not let in."""
    code, screen = desk.end()
    assert code == 1
    assert EMPTY not in screen
    return screen


def test_os_each_account_is_its_own_clerk_without_a_right_on_the_file(house, tmp_path):
    with served(house, Identity.OS) as server:
        with login(house, CLERK) as clerk, login(house, MANAGER) as manager:
            clerk.see(EMPTY)
            manager.see(EMPTY)
            assert clerk.cells()[0].endswith("mgarcia")
            assert manager.cells()[0].endswith("admin")
            assert len(server.sessions()) == 2
        with login(house, GUEST) as desk:
            assert f"The account {GUEST} belongs to nobody on the staff" in refused(desk)
        with login(house, 0) as desk:
            assert "The account root belongs to nobody on the staff" in refused(desk)
        with login(house, STRANGER, group=STRANGER) as desk:  # may not use the socket, and finds no clinic of its own
            desk.see("There is no clinic here yet.")
        with login(house, CLERK, "--user", "admin") as desk:
            assert "This clinic knows its staff by their own log-in; leave out --user." in refused(desk)
        database = str(house / "data" / "clinic.db")
        with login(house, CLERK, "--db", f"{database}-wal") as desk:
            assert "Permission denied" in refused(desk)
        with login(house, CLERK, CTFRONT_DB=str(tmp_path / "other.db")) as desk:
            assert "Permission denied" in refused(desk)
        with login(house, CLERK, "--db", database, CTFRONT_SOCKET="") as desk:
            assert "Permission denied" in refused(desk)


def test_os_a_lying_environment_changes_nothing(house, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import os; os.getuid = os.geteuid = lambda: 0\n")
    tmp_path.chmod(0o755)
    lies = {
        "USER": "admin", "LOGNAME": "admin", "SUDO_USER": "admin", "SUDO_UID": str(MANAGER), "CTFRONT_USER": "admin",
        "CTFRONT_NOW": "2030-01-01T08:00", "CTFRONT_SETTINGS": "/dev/null", "PYTHONPATH": str(tmp_path),
        "HOME": "/root", "SSH_CONNECTION": "\x1b[2Jadmin 1", "TERMINFO": str(tmp_path), "COLORTERM": "\x1b]0;x\x07",
    }  # fmt: skip
    with served(house, Identity.OS) as server, login(house, CLERK, **lies) as desk:
        desk.see(EMPTY)
        assert desk.cells()[0].split()[3] != "2030"
        assert desk.cells()[0].endswith("mgarcia")
        (session,) = server.sessions()
        assert os.stat(f"/proc/{session}").st_uid == OWNER
        assert desk.leave() == 0


def test_os_a_client_of_ones_own_making_gains_nothing(house):
    """It says that it is the manager in every way the talk has, and in some that it has not."""
    asking = """
import pty, socket, sys
ours, theirs = pty.openpty()
for words in sys.argv[2:]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(sys.argv[1])
        socket.send_fds(connection, ["\\0".join(["ctfront desk 1", *words.split()]).encode()], [theirs] * 3)
        answer = connection.recv(100)
        if answer == b"go":
            connection.send(b"yes")
            answer = connection.recv(100)
        print(answer)
"""
    greetings = ["TERM=xterm user=admin", "TERM=xterm uid=61001", "TERM=xterm account=admin", "TERM=xterm database=x"]
    with served(house, Identity.OS) as server:
        command = [*account(CLERK), sys.executable, "-c", asking, str(server.socket), *greetings]
        said = subprocess.run(command, capture_output=True, text=True, cwd="/", check=True).stdout.splitlines()
    assert said == ["b'exit 1'", "b''", "b''", "b'alone'"]


def test_forced_command_the_service_account_alone_and_only_with_a_name(house):
    with served(house, Identity.FORCED_COMMAND) as server:
        with login(house, OWNER, "--user", "mgarcia") as desk:
            desk.see(EMPTY)
            assert desk.cells()[0].endswith("mgarcia")
            assert len(server.sessions()) == 1
        with login(house, OWNER) as desk:
            assert "This key names nobody" in refused(desk)
        for uid in (CLERK, MANAGER, 0):
            with login(house, uid, "--user", "admin") as desk:
                assert "This clinic is opened through its service account only" in refused(desk)


def test_a_server_is_the_owners(house):
    path = found(house / "data", Identity.OS, owner=OWNER, mode=0o660)
    path.parent.chmod(0o770)
    around = {**environment(house / "home", NOW), "PYTHONDONTWRITEBYTECODE": "1"}
    with (
        pytest.raises(AssertionError, match="Run the server as the account that owns the database"),
        serving(path, around=around, become=account(CLERK), socket=house / "home" / "desk.sock"),
    ):
        pass


@pytest.mark.parametrize("value", ["", "x" * 65, "xterm/../../x", "xterm\x1b[2J", ".hidden", "xterm x"])
def test_a_terminal_that_is_no_name_is_none(value):
    from ctfront.cli.server import believed

    assert believed({"TERM": value, "LANG": "C.UTF-8"}) == {"LANG": "C.UTF-8"}


def test_a_greeting_says_what_the_talk_has_and_nothing_twice():
    told = {"user": "mgarcia", "TERM": "xterm", "lflag": "3"}
    assert talk.read_greeting(talk.greeting(told)) == told
    assert talk.greeting({"user": "a\0uid=0"}) is None
    assert talk.greeting({"user": "a" * talk.LONGEST}) is None
    for name in ("uid", "account", "PYTHONPATH", "CTFRONT_NOW", "HOME"):
        assert talk.read_greeting(talk.greeting({name: "x"})) is None
