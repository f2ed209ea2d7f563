"""The lines of docs/ssh.md in Debian's sshd, met by a real ssh client in a pseudo-terminal, and by plink."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from ctfront.domain.clinic import Identity
from tests.cli.test_accounts import found
from tests.clinics import NOW
from tests.server.clients import serving, terminal, until
from tests.server.sshd import account, local_environment, make_key, make_program, parts_of_the_page, ssh, sshd
from tests.wire.terminal_desk import environment

pytestmark = [pytest.mark.part("root"), pytest.mark.part("sshd"), pytest.mark.part("ssh"), pytest.mark.part("plink")]

EMPTY = "Nobody works on this day."
ME = f"cf{os.getpid()}"
OWNER, DESK, CLERK = f"{ME}o", f"{ME}g", f"{ME}c"
"""The service account, the group and a clerk's account, for this test process alone."""


class Machine:
    """A machine with the clinic, the server and sshd."""

    def __init__(self, folder: Path, port: int, server) -> None:
        self.folder, self.port, self.server = folder, port, server

    def ssh(self, name: str, key: str, *options: str) -> list[str]:
        return ssh(self.folder, self.port, name, key, *options)

    def login(self, name: str, key: str, **more):
        return terminal(self.ssh(name, key, "-tt"), local_environment(), **more)


@pytest.fixture(scope="module")
def owner():
    """The accounts, for as long as the tests last; the number of the one that owns the database."""
    with account(OWNER, DESK) as owner, account(CLERK):
        subprocess.run(["usermod", "-a", "-G", DESK, CLERK], check=True)
        yield owner


def filled_in(lines: str, folder: Path) -> str:
    """Return lines of the page with the names of this test."""
    names = {
        "/usr/local/bin/ctfront": str(folder / "ctfront"),
        "/var/lib/ctfront/clinic.db": str(folder / "data" / "clinic.db"),
        "/etc/ssh/ctfront_keys": str(folder / "ctfront_keys"),
        "Group frontdesk": f"Group {DESK}",
        "User ctfront": f"User {OWNER}",
        "LC_ALL=C.UTF-8": f"LC_ALL=C.UTF-8 CTFRONT_SOCKET={folder / 'run' / 'desk.sock'}",
    }
    for name, here in names.items():
        lines = lines.replace(name, here)
    return lines


def machine(stack: ExitStack, owner: int, identity: Identity, lines: str) -> Machine:
    """Set a machine up; the database is its owner's alone."""
    folder = Path(tempfile.mkdtemp(prefix="ctfront-", dir="/tmp"))
    stack.callback(shutil.rmtree, folder)
    folder.chmod(0o755)
    for name in ("data", "run", "keys"):
        (folder / name).mkdir()
        if name != "keys":
            os.chown(folder / name, owner, owner)
    (folder / "data").chmod(0o700)
    path = found(folder / "data", identity, owner=owner, mode=0o600, clerk=CLERK)
    make_program(folder)
    become = ["setpriv", "--reuid", str(owner), "--regid", DESK, "--clear-groups"]
    around = {**environment(folder / "run", NOW), "PYTHONDONTWRITEBYTECODE": "1"}
    socket = folder / "run" / "desk.sock"
    server = stack.enter_context(serving(path, "--group", DESK, around=around, become=become, socket=socket))
    (folder / "keys" / CLERK).write_text(make_key(folder / "clerk") + "\n")
    page = [filled_in(line, folder) for line in parts_of_the_page("keys")[0].splitlines()]
    others = [line.replace("ssh-ed25519 AAAA…", make_key(folder / line.split()[-1])) for line in page]
    (folder / "ctfront_keys").write_text("\n".join(others).replace("--user tlee", "--user admin") + "\n")
    port = stack.enter_context(sshd(folder, filled_in(lines, folder)))
    return Machine(folder, port, server)


@pytest.fixture(scope="module")
def each_an_account(owner):
    with ExitStack() as stack:
        yield machine(stack, owner, Identity.OS, parts_of_the_page("sshd")[0])


@pytest.fixture(scope="module")
def each_a_key(owner):
    with ExitStack() as stack:
        yield machine(stack, owner, Identity.FORCED_COMMAND, parts_of_the_page("sshd")[1])


def test_os_ssh_lands_on_the_scheduler_as_the_account(each_an_account):
    machine = each_an_account
    with machine.login(CLERK, "clerk") as desk:
        desk.see(EMPTY)
        assert desk.cells()[0].endswith("mgarcia")
        assert desk.cells()[17] == "─" * 80
        assert len(machine.server.sessions()) == 1
        desk.resize(130, 40)
        desk.read_until(lambda: desk.cells()[39].startswith(" b Book"), "the keys below")
        assert desk.leave() == 0
        assert desk.echoes()


