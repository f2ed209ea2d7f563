"""`ctfront mail`, `outbox` and `invitations` as an operator and a script meet them."""

import json
import os

import pytest
from click.testing import CliRunner

from ctfront.cli import commands
from ctfront.data.models import OutboxRow
from ctfront.services import inviting
from tests.clinics import small_clinic
from tests.mail.office import Office
from tests.mail.service import write_settings

MAIL_FIELDS = ["to", "kind", "state", "attempts", "next_attempt", "error"]
INVITATION_FIELDS = [
    "patient", "address", "state", "stale", "state_since", "sent_by", "source", "expires", "error",
]  # fmt: skip


@pytest.fixture
def office(sqlite_url, peer, tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("CTFRONT_")]:
        monkeypatch.delenv(name)
    desk = small_clinic(sqlite_url)
    write_settings(tmp_path, peer.port)
    office = Office(desk=desk, peer=peer, key_file=tmp_path / "link.key")
    monkeypatch.setenv("CTFRONT_NOW", office.now.isoformat())
    yield office
    desk.database.close_writer()


@pytest.fixture
def run(office, tmp_path):
    """Run a command; return its code, what it said, and what it complained about."""

    def run(*arguments, stdin=None):
        asked = ["--db", str(tmp_path / "clinic.db"), *map(str, arguments)]
        result = CliRunner().invoke(commands, asked, input=stdin, prog_name="ctfront")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def test_what_is_due_is_delivered_and_counted(office, run):
    office.invite("ana@home.example", "x.550@home.example", "x.451@home.example")
    assert run("mail") == (0, "1 failed, 1 put off, 1 sent.\n", "")
    assert run("mail") == (0, "Nothing is due.\n", "")
    assert office.peer.recipients == ["ana@home.example"]


def test_the_limit_is_told(office, run, tmp_path):
    write_settings(tmp_path, office.peer.port, per_minute=1)
    office.invite("ana@home.example", "bo@home.example")
    assert run("mail") == (0, "1 sent. The limit per minute is reached; the rest waits.\n", "")


@pytest.mark.parametrize(
    ("removed", "why"),
    [
        ('host = "127.0.0.1"', "Mail waits: the settings name no mail server ([mail] host)."),
        ('from = "desk@clinic.example"', "Mail waits: the settings do not say from which address ([mail] from)."),
        (
            'url = "https://book.example.org"',
            "Mail waits: the settings do not say where the site is, which links lead to ([site] url).",
        ),
    ],
)
def test_without_settings_mail_waits_with_a_sentence_and_nothing_is_lost(office, run, tmp_path, removed, why):
    (ana,) = office.invite("ana@home.example")
    settings = tmp_path / "settings.toml"
    kept = settings.read_text()
    settings.write_text(kept.replace(removed, ""))
    for asked in ((), ("--watch",), ("--test", "a@b.example")):
        assert run("mail", *asked) == (1, "", f"{why}\n")
    assert office.states(ana) == ("queued", "queued")
    assert run("--user", "admin", "outbox")[2] == f"{why}\n"
    settings.write_text(kept)
    assert run("mail")[1] == "1 sent.\n"


def test_a_test_mail_leaves_and_starts_the_queue(office, run):
    office.invite("ana@home.example")
    office.peer.sender_answer = "553 not yours"
    stopped = "No mail leaves: 553 not yours. Put that right, then “ctfront mail --test ADDRESS” starts it again."
    assert run("mail") == run("mail") == (1, "", f"{stopped}\n")
    assert run("--user", "admin", "outbox")[2] == f"{stopped}\n"
    assert run("mail", "--test", "admin@home.example") == (1, "", "The test mail did not leave: 553 not yours\n")
    office.peer.sender_answer = ""
    assert run("mail", "--test", "admin@home.example") == (
        0, "The test mail to admin@home.example has left: 250 2.0.0 taken\n", "",
    )  # fmt: skip
    assert run("mail") == (0, "1 sent.\n", "")


@pytest.mark.parametrize("address", ["", "a", "a@b\r\nBcc: x@example.org"])
def test_a_test_to_no_address_is_refused(office, run, address):
    code, said, why = run("mail", "--test", address)
    assert (code, said) == (1, "")
    assert why.endswith("is no address that mail can be sent to.\n")
    assert office.peer.mails == []


def test_options_exclude_one_another(run):
    code, _, why = run("mail", "--watch", "--test", "a@b.example")
    assert (code, "exclude one another" in why) == (2, True)


def test_a_lost_key_is_given_up_by_an_option(office, run, tmp_path):
    office.invite("ana@home.example")
    run("mail")
    (tmp_path / "link.key").unlink()
    office.invite("bo@home.example")
    missing = f"Mail waits: the key file {tmp_path}/link.key is missing; put it back from its backup.\n"
    assert run("mail") == (1, "", missing)
    assert run("mail", "--test", "a@home.example") == (1, "", f"The test mail did not leave: {missing}")
    said = f"Links are made with the key in {tmp_path}/link.key from now on; keep a copy of it.\n"
    assert run("mail", "--new-key") == (0, said, "")
    assert run("mail", "--test", "a@home.example")[0] == 0
    assert run("mail") == (0, "1 sent.\n", "")


