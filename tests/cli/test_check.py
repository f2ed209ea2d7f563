"""`ctfront check`: what it finds in seats, clocks and the audit trail, and what it leaves in peace."""

import json
import mailbox
import socket
from datetime import timedelta

import pytest
from sqlalchemy import text

from ctfront.data import chain
from ctfront.services import anchoring
from tests.cli.test_backup import address_of
from tests.cli.test_commands import own_folders, run, said, without_engine  # noqa: F401
from tests.clinics import MONDAY, small_clinic
from tests.invited import invited, reachable

FINE = (0, "Everything is in order.\n", "")


@pytest.fixture
def clinic(database_url, monkeypatch):
    """A small clinic with a morning booked, a place taken twice on purpose, and an invitation that has left."""
    monkeypatch.setenv("CTFRONT_NOW", "2026-03-02T07:50")
    clinic = small_clinic(database_url)
    clinic.book("RUIZ", "Dr Alvarez", "9:00")
    clinic.book("LEE", "Osei LMT", "10:00", purpose="Massage")
    clinic.book("BAUER", "Dr Chen", "9:00", day=MONDAY + timedelta(days=14))
    reachable(clinic, "RUIZ")
    invited(clinic, "RUIZ")
    yield clinic
    clinic.database.close_writer()


def check(clinic, *options):
    """Run it; the fault of an old SQLite is told apart from everything else."""
    code, out, err = said(run("--db", address_of(clinic), "check", *options))
    return code, without_engine(out), err


def spoil(clinic, *statements: str) -> None:
    """Change rows as somebody with a shell would."""

    def act(session):
        for statement in statements:
            session.execute(text(statement))

    clinic.database.write_now(act)


def test_a_sound_clinic_is_in_order_and_nobody_waits_for_the_check(clinic):
    with clinic.database._locked():
        assert check(clinic) == FINE
        assert check(clinic, "--full") == FINE


def test_overbooking_on_purpose_is_counted_apart(clinic):
    clinic.book("BAUER", "Dr Alvarez", "9:00", overbook=True)
    clinic.book("RUIZ", "Dr Chen", "9:05", double_book_patient=True)
    assert check(clinic) == (0, "Note: 1 coming appointment overbooked on purpose.\nEverything is in order.\n", "")


# -- appointments and seats

MOVED = "UPDATE appointment SET provider_id = (SELECT id FROM provider WHERE name = 'Dr Alvarez') WHERE number = 2"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (
            (MOVED, "UPDATE appointment SET starts_at = starts_at - 3600000, start_second = 32400 WHERE number = 2"),
            "Dr Alvarez has 2 appointments at once where 1 may be: 1 on Mon 2 Mar 2026, 2 on Mon 2 Mar 2026.\n"
            "Appointment 2 on Mon 2 Mar 2026 does not have the seats it wants.\n",
        ),
        (
            ("DELETE FROM seat WHERE kind = 'T' AND appointment_id = 1",),
            "Appointment 1 on Mon 2 Mar 2026 does not have the seats it wants.\n",
        ),
        (
            ("UPDATE appointment SET status = 'cancelled' WHERE id = 1",),
            "Appointment 1 on Mon 2 Mar 2026 does not have the seats it wants.\n",
        ),
        (
            (
                "UPDATE appointment SET patient_id = 1, starts_at = starts_at - 3600000, start_second = 32400 "
                "WHERE number = 2",
            ),
            "A patient is in 2 places at once: 1 on Mon 2 Mar 2026, 2 on Mon 2 Mar 2026.\n"
            "Appointment 2 on Mon 2 Mar 2026 does not have the seats it wants.\n",
        ),
        (
            ("UPDATE appointment SET day = '2026-02-20' WHERE id = 1",),
            "3 seats from today on that no appointment of these days has.\n",
        ),
        (
            ("UPDATE invitation SET state = 'queued'",),
            "1 invitation that no mail in the outbox fits.\n",
        ),
        (
            ("UPDATE appointment SET starts_at = starts_at + 3600000, zone = 'America/Denver' WHERE number = 1",),
            "",
        ),
    ],
    ids=["taken twice", "seat lost", "seats kept", "patient twice", "seats of another day", "mail lost", "zone"],
)
def test_what_does_not_fit_is_told(clinic, statements, found):
    spoil(clinic, *statements)
    code, out, err = check(clinic)
    if found:
        assert (code, out, err) == (1, found, "")
    else:
        assert code == 1


