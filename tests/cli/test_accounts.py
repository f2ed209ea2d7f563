"""The real program under the kernel's own accounts: who is who, and files that an account may not use."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ctfront.data.database import Database
from ctfront.domain.clinic import Identity
from ctfront.domain.set_up import FoundingDraft, StaffDraft
from ctfront.domain.staff import Act
from ctfront.services.found import found_clinic
from ctfront.services.set_up_staff import add_staff
from tests.cli.test_commands import without_engine
from tests.clinics import NOW

pytestmark = pytest.mark.part("root")

MANAGER, CLERK, STRANGER = 61001, 61002, 61003
"""User ids without an entry in the account list: the program knows them by their number."""

TEAM = 61000


@pytest.fixture
def place():
    """A folder that every account reaches, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="ctfront-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def found(folder: Path, identity: Identity, *, owner: int, mode: int, clerk: str = str(CLERK)) -> Path:
    """Found a clinic whose files belong to an account."""
    path = folder / "clinic.db"
    database = Database(f"sqlite:///{path}")
    database.ready()
    draft = FoundingDraft(
        name="Elm",
        zone="America/Los_Angeles",
        manager_name="Ada Admin",
        manager_short="admin",
        os_user=str(MANAGER),
        identity=identity,
    )
    clinic, manager = found_clinic(database, NOW, draft)
    maria = StaffDraft(name="Maria Garcia", short_name="mgarcia", os_user=clerk)
    database.write_now(lambda session: add_staff(session, clinic, Act(who=manager, at=NOW, op_id="clerk"), maria))
    database.close_writer()
    for file in folder.iterdir():
        os.chown(file, owner, TEAM)
        file.chmod(mode)
    return path


def run_as(account: int, path: Path, *arguments: str, **environment: str):
    """Run the program as an account of the team; nothing it is told of itself counts."""
    home = path.parent / f"home-{account}"
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, account, TEAM)
    return run(account, TEAM, home, path, *arguments, **environment)


def run_as_guest(path: Path, *arguments: str):
    """Run the program as an account outside the team, with a home outside the folder."""
    home = path.parent.parent / "home"
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    return run(STRANGER, STRANGER, home, path, *arguments)


