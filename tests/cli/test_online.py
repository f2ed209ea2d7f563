"""`ctfront online`: shows and sets what patients are offered."""

import pytest
from click.testing import CliRunner

from ctfront.cli import commands
from tests.clinics import small_clinic


@pytest.fixture
def online(sqlite_url, tmp_path, monkeypatch):
    clinic = small_clinic(sqlite_url)
    clinic.database.close_writer()
    monkeypatch.setenv("CTFRONT_NOW", "2026-03-02T08:00")

    def run(*arguments, user="admin"):
        words = ["--db", str(tmp_path / "clinic.db"), "--user", user, "online", *arguments]
        done = CliRunner().invoke(commands, words)
        return done.exit_code, done.output

    return run


def test_the_rules_are_shown_and_set(online):
    assert "From 120 minutes to 60 days ahead, 5 appointments to come a person." in online()[1]
    assert online("rules", "--notice", "60", "--welcome", "Glad to see you.") == (
        0, "Saved the rules of Online Appointments.\n",
    )  # fmt: skip
    shown = online("show")[1]
    assert "From 60 minutes to 60 days ahead" in shown
    assert "Glad to see you." in shown


def test_a_provider_is_set_by_part_of_the_name_and_restored(online):
    set_anew = ("--hidden", "--hours", "tue=9-12", "--hours", "thu=8-12, coffee 10-10:30", "--withhold", "re-exam")
    assert online("provider", "alv", *set_anew)[0] == 0
    (line,) = [line for line in online()[1].splitlines() if line.startswith("Dr Alvarez")]
    assert "hidden" in line
    assert "tue 9:00–12:00; thu 8:00–10:00" in line
    assert "Re-exam" not in line
    online("provider", "alv", "--available", "--restore", "--offer", "re-exam", "--governor", "1")
    (line,) = [line for line in online()[1].splitlines() if line.startswith("Dr Alvarez")]
    assert ("office hours" in line, "available" in line, "Re-exam" in line) == (True, True, True)


def test_a_purpose_waits_for_the_desk(online):
    online("purpose", "massage", "--approve")
    assert "approved by the desk first" in online()[1]
    online("purpose", "massage", "--at-once")
    assert "approved by the desk first" not in online()[1]


@pytest.mark.parametrize(
    ("arguments", "user", "code", "said"),
    [
        (["provider", "dr", "--hidden"], "admin", 1, "fits Dr Alvarez and Dr Chen"),
        (["provider", "nobody", "--hidden"], "admin", 1, "There is no provider “nobody”"),
        (["provider", "chen", "--offer", "massage"], "admin", 1, "There is no purpose “massage”"),
        (["provider", "chen", "--hours", "x"], "admin", 1, "is no day with hours"),
        (["provider", "chen", "--hours", "tue=9-12", "--restore"], "admin", 2, "exclude one another"),
        (["provider", "chen", "--hidden"], "mgarcia", 1, "set-up"),
        (["rules", "--days", "0"], "mgarcia", 1, "set-up"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_sentence(online, arguments, user, code, said):
    found, output = online(*arguments, user=user)
    assert (found, said in output) == (code, True), output