def test_a_change_of_zone_rules_is_told_for_what_is_to_come(clinic):
    """As if the clocks went forward a week later than thought: the promise stands, the instant is another."""
    spoil(clinic, "UPDATE appointment SET starts_at = starts_at - 3600000 WHERE day = '2026-03-16'")
    code, out, _ = check(clinic)
    assert code == 1
    assert out.splitlines()[-1] == (
        "Appointment 1 on Mon 16 Mar 2026 would now begin at 8:00 by the clock: the rules of America/Los_Angeles have "
        "changed. Move it to the time promised."
    )


def test_past_days_are_left_to_the_full_check(clinic, monkeypatch):
    spoil(clinic, "UPDATE seat SET resource_id = 3 WHERE kind = 'T' AND appointment_id = 1")
    monkeypatch.setenv("CTFRONT_NOW", "2026-03-09T08:00")
    assert check(clinic) == FINE
    assert check(clinic, "--full")[:2] == (1, "Appointment 1 on Mon 2 Mar 2026 does not have the seats it wants.\n")


# -- the audit trail


def rebuild(clinic, since: int) -> None:
    """Change an entry and make every later link fit again, the head too: what the chain alone cannot show."""

    def act(session):
        names = [column.name for column in chain._AUDIT.columns]
        rows = session.execute(chain._AUDIT.select().where(chain._AUDIT.c.seq >= since).order_by(chain._AUDIT.c.seq))
        previous = None
        for row in rows.all():
            entry = dict(zip(names, row, strict=True))
            if previous is None:
                entry["by_name"] = "somebody else"
            else:
                entry["previous_hash"] = previous
            entry["hash"] = previous = chain.entry_hash(entry)
            session.execute(chain._AUDIT.update().where(chain._AUDIT.c.seq == entry["seq"]).values(**entry))
        session.execute(chain._HEAD.update().values(hash=previous))

    clinic.database.write_now(act)


def head_of(clinic) -> chain.Head:
    return clinic.database.write_now(lambda session: chain.newest(session, clinic.clinic.id))


CUT = (
    "DELETE FROM audit_detail WHERE seq > {head} - 3",
    "DELETE FROM audit WHERE seq > {head} - 3",
    "UPDATE audit_head SET seq = {head} - 3, hash = (SELECT hash FROM audit WHERE seq = {head} - 3)",
)
SWAP = (
    "UPDATE audit SET seq = -1 WHERE seq = 4",
    "UPDATE audit SET seq = 4 WHERE seq = 5",
    "UPDATE audit SET seq = 5 WHERE seq = -1",
)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (("UPDATE audit SET by_name = 'nobody' WHERE seq = 7",), "The audit trail was changed at entry 7 (1 "),
        (("UPDATE audit_detail SET after = '{{}}' WHERE seq = 7",), "The audit trail was changed at entry 7 (1 "),
        (("DELETE FROM audit WHERE seq = 7",), "The audit trail was changed at entry 8 (1 "),
        (SWAP, "The audit trail was changed at entry 4 (3 "),
        (("DELETE FROM audit_detail WHERE seq = 7",), "The details of entry 7 of the audit trail are gone (1 "),
        (CUT, "The audit trail ends at entry "),
        (("DELETE FROM audit_head",), "The audit trail ends at entry 0; "),
        (None, "The audit trail was changed at entry "),
    ],
    ids=["edited", "details edited", "deleted", "swapped", "details deleted", "cut", "head gone", "rebuilt"],
)
def test_tampering_is_found(clinic, statements, found):
    assert check(clinic) == FINE
    if statements is None:
        rebuild(clinic, since=7)
    else:
        head = head_of(clinic).seq
        spoil(clinic, *(statement.format(head=head) for statement in statements))
    for _ in range(2):  # the anchor is not moved to what does not fit
        code, out, err = check(clinic)
        assert (code, out.startswith(found), err) == (1, True, "")


