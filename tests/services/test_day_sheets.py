"""The day sheet on its way to paper: printed, or saved when the print command fails, is missing or never ends."""

import os
import select
import stat
import sys

import pytest

from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import Alert
from ctfront.services.day_sheets import DaySheets, Paper
from tests.clinics import MONDAY
from tests.screens.profile_scenes import edit_now
from tests.stories import EIGHT

SAVED = "day-2026-03-02.txt in the state folder"


@pytest.fixture
def put_out(desk, tmp_path):
    """Put out the Monday's sheet with a print command; return the sentence and what was saved."""
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    edit_now(desk, "RUIZ", alerts=(Alert(text="Latex allergy"),))

    async def put(*command: str, limit: float = 10.0, folder=tmp_path / "state"):
        sheets = DaySheets(desk.scheduling, desk.people, Paper(folder=folder, command=command, limit=limit))
        sentence = await sheets.put_out(MONDAY, now=EIGHT.replace(tzinfo=None))
        file = folder / "day-2026-03-02.txt"
        return sentence, file if file.exists() else None

    return put


def script(folder, name, code):
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
    path.chmod(0o700)
    return str(path)


async def test_without_a_command_it_is_saved_for_its_owner_only(put_out):
    sentence, file = await put_out()
    assert sentence == f"Day sheet of Mon 2 Mar saved: {SAVED}"
    text = file.read_text(encoding="utf-8")
    assert "RUIZ, Ana" in text
    assert "! Latex allergy" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_the_command_gets_the_sheet_and_no_shell_reads_its_arguments(put_out, tmp_path):
    printer = script(tmp_path, "printer", "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())")
    out = tmp_path / "$(id) paper"
    sentence, file = await put_out(printer, str(out))
    assert (sentence, file) == ("Day sheet of Mon 2 Mar printed with printer.", None)
    assert "RUIZ, Ana" in out.read_text(encoding="utf-8")


async def test_a_command_that_fails_leaves_the_sheet_saved(put_out, tmp_path, capfd):
    broken = script(tmp_path, "broken", "import sys; print('\\x1b[2J', file=sys.stderr); sys.exit(3)")
    sentence, file = await put_out(broken)
    assert sentence == f"broken failed (3); saved: {SAVED}"
    assert "RUIZ, Ana" in file.read_text(encoding="utf-8")
    assert capfd.readouterr() == ("", "")


async def test_a_missing_command_leaves_the_sheet_saved(put_out, tmp_path):
    assert await put_out(str(tmp_path / "no-such-printer")) == (
        f"no-such-pri… is missing; saved: {SAVED}",
        tmp_path / "state" / "day-2026-03-02.txt",
    )


async def test_what_is_no_program_cannot_be_run(put_out, tmp_path):
    assert (await put_out(str(tmp_path)))[0].startswith(f"{tmp_path.name[:11]}… cannot be run; saved: ")


async def test_a_command_that_hangs_is_killed_with_what_it_started(put_out, tmp_path):
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    code = f"exec 3>'{pipe}'; sleep 600 & sleep 600"
    sentence, file = await put_out("/bin/sh", "-c", code, limit=0.3)
    assert sentence == f"sh did not end in 0.3 s; saved: {SAVED}"
    assert file is not None
    assert select.select([reading], [], [], 5)[0]
    assert os.read(reading, 1) == b""  # nobody holds the other end any more
    os.close(reading)


async def test_a_folder_that_cannot_be_made_is_said(put_out, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ClinicError, match="cannot be made: Not a directory"):
        await put_out(folder=tmp_path / "file" / "x")