@pytest.mark.parametrize("report", ["", "Subject: hello\n\nno report\n"])
def test_what_is_no_report_changes_nothing(run, report):
    assert run("mail", "--bounce", "-", stdin=report) == (
        1, "", "That is no report of a mail that failed for good; nothing is changed.\n",
    )  # fmt: skip


def test_a_report_about_a_mail_of_nobodys_is_refused(run):
    report = (
        "Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\n\n--B\nContent-Type: message/rfc822\n\n"
        "Message-ID: <none@of.ours>\n\nHello\n--B--\n"
    )
    assert run("mail", "--bounce", "-", stdin=report) == (
        1, "", "The message that came back is none of this clinic’s.\n",
    )  # fmt: skip


def test_mails_are_listed_for_people_and_for_scripts(office, run):
    ana, rory = office.invite("ana.451@home.example", "rory.550@home.example")
    run("mail")
    listed = json.loads(run("--user", "admin", "outbox", "--json")[1])
    assert [list(mail) for mail in listed] == [MAIL_FIELDS] * 2
    assert listed[0] == {
        "to": "ana.451@home.example",
        "kind": "invitation",
        "state": "queued",
        "attempts": 1,
        "next_attempt": office.mail(ana).next_at.isoformat(),
        "error": "451 4.7.1 try again later",
    }
    assert (listed[1]["state"], listed[1]["next_attempt"], listed[1]["error"]) == (
        "failed", None, "550 5.1.1 mailbox unknown",
    )  # fmt: skip
    plain = run("--user", "admin", "outbox")[1].splitlines()
    assert plain[0].startswith("ana.451@home.example   invitation  queued  tried 1 time  due 2 Mar 2026 7:5")
    assert plain[1].split() == [
        "rory.550@home.example", "invitation", "failed", "tried", "1", "time", "550", "5.1.1", "mailbox", "unknown",
    ]  # fmt: skip
    assert office.states(rory) == ("failed", "failed")


def test_invitations_are_listed_for_people_and_for_scripts(office, run):
    ana, bo = office.invite("ana@home.example", "bo@home.example")
    run("mail")
    office.do(inviting.send, ana)
    office.new_address(bo, "bo@new.example")
    listed = json.loads(run("--user", "admin", "invitations", "--json")[1])
    assert [list(one) for one in listed] == [INVITATION_FIELDS] * 2
    first, second = listed
    sent, queued = office.invitation(bo), office.invitation(ana)
    assert first == {
        "patient": first["patient"],
        "address": "bo@home.example",
        "state": "sent",
        "stale": True,
        "state_since": sent.state_at.isoformat(),
        "sent_by": "mgarcia",
        "source": "command",
        "expires": sent.expires_at.isoformat(),
        "error": "",
    }
    assert list(first["patient"]) == ["name", "birth_date", "record", "public_id"]
    assert (first["patient"]["name"], first["patient"]["birth_date"]) == ("PATIENT2, Ana", "1980-01-01")
    assert (second["state"], second["expires"], second["source"]) == ("queued", None, "patient_access")
    assert second["state_since"] == queued.state_at.isoformat()
    every = json.loads(run("--user", "admin", "invitations", "--all", "--json")[1])
    assert [one["state"] for one in every] == ["removed", "sent", "queued"]
    plain = run("--user", "admin", "invitations")[1].splitlines()
    assert [line.split("  ")[0] for line in plain] == ["PATIENT2, Ana", "PATIENT1, Ana"]
    assert "bo@home.example   sent, stale" in plain[0]


def test_an_invitation_whose_time_is_over_reads_expired_before_anybody_wrote_it_down(office, run, monkeypatch):
    (ana,) = office.invite("ana@home.example")
    run("mail")
    over = office.invitation(ana).expires_at
    monkeypatch.setenv("CTFRONT_NOW", over.isoformat())
    (listed,) = json.loads(run("--user", "admin", "invitations", "--json")[1])
    assert (listed["state"], listed["state_since"]) == ("expired", over.isoformat())
    assert run("mail")[1] == "Nothing is due.\n"
    assert office.invitation(ana).state == "expired", "the sender writes it down"


def test_nobody_and_nothing_is_said_in_a_word(office, run):
    assert run("--user", "admin", "invitations")[:2] == (0, "Nobody was invited.\n")
    assert run("--user", "admin", "invitations", "--json")[:2] == (0, "[]\n")
    assert run("--user", "admin", "outbox")[:2] == (0, "No mails.\n")
    assert office.rows(OutboxRow) == []