def test_an_older_copy_put_back_is_told_until_it_is_taken_for_sound(clinic, tmp_path):
    if clinic.database.path is None:
        pytest.skip("a file is put back")
    run("--db", address_of(clinic), "backup", tmp_path / "copy.db")
    clinic.book("OKAFOR", "Dr Alvarez", "11:00")
    assert check(clinic) == FINE
    clinic.database._thread.submit(clinic.database._write_engine.dispose).result()
    clinic.database.path.write_bytes((tmp_path / "copy.db").read_bytes())
    code, out, _ = check(clinic)
    assert (code, out.startswith("The audit trail ends at entry ")) == (1, True)
    assert check(clinic, "--new-anchor") == FINE
    assert check(clinic) == FINE


def test_a_long_chain_is_read_from_its_anchor_on(clinic, monkeypatch):
    monkeypatch.setattr("ctfront.services.checking.LINKS", 3)
    assert check(clinic) == FINE
    rebuild(clinic, since=head_of(clinic).seq)
    code, out, _ = check(clinic)
    assert (code, out.startswith("The audit trail was changed")) == (1, True)
    assert check(clinic, "--new-anchor") == FINE
    spoil(clinic, "UPDATE audit SET by_name = 'nobody' WHERE seq = 2")
    assert check(clinic) == FINE  # before the anchor: what --full is for
    assert check(clinic, "--full")[:2] == (1, "The audit trail was changed at entry 2 (1 entries do not fit).\n")


def test_the_anchor_is_for_its_owner_only_and_goes_to_the_system_log(clinic, tmp_path, monkeypatch):
    log = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(log))
        listening.settimeout(5)
        monkeypatch.setattr(anchoring.tell_system_log, "__defaults__", (log,))
        assert check(clinic) == FINE
        line = listening.recv(1000).decode()
    head = head_of(clinic)
    assert line.startswith("<85>ctfront[")
    assert line.endswith(f"]: audit trail of clinic 1: entry {head.seq} sha256 {head.hash}")
    (path,) = (tmp_path / "XDG_STATE_HOME" / "ctfront").glob("anchor-*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    kept = json.loads(path.read_text())
    assert kept["1"]["seq"] == head.seq
    path.write_text("not an anchor")
    code, _, err = check(clinic)
    assert (code, err.count("\n"), "is no anchor of the audit trail" in err) == (1, 1, True)


def test_what_was_found_is_mailed_with_the_last_link_and_without_names(clinic, tmp_path, monkeypatch):
    settings = tmp_path / "mail.toml"
    settings.write_text(f'[mail]\nmaildir = "{tmp_path}/mail"\n[site]\nurl = "http://127.0.0.1:1"\n')
    monkeypatch.setenv("CTFRONT_SETTINGS", str(settings))
    spoil(clinic, "DELETE FROM seat WHERE kind = 'T' AND appointment_id = 1")
    code, out, _ = check(clinic, "--mail", "manager@example.org")
    found = "Appointment 1 on Mon 2 Mar 2026 does not have the seats it wants."
    assert (code, out) == (1, f"{found}\nMailed to manager@example.org.\n")
    (mail,) = mailbox.Maildir(tmp_path / "mail", create=False)
    assert (mail["To"], mail["Subject"]) == ("manager@example.org", "Main Street Clinic: check found 1 problem")
    text = mail.get_payload(decode=True).decode()
    head = head_of(clinic)
    assert found in text
    assert f"entry {head.seq} sha256 {head.hash}" in text
    assert "RUIZ" not in text


def test_a_restored_clinic_is_anchored_anew(clinic, tmp_path):
    assert check(clinic) == FINE
    run("--db", address_of(clinic), "backup", tmp_path / "copy.db")
    place = tmp_path / "new.db"
    assert said(run("--db", place, "restore", tmp_path / "copy.db"))[1].endswith("Everything is in order.\n")
    code, out, _ = said(run("--db", place, "check"))
    assert (code, without_engine(out)) == FINE[:2]


def test_the_day_before_is_looked_at(clinic, monkeypatch):
    spoil(clinic, "UPDATE seat SET resource_id = 3 WHERE kind = 'T' AND appointment_id = 1")
    monkeypatch.setenv("CTFRONT_NOW", "2026-03-03T08:00")
    assert check(clinic)[0] == 1
