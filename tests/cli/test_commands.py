"""The command line as a script meets it: exit codes, sentences, JSON, and no traceback ever."""

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from ctfront import __version__
from ctfront.cli import commands
from ctfront.cli.caller import check_terminal
from ctfront.cli.check import loose_keys
from ctfront.cli.opening import start_clock
from ctfront.data.database import Database
from ctfront.demo import make_demo
from ctfront.domain.errors import ClinicError
from tests.clinics import DEMO_RULES

NOW = "2026-03-02T08:00"


@pytest.fixture(scope="module")
def demo_template(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "clinic.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    make_demo(database, datetime(2026, 3, 2, 16, tzinfo=UTC), 1, DEMO_RULES)
    database.close_writer()
    return path


@pytest.fixture
def demo(demo_template, tmp_path, monkeypatch):
    """Run a command on a demo clinic of its own."""
    path = tmp_path / "clinic.db"
    path.write_bytes(demo_template.read_bytes())
    monkeypatch.setenv("CTFRONT_NOW", NOW)
    return lambda *arguments: run("--db", path, *arguments)


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("CTFRONT_DB", raising=False)


def run(*arguments, stdin=None):
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], input=stdin, prog_name="ctfront")


def said(result):
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_version_is_shown():
    assert said(run("--version")) == (0, f"ctfront {__version__}\n", "")


def test_help_names_every_command():
    _, text, _ = said(run("--help"))
    names = [line.split()[0] for line in text[text.index("Commands:") :].splitlines()[1:] if line.strip()]
    assert names[:4] == ["init", "demo", "agenda", "find"]


def test_showing_the_version_imports_nothing_heavy():
    code = (
        "import sys; from ctfront.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: print(sorted({'sqlalchemy', 'textual', 'alembic', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_wrong_usage_is_2():
    assert run("agenda", "--nonsense").exit_code == 2
    assert run("nonsense").exit_code == 2


def test_no_clinic_yet_says_how_to_make_one(tmp_path):
    path = tmp_path / "none.db"
    assert said(run("--db", path, "agenda")) == (
        1,
        "",
        f"There is no clinic at {path} yet; make one with: ctfront init\n",
    )
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam")
    code, out, err = said(run("--db", path, "agenda"))
    assert (code, out, err) == (1, "", f"{path} is not a ctfront database.\n")
    assert path.read_text() == "Dear Sir or Madam"


def test_init_makes_a_clinic_once(tmp_path):
    path = tmp_path / "new.db"
    made = run("--db", path, "init", "--name", "Elm", "--zone", "Europe/Oslo", "--manager", "Ada Lund")
    assert said(made)[0] == 0
    again = run("--db", path, "init", "--name", "Elm", "--zone", "Europe/Oslo", "--manager", "Ada Lund")
    assert again.exit_code == 1
    assert said(run("--db", path, "agenda", "--date", "2026-03-02")) == (
        0,
        "Mon 2 Mar 2026   Elm\nNo appointments.\n",
        "",
    )


def test_init_from_a_file_and_a_zone_that_is_none(tmp_path):
    answers = tmp_path / "clinic.toml"
    answers.write_text('name = "Elm"\nzone = "Mars/Olympus"\nmanager = "Ada Lund"\n')
    code, out, err = said(run("--db", tmp_path / "new.db", "init", "--from", answers))
    assert (code, out) == (1, "")
    assert "Mars/Olympus" in err
    assert said(run("--db", tmp_path / "new.db", "init", "--from", answers, "--zone", "Europe/Oslo"))[0] == 0


def test_agenda_json_has_exactly_the_promised_fields(demo):
    code, out, _ = said(demo("agenda", "--json", "--provider", "chen"))
    first = json.loads(out)[0]
    assert code == 0
    assert list(first) == [
        "number", "id", "start", "end", "provider", "patient", "purpose", "status", "created_by", "created_at",
        "online", "site", "note", "cancel_reason",
    ]  # fmt: skip
    assert list(first["patient"]) == ["name", "birth_date", "record", "public_id"]
    assert (first["patient"]["name"], first["start"], first["status"], first["created_by"], first["online"]) == (
        "KAPOOR, Dev",
        "2026-03-02T08:15:00",
        "scheduled",
        "Online Appointment",
        True,
    )


def test_agenda_of_a_date_that_does_not_exist_is_refused(demo):
    code, out, err = said(demo("agenda", "--date", "2026-02-30"))
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_find_json_has_the_patient_and_how_to_reach_them(demo):
    [found] = json.loads(said(demo("find", "4432", "--json"))[1])
    assert {name: found[name] for name in ("name", "record", "phone", "active", "online", "stale")} == {
        "name": "KAPOOR, Dev",
        "record": "10432",
        "phone": "(555) 010-4432",
        "active": True,
        "online": "enrolled",
        "stale": False,
    }


def test_find_nobody_is_refused(demo):
    assert said(demo("find", "qqqqqq")) == (1, "", "Nobody is found by “qqqqqq”.\n")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ar ruiz", "RUIZ, Ana is arrived."),
        (
            "ca 830",
            "Cancelled OKAFOR, Grace for 8:30 with Dr Alvarez. u takes it back."
            " CORWIN, Noor (555) 010-2931 and 1 more fit: :wl",
        ),
        (
            "mv kapoor 845",
            "Moved KAPOOR, Dev for 8:45 with Dr Chen. u takes it back. CLEMENT, Emil (555) 010-3201 fits: :wl",
        ),
        ("bk bauer t 815 alvarez adj", "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."),
        ("bk bauer t 815", "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."),
        ("go fri", "Fri 6 Mar 2026"),
    ],
)
def test_a_line_is_done_and_said(demo, line, sentence):
    assert said(demo("do", line)) == (0, sentence + "\n", "")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("bk smi,jo t 815", "“smi,jo” fits several: SMITH, Joan b 1 May 1962 #10009; b 1 May 1993 #10010"),
        ("bk ruiz t 830 alvarez", "Dr Alvarez is not free at 8:30 on Mon 2 Mar 2026."),
        ("bk bauer t 830 alvarez adj", "Dr Alvarez is taken at 8:30."),
        ("bk vance t 815 alvarez adj", "VANCE, Idris is inactive; make the patient active again first."),
        ("mv ruiz", "Where to? Type a date, a time or a provider."),
        ("ar bauer", "Nobody on Mon 2 Mar 2026 is meant by that."),
        ("q", "“q” works on the screens only."),
    ],
)
def test_a_line_that_is_refused_changes_nothing(demo, line, sentence):
    before = said(demo("agenda", "--json"))[1]
    assert said(demo("do", line)) == (1, "", sentence + "\n")
    assert said(demo("agenda", "--json"))[1] == before


