"""Bad input on the command line: shown harmlessly or refused with a sentence, the terminal left alone."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.csv_fields import guarded, unguarded
from ctfront.domain.text import safe
from tests.cli.test_commands import NOW, own_folders, run, said  # noqa: F401
from tests.clinics import small_clinic
from tests.hostile import AWKWARD, FOREIGN, HOSTILE, LONG, TOGETHER, harmful

LONGEST_ANSWER = 1100
"""Characters that a refusal has at most, however long what was typed."""

TYPED = {"together": TOGETHER, "no UTF-8": "Eve\udcff", "5,000 characters": LONG}
"""The kernel hands bytes that are no UTF-8 on as lone surrogates."""

WAYS = (
    ("find", "{}"),
    ("find", "#{}"),
    ("find", "{}", "--json"),
    ("agenda", "--date", "{}"),
    ("agenda", "--provider", "{}"),
    ("do", "{}"),
    ("do", "bk {} t 815 alvarez adj"),
    ("do", "bk bauer t 815 {} adj"),
    ("do", "ar {}"),
    ("do", "ca 1", "--date", "{}"),
    ("do", "fo {}"),
    ("--user", "{}", "agenda"),
    ("staff", "add", "new", "--name", "New", "--rights", "{}"),
    ("import", "patients", "{}"),
    ("import", "patients", "/dev/null", "--map", "{}"),
    ("import", "patients", "/dev/null", "--map", "last_name={}"),
    ("import", "patients", "/dev/null", "--system", "{}"),
    ("check", "--authorized-keys", "{}"),
    ("demo", "--{}"),
    ("agenda", "--{}"),
    ("{}",),
)


@pytest.fixture
def demo(sqlite_url, tmp_path, monkeypatch):
    """Run a command on a small clinic of its own."""
    clinic = small_clinic(sqlite_url)
    clinic.book("RUIZ", "Dr Alvarez", "8:00")
    clinic.book("LEE", "Osei LMT", "8:00", purpose="Massage")
    clinic.database.close_writer()
    monkeypatch.setenv("CTFRONT_NOW", NOW)
    return lambda *arguments: run("--db", tmp_path / "clinic.db", *arguments)


def lines(text: str) -> list[str]:
    return text.split("\n")


def assert_harmless(result) -> None:
    code, out, err = said(result)
    assert [harmful(line) for line in lines(out) + lines(err) if harmful(line)] == []
    assert code in {0, 1, 2}
    if code == 1:
        assert (out, err.count("\n")) == ("", 1)
        assert len(err) <= LONGEST_ANSWER


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_whatever_is_typed_is_answered_with_a_sentence(demo, text):
    for way in WAYS:
        assert_harmless(demo(*(word.replace("{}", text) for word in way)))


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_a_database_path_of_any_kind_is_answered_with_a_sentence(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    result = run("--db", text, "agenda")
    assert_harmless(result)
    assert result.exit_code == 1


# -- CSV


PEOPLE = "Last,First,DOB,Note\n"


def csv_line(*cells: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue()


def test_cells_of_any_kind_are_answered_with_a_sentence(demo, tmp_path):
    people, rejects = tmp_path / "people.csv", tmp_path / "rejects.csv"
    texts = [text for text in HOSTILE.values() if "\x00" not in text]
    rows = [csv_line(text, "Ann", "1990-01-02", "") for text in texts]
    rows += [csv_line("Poe", text, text, text) for text in texts]
    rows += [csv_line("Poe", "Pat", "1991-01-01", text) for text in texts]
    people.write_text(PEOPLE + "".join(rows), encoding="utf-8", newline="")
    for more in ((), ("--rejects", rejects, "--apply")):
        result = demo("import", "patients", people, *more)
        assert_harmless(result)
        summary = result.stdout.splitlines()[0]
    named = list(csv.DictReader(rejects.read_text(encoding="utf-8").splitlines()))
    assert [row for row in named if harmful("".join(row.values()))] == []
    assert (summary, len(named)) == ("99 rows: 4 new, 4 known already, 91 rejected.", 91)
    assert_harmless(demo("find", "poe"))


@pytest.mark.parametrize(
    "text", [TOGETHER, LONG, '=cmd|" /C calc"!A0'], ids=["together", "5,000 characters", "formula"]
)
def test_headers_of_any_kind_are_answered_with_a_sentence(demo, tmp_path, text):
    people, rejects = tmp_path / "people.csv", tmp_path / "rejects.csv"
    for header in (csv_line("Last", "First", "DOB", text), csv_line("Last", "First", text, "Note")):
        people.write_text(header + csv_line("Poe", "Pat", "tomorrow", ""), encoding="utf-8", newline="")
        assert_harmless(demo("import", "patients", people))
        assert_harmless(demo("import", "patients", people, "--map", f"birth_date={text}", "--rejects", rejects))
        if rejects.exists():
            [row] = csv.DictReader(rejects.read_text(encoding="utf-8").splitlines())
            assert (harmful(row["column"]), row["column"][0] in "=+-@") == ([], False)


def test_a_file_with_a_nul_is_refused_whole(demo, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE + csv_line("P\x00e", "Pat", "1991-01-01", ""), encoding="utf-8")
    assert said(demo("import", "patients", people))[2].startswith("The file is not CSV in UTF-8")


def test_unusual_names_go_out_and_come_in_unchanged(demo, sqlite_template, tmp_path):
    people, out, again = (tmp_path / name for name in ("people.csv", "out.csv", "again.csv"))
    names = {f"Xy {name}": text for name, text in FOREIGN.items()}
    rows = [
        csv_line(last, guarded(text), f"1990-01-{n:02}", guarded(text))
        for n, (last, text) in enumerate(names.items(), 1)
    ]
    people.write_text(PEOPLE + "".join(rows), encoding="utf-8", newline="")
    assert said(demo("import", "patients", people, "--apply"))[0] == 0
    assert said(demo("export", "patients", "-o", out))[0] == 0
    sent = {row["last_name"]: row for row in csv.DictReader(out.read_text(encoding="utf-8").splitlines())}
    assert {last: unguarded(sent[last]["first_name"]) for last in names} == names
    assert {last: unguarded(sent[last]["note"]) for last in names} == names
    assert {row["first_name"][0] for row in sent.values()} & set("=+-@") == set()
    path = tmp_path / "other.db"
    path.write_bytes(sqlite_template.read_bytes())
    small_clinic(f"sqlite:///{path}").database.close_writer()
    assert said(run("--db", path, "import", "patients", out, "--apply"))[0] == 0
    run("--db", path, "export", "patients", "-o", again)
    came = {row["last_name"]: row for row in csv.DictReader(again.read_text(encoding="utf-8").splitlines())}
    assert {last: came[last] for last in names} == {last: sent[last] for last in names}


@given(st.text())
def test_the_apostrophe_before_a_formula_is_taken_off_again(text):
    cell = guarded(text)
    assert unguarded(cell) == safe(text)
    assert cell[:1] not in {"=", "+", "-", "@"}


@pytest.mark.parametrize("name", ["Eve\x1b[2J", "Eve\nAnn", "Eve\x9b31m", AWKWARD.replace("/", "|"), "=cmd|A0"])
def test_file_names_of_any_kind_are_said_harmlessly(demo, tmp_path, name):
    assert_harmless(demo("import", "patients", tmp_path / name))
    assert_harmless(demo("import", "patients", tmp_path / name, "--rejects", tmp_path / name))
    written = demo("export", "patients", "-o", tmp_path / name)
    assert_harmless(written)
    assert written.exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("public_id,")
    assert_harmless(demo("export", "patients", "-o", tmp_path / name / "below"))
    assert_harmless(demo("init", "--from", tmp_path / name))
    folder = tmp_path / f"folder {name}"
    folder.mkdir()
    (folder / "clinic.db").write_bytes((tmp_path / "clinic.db").read_bytes())
    assert_harmless(run("demo", "--make-only", "--dir", folder))
    assert_harmless(run("demo", "--make-only", "--dir", tmp_path / name))


def test_an_export_to_a_device_goes_through_it(demo):
    assert said(demo("export", "patients", "-o", "/dev/null"))[0] == 0
    assert not os.path.isfile("/dev/null")


# -- what is in the database already


def spoil(path, text: str) -> None:
    """Put the text past all checks into every column that a command prints."""
    with sqlite3.connect(path) as connection:
        for table, columns in {
            "clinic": ("name",),
            "site": ("name",),
            "staff": ("name", "os_user"),
            "provider": ("name",),
            "visit_purpose": ("name",),
            "patient": ("last_name", "first_name", "note", "email", "inactive_reason"),
            "patient_phone": ("number",),
            "appointment": ("note", "cancel_reason", "by_name"),
            "act": ("sentence",),
        }.items():
            for column in columns:
                unique = (
                    "|| id"
                    if (table, column) in {("staff", "os_user"), ("provider", "name"), ("visit_purpose", "name")}
                    else ""
                )
                connection.execute(f"UPDATE {table} SET {column} = ? {unique}", (text,))
    connection.close()


@pytest.mark.parametrize("text", [f"{TOGETHER} \x00", LONG], ids=["together", "5,000 characters"])
def test_what_is_in_the_database_is_printed_harmlessly(demo, tmp_path, text):
    demo("do", "ca lee")
    spoil(tmp_path / "clinic.db", text)
    for way in (
        ("agenda",),
        ("agenda", "--json"),
        ("find", "(555"),
        ("find", "#10001"),
        ("find", "#10001", "--json"),
        ("staff",),
        ("check",),
        ("--user", "admin", "audit"),
        ("--user", "admin", "audit", "--json"),
        ("do", "fo"),
        ("do", "ar 1"),
        ("do", "un"),
        ("export", "patients"),
        ("export", "appointments"),
    ):
        result = demo(*way)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        printed = [line.rstrip("\r") for line in lines(result.stdout) + lines(result.stderr)]
        assert [(way, harmful(line)) for line in printed if harmful(line)] == []
    [first, *_] = json.loads(demo("find", "#10001", "--json").stdout)
    assert first["email"] == text


def test_the_log_of_a_defect_cannot_drive_a_terminal(tmp_path):
    code = "from ctfront.cli import crash; import sys; sys.excepthook = crash.log_and_say; raise KeyError(sys.argv[1])"
    code = code.replace("KeyError(sys.argv[1])", "ValueError(sys.argv[1])")
    for text in ("Eve\x1b]0;owned\x07", "Eve\x9b31m\x9d", "Eve\udcff\u202e"):
        done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, env={**os.environ})
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    log = (tmp_path / "XDG_STATE_HOME" / "ctfront" / "ctfront.log").read_text(encoding="utf-8")
    assert log.count("ValueError: Eve") == 3
    assert [harmful(line) for line in lines(log) if harmful(line)] == []


def test_a_terminal_of_another_encoding_gets_marks_instead_of_a_traceback(demo, tmp_path):
    program = [sys.executable, "-m", "ctfront", "--db", str(tmp_path / "clinic.db"), "find", "oneil"]
    done = subprocess.run(program, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"O'NEIL-[/X]?UKASZ, Zo\xeb")
