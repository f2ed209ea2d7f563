"""The sender killed at random moments: nothing is lost, nothing sent twice, nothing marked sent that was not."""

import random
import signal
from collections import Counter
from datetime import timedelta

import pytest

from ctfront.data.models import ActRow, InvitationRow, OutboxRow
from tests.clinics import small_clinic
from tests.mail.office import Office
from tests.mail.service import Service, write_settings

KILLS, KILLS_IN_A_SOAK = 20, 300
MAILS = 12
"""Asked for before each kill."""

BETWEEN = timedelta(minutes=3)
"""From one start to the next, by the clinic's clock: a dead sender's lease has run out."""


@pytest.fixture
def office(sqlite_url, peer, tmp_path):
    desk = small_clinic(sqlite_url)
    write_settings(tmp_path, peer.port)
    yield Office(desk=desk, peer=peer, key_file=tmp_path / "link.key")
    desk.database.close_writer()


def delivered(office) -> Counter[str]:
    return Counter(str(message["Message-ID"]) for message in office.peer.messages)


def test_a_killed_sender_loses_and_doubles_nothing(office, tmp_path, request, capsys):
    kills = KILLS_IN_A_SOAK if request.config.getoption("--soak") else KILLS
    chance, under_way = random.Random(), 0
    for _ in range(kills):
        office.invite(*(f"p{number}@home.example" for number in range(MAILS)))
        service = Service(tmp_path / "clinic.db", office.now, "--watch")
        if chance.random() < 0.9:  # else it may die while it starts
            service.wait_for("looking for mail")
        assert service.lives_for(chance.uniform(0, 0.3))
        code, _ = service.end(signal.SIGKILL)
        assert code == -signal.SIGKILL
        sent = {row.message_id for row in office.rows(OutboxRow, OutboxRow.state == "sent")}
        assert sent <= delivered(office).keys(), "marked sent, but undelivered"
        under_way += len(office.rows(OutboxRow, OutboxRow.state == "sending"))
        office.wait(BETWEEN)
    assert Service(tmp_path / "clinic.db", office.now).finish()[0] == 0
    mails = office.rows(OutboxRow)
    assert len(mails) == kills * MAILS
    assert {(row.state) for row in mails} == {"sent"}, "lost"
    assert {row.state for row in office.rows(InvitationRow)} == {"sent"}
    assert len(office.rows(ActRow, ActRow.kind == "mail_sent")) == len(mails), "sent twice in the database"
    copies = delivered(office)
    assert copies.keys() == {row.message_id for row in mails}
    second = sum(copies.values()) - len(copies)
    with capsys.disabled():
        print(
            f"\n{kills} kills, {len(mails)} mails, {under_way} under way when killed, {second} second copies", end=" "
        )
    assert second <= under_way


def test_the_service_ends_cleanly_and_finishes_the_mail_in_hand(office, tmp_path):
    (ana,) = office.invite("ana@home.example")
    office.peer.thinking = True
    service = Service(tmp_path / "clinic.db", office.now, "--watch")
    service.wait_for("looking for mail")
    while not office.peer.tried:
        assert service.lives_for(0.01)
    service.process.send_signal(signal.SIGTERM)
    assert service.lives_for(0.2), "the mail in hand is waited for"
    office.peer.thinking = False
    code, said = service.finish()
    assert (code, said.split("\n")[:-1]) == (0, ["mail 1: sent", "ended"])
    assert office.states(ana) == ("sent", "sent")


def test_two_services_share_the_work(office, tmp_path):
    patients = office.invite(*(f"p{number}@home.example" for number in range(20)))
    services = [Service(tmp_path / "clinic.db", office.now, "--watch") for _ in range(2)]
    while office.rows(OutboxRow, OutboxRow.state != "sent"):
        assert services[0].lives_for(0.05)
    for service in services:
        assert service.end(signal.SIGTERM)[0] == 0
    assert sorted(office.peer.recipients) == sorted(f"p{number}@home.example" for number in range(20))
    assert {office.states(patient) for patient in patients} == {("sent", "sent")}