def test_undo_takes_back_the_last_line(demo):
    before = said(demo("agenda"))[1]
    demo("do", "ca lee")
    assert said(demo("do", "un")) == (0, "Took back: Cancelled LEE, Min for 8:00 with Osei LMT.\n", "")
    assert said(demo("agenda"))[1] == before


def test_to_another_day_is_a_rescheduling(demo):
    [start, *_] = said(demo("do", "fo adj alvarez", "--date", "2026-03-11"))[1].split("Wed 11 Mar 2026 ")[1].split()
    code, out, _ = said(demo("do", f"mv okafor 2026-03-11 {start}"))
    assert (code, out) == (
        0,
        f"Rescheduled OKAFOR, Grace for {start} with Dr Alvarez on Wed 11 Mar 2026. u takes it back."
        " CORWIN, Noor (555) 010-2931 and 1 more fit: :wl\n",
    )
    old = [a for a in json.loads(said(demo("agenda", "--json"))[1]) if a["patient"]["name"] == "OKAFOR, Grace"]
    assert [(a["status"], a["cancel_reason"]) for a in old] == [("rescheduled", "patient asked")]


def test_a_member_of_staff_without_the_right_is_refused_by_its_name(demo):
    code, _, err = said(demo("--user", "tlee", "do", "del kapoor"))
    assert (code, err) == (1, "tlee may not do that: the right “delete” is needed; a manager can give it.\n")


def test_staff_are_added_by_a_manager_only(demo):
    assert demo("staff", "add", "pkhan", "--name", "Pia Khan").exit_code == 1
    assert said(demo("--user", "admin", "staff", "add", "pkhan", "--name", "Pia Khan"))[0] == 0
    assert "pkhan" in said(demo("staff"))[1]