@pytest.mark.parametrize("command", [[], ["sh"], ["ctfront", "--user", "admin"], ["cat", "/etc/passwd"]])
def test_os_no_command_is_a_shell(each_an_account, command):
    done = subprocess.run(
        [*each_an_account.ssh(CLERK, "clerk"), *command], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == "The screens need a terminal; in scripts use ctfront agenda, find or do."


@pytest.mark.parametrize(("who", "key"), [(CLERK, "clerk"), (OWNER, "maria")], ids=["clerk", "owner"])
def test_no_files_and_no_ports(each_an_account, each_a_key, who, key, tmp_path):
    machine = each_an_account if who == CLERK else each_a_key
    options = machine.ssh(who, key)[1:-3]
    for copy in (["sftp", "-b", "/dev/null"], ["scp"], ["scp", "-O"]):
        port = ["-P", str(machine.port)]
        what = [f"{who}@127.0.0.1:/etc/passwd", str(tmp_path / "taken")]
        done = subprocess.run([*copy, *options, *port, *(what if copy[0] == "scp" else what[:1])], capture_output=True)
        assert done.returncode != 0
    assert not (tmp_path / "taken").exists()
    forward = machine.ssh(who, key, "-W", f"127.0.0.1:{machine.port}")
    done = subprocess.run(forward, capture_output=True, stdin=subprocess.DEVNULL)
    assert (done.returncode != 0, done.stdout) == (True, b"")


def test_os_the_line_is_cut_and_the_session_ends(each_an_account):
    machine = each_an_account
    with machine.login(CLERK, "clerk") as desk:
        desk.see(EMPTY)
        os.kill(desk.process.pid, signal.SIGKILL)
    until(lambda: not machine.server.sessions(), "the session to end")


def test_os_while_the_server_is_away_the_file_stays_shut(each_an_account):
    machine = each_an_account
    socket = machine.server.socket
    away = socket.rename(socket.with_name("away.sock"))
    try:
        with machine.login(CLERK, "clerk") as desk:
            code, screen = desk.end()
            assert code == 1
            assert "Permission denied" in screen
    finally:
        away.rename(socket)


def test_forced_command_the_key_says_who_it_is(each_a_key):
    machine = each_a_key
    for key, who in (("maria", "mgarcia"), ("terry", "admin")):
        with machine.login(OWNER, key) as desk:
            desk.see(EMPTY)
            assert desk.cells()[0].endswith(who)
            assert len(machine.server.sessions()) == 1
            assert desk.leave() == 0
            until(lambda: not machine.server.sessions(), "the session to end")


def test_forced_command_a_name_or_a_variable_from_the_other_side_is_nothing(each_a_key):
    machine = each_a_key
    told = ["-o", "SetEnv=CTFRONT_DB=/tmp/x.db CTFRONT_SOCKET=", "-tt"]
    with terminal([*machine.ssh(OWNER, "maria", *told), "ctfront", "--user", "admin"], local_environment()) as desk:
        desk.see(EMPTY)
        assert desk.cells()[0].endswith("mgarcia")
        assert desk.leave() == 0


def test_forced_command_plink_is_a_client_as_well(each_a_key):
    machine = each_a_key
    for old in machine.folder.glob("maria.ppk"):
        old.unlink()
    subprocess.run(["puttygen", machine.folder / "maria", "-o", machine.folder / "maria.ppk"], check=True)
    scan = subprocess.run(["ssh-keygen", "-l", "-f", machine.folder / "host_key.pub"], capture_output=True, text=True)
    plink = ["plink", "-ssh", "-batch", "-t", "-i", str(machine.folder / "maria.ppk"), "-P", str(machine.port)]
    plink += ["-hostkey", scan.stdout.split()[1], f"{OWNER}@127.0.0.1"]
    around = {**local_environment(), "HOME": str(machine.folder)}
    with terminal(plink, around) as desk:
        desk.see(EMPTY)
        assert desk.cells()[0].endswith("mgarcia")
        desk.type(":su\r")
        desk.see("SET-UP")
        assert desk.leave() == 0


def test_twenty_log_in_at_once(each_a_key):
    machine = each_a_key
    with ExitStack() as stack:
        keys = ["maria", "terry"] * 10
        desks = [stack.enter_context(machine.login(OWNER, key)) for key in keys]
        for desk in desks:
            desk.see(EMPTY)
        assert len(machine.server.sessions()) == 20