def run(account: int, group: int, home: Path, path: Path, *arguments: str, **environment: str):
    # setpriv still finds an interpreter that lies in root's own folder, which the new account could not.
    become = ["setpriv", "--reuid", str(account), "--regid", str(group), "--clear-groups"]
    done = subprocess.run(
        [*become, sys.executable, "-m", "ctfront", "--db", str(path), *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        env={"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_os_the_kernels_account_is_who_works_and_everybody_may_write(place):
    place.chmod(0o2770)
    os.chown(place, 0, TEAM)
    path = found(place, Identity.OS, owner=MANAGER, mode=0o660)
    (place / "clinic.db.lock").unlink()
    added = ("staff", "add", "tlee", "--name", "Tom Lee")
    assert run_as(MANAGER, path, *added) == (0, "Added Tom Lee as tlee.\n", "")
    code, _, err = run_as(CLERK, path, *added)
    assert (code, err) == (1, "mgarcia may not do that: the right “set-up” is needed; a manager can give it.\n")
    spoofed = run_as(CLERK, path, *added, USER=str(MANAGER), LOGNAME=str(MANAGER), SUDO_UID=str(MANAGER))
    assert spoofed == (code, "", err)
    code, out, err = run_as(MANAGER, path, "check")
    assert (code, without_engine(out), err) == (0, "Everything is in order.\n", "")
    code, out, err = run_as(CLERK, path, "--user", "admin", "agenda")
    assert (code, out, err) == (1, "", "This clinic knows its staff by their own log-in; leave out --user.\n")
    code, out, err = run_as(STRANGER, path, "agenda")
    assert (code, out) == (1, "")
    assert err == f"The account {STRANGER} belongs to nobody on the staff; a manager can enter it in Set-up.\n"


def test_forced_command_the_service_account_alone_and_only_with_a_name(place):
    os.chown(place, MANAGER, TEAM)
    path = found(place, Identity.FORCED_COMMAND, owner=MANAGER, mode=0o600)
    (place / "clinic.db.lock").unlink()
    code, _, err = run_as(0, path, "--user", "admin", "staff")
    assert (code, err) == (1, "This clinic is opened through its service account only; log in with your own SSH key.\n")
    assert run_as(MANAGER, path, "--user", "mgarcia", "agenda")[0] == 0
    code, _, err = run_as(MANAGER, path, "agenda")
    assert (code, err) == (1, "This key names nobody; its forced command has to say --user and a staff member.\n")
    code, _, err = run_as(CLERK, path, "--user", "admin", "agenda")
    assert (code, err) == (1, "The database file may not be read by this account; ask the administrator.\n")
    path.chmod(0o660)
    code, _, err = run_as(CLERK, path, "--user", "admin", "agenda")
    assert (code, err.count("\n")) == (1, 1)


def test_check_names_every_key_and_file_that_lets_others_in(place):
    os.chown(place, MANAGER, TEAM)
    path = found(place, Identity.FORCED_COMMAND, owner=MANAGER, mode=0o600)
    keys = place / "authorized_keys"
    keys.write_text('restrict,command="ctfront --user mgarcia" ssh-ed25519 AAAA maria\n')

    def check():
        code, out, err = run_as(MANAGER, path, "--user", "admin", "check", "--authorized-keys", str(keys))
        return code, without_engine(out), err

    assert check() == (0, "Everything is in order.\n", "")
    keys.write_text("ssh-ed25519 AAAA old\n")
    path.chmod(0o640)
    assert check() == (
        1,
        f"{path} can be used by other accounts; chmod 600 it.\n"
        "authorized_keys line 1 lacks restrict and command=: whoever holds that key may act as anybody.\n",
        "",
    )
    path.chmod(0o600)
    keys.chmod(0)
    assert check() == (1, f"{keys} cannot be read: Permission denied.\n", "")


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "sentence"),
    [
        (0o755, 0o644, "The database file is read-only for this account; ask the administrator.\n"),
        (0o755, 0o600, "The database file may not be read by this account; ask the administrator.\n"),
        (0o777, 0o644, "The database file is read-only for this account; ask the administrator.\n"),
        (0o755, 0o666, "The database file is read-only for this account; ask the administrator.\n"),
    ],
    ids=["read-only", "unreadable", "read-only file", "read-only folder"],
)
def test_files_that_may_not_be_used_are_one_sentence(place, folder_mode, file_mode, sentence):
    inner = place / "data"
    inner.mkdir()
    path = found(inner, Identity.DEMO, owner=0, mode=file_mode)
    (inner / "clinic.db.lock").unlink()
    inner.chmod(folder_mode)
    before = path.read_bytes()
    for command in (("--user", "admin", "staff", "add", "tlee", "--name", "Tom"), ("do", "un")):
        code, out, err = run_as_guest(path, *command)
        assert (code, out, err.count("\n")) == (1, "", 1)
        if command[-1] != "un":  # which has nothing to take back where the database can be read
            assert err == sentence
    assert path.read_bytes() == before


def test_a_folder_that_may_not_be_entered_or_written_is_one_sentence(place):
    inner = place / "data"
    inner.mkdir()
    path = found(inner, Identity.DEMO, owner=0, mode=0o666)
    inner.chmod(0o700)
    code, out, err = run_as_guest(path, "agenda")
    assert (code, out) == (1, "")
    assert err.endswith("cannot be read: Permission denied.\n")
    inner.chmod(0o755)
    new = ("init", "--name", "Elm", "--zone", "Europe/Oslo", "--manager", "Ada")
    assert run_as_guest(inner / "new.db", *new) == (1, "", f"The folder {inner} may not be written by this account.\n")
    assert run_as_guest(inner / "below" / "new.db", *new) == (
        1,
        "",
        f"The database {inner / 'below' / 'new.db'} cannot be used: Permission denied.\n",
    )
    code, out, err = run_as_guest(path, "export", "patients", "-o", str(inner / "out.csv"))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert not (inner / "out.csv").exists()