def test_import_is_a_dry_run_that_names_rejected_rows(demo, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("Last,First,DOB\nXanthopoulos,Ann,1990-01-02\nPoe,Pat,yesterday\n")
    rejects = tmp_path / "rejects.csv"
    code, out, _ = said(demo("import", "patients", people, "--rejects", rejects))
    assert (code, out.splitlines()[0], out.splitlines()[-1]) == (
        0,
        "2 rows: 1 new, 0 known already, 1 rejected.",
        "Dry run: nothing was changed. --apply writes it.",
    )
    assert rejects.read_text().splitlines()[0] == "line,column,reason"
    assert rejects.read_text().splitlines()[1].startswith("3,DOB,")
    assert demo("find", "xanth").exit_code == 1
    assert said(demo("import", "patients", people, "--apply"))[1].splitlines()[-1] == "Imported 1 patients."
    assert demo("find", "xanth").exit_code == 0


def test_a_missing_file_is_refused(demo, tmp_path):
    code, _, err = said(demo("import", "patients", tmp_path / "none.csv"))
    assert (code, err) == (1, f"{tmp_path / 'none.csv'} cannot be read: No such file or directory.\n")


def without_engine(text: str) -> str:
    """Leave out what `check` says of an old SQLite, which is not the same on every machine."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("Note: SQLite"))


def test_check_finds_a_chain_that_was_changed(demo, tmp_path):
    code, out, _ = said(demo("check"))
    assert (code, without_engine(out)) == (0, "Everything is in order.\n")
    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        connection.execute("UPDATE audit SET by_name = 'nobody' WHERE seq = 7")
    connection.close()
    code, out, _ = said(demo("check"))
    assert (code, without_engine(out)) == (1, "The audit trail was changed at entry 7 (1 entries do not fit).\n")


def test_keys_that_open_more_than_one_desk_are_named():
    keys = (
        "# clerks\n"
        'restrict,pty,command="ctfront --user mgarcia" ssh-ed25519 AAAA maria\n'
        'command="ctfront --user tlee, restrict" ssh-ed25519 AAAA terry\n'
        "ssh-ed25519 AAAA old\n"
    )
    assert list(loose_keys(keys)) == [
        "authorized_keys line 3 lacks restrict: whoever holds that key may act as anybody.",
        "authorized_keys line 4 lacks restrict and command=: whoever holds that key may act as anybody.",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell):
    code, out, _ = said(run("completion", shell))
    assert (code, "_CTFRONT_COMPLETE" in out) == (0, True)


def test_config_says_where_everything_lives(tmp_path):
    _, out, _ = said(run("config"))
    assert str(tmp_path / "XDG_DATA_HOME" / "ctfront" / "clinic.db") in out


def test_a_broken_settings_file_is_one_sentence(tmp_path):
    (tmp_path / "settings.toml").write_text("hold = 'long'")
    code, out, err = said(run("--db", tmp_path / "clinic.db", "agenda"))
    assert (code, out, err) == (1, "", "The setting “hold” is a number of seconds from 0 to 3600.\n")


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_terminal_that_cannot_show_the_screens_is_refused(term):
    with pytest.raises(ClinicError, match="TERM"):
        check_terminal(True, {"TERM": term})


def test_no_terminal_is_refused_before_anything_is_made(tmp_path):
    assert said(run("--db", tmp_path / "new.db"))[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_the_clock_never_starts_before_the_newest_stamp():
    newest = datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert start_clock(NOW, "America/Los_Angeles", newest)() >= newest
    early = start_clock(NOW, "America/Los_Angeles", datetime(2026, 3, 1, tzinfo=UTC))()
    assert early.replace(second=0, microsecond=0) == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_what_nobody_foresaw_goes_to_the_log_and_not_to_the_screen(tmp_path):
    code = "from ctfront.cli import crash, main; import sys; sys.excepthook = crash.log_and_say; raise KeyError('x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ})
    log = tmp_path / "XDG_STATE_HOME" / "ctfront" / "ctfront.log"
    assert (done.returncode, done.stdout, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, "", 1, False)
    assert "KeyError: 'x'" in log.read_text()


def test_demo_is_made_kept_and_opened_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("CTFRONT_NOW", NOW)
    place = tmp_path / "kept"
    assert said(run("demo", "--dir", place, "--make-only", "--hold", "5"))[0] == 0
    assert {"clinic.db", "mail", "settings.toml"} <= {path.name for path in place.iterdir()}
    kept = tomllib.loads((place / "settings.toml").read_text())
    assert (kept["hold"], kept["mail"]["maildir"], kept["site"]) == (5, "mail", {"url": "http://127.0.0.1:8000"})
    assert said(run("--db", place / "clinic.db", "do", "ca lee"))[0] == 0
    before = said(run("--db", place / "clinic.db", "agenda"))[1]
    assert said(run("demo", "--dir", place, "--make-only"))[0] == 0
    assert said(run("--db", place / "clinic.db", "agenda"))[1] == before


def test_the_waitlist_is_filled_and_offered_by_lines(demo):
    assert said(demo("do", "wl"))[1].startswith("4 waiting: ")
    code, out, _ = said(demo("do", "wl bauer adj alvarez 2w"))
    assert (code, out.startswith("BAUER, Tomás waits for Adjustment until")) == (0, True)
    assert said(demo("do", "ca okafor"))[1].endswith(" and 2 more fit: :wl\n")
    code, out, _ = said(demo("do", "wl"))
    assert (code, out.startswith("5 waiting: "), "BAUER, Tomás" in out) == (0, True, True)
