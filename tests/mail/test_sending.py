"""From the outbox to the server and back: each result, each refusal, and what the database holds after it."""

import asyncio
import re
from datetime import date, timedelta

import pytest

from ctfront.data.models import ChangeRow, ClinicRow, InvitationRow, MailStateRow, OutboxRow, PatientRow
from ctfront.domain.errors import DatabaseUnavailable
from ctfront.domain.mails import Verdict
from ctfront.mail.links import digest_of, key_for
from ctfront.mail.smtp import MailServer, SmtpCourier, Tls
from ctfront.services import inviting, mail_acts, mail_sending
from ctfront.services.accepting import Outcome as Acceptance
from ctfront.services.accepting import accept_invitation
from ctfront.services.erasing import erase_patient
from ctfront.services.undoing import undo
from tests.mail.office import MINUTE, SENDER, SITE
from tests.mail.peer import Peer


def secret_in(message) -> str:
    """Return the secret of the link in a mail that was delivered."""
    text, html = (part.get_content() for part in message.iter_parts())
    (found,) = set(re.findall(rf"{SITE}/invitation/([\w-]+)", text))
    assert set(re.findall(rf"{SITE}/invitation/([\w-]+)", html)) == {found}
    return found


async def test_what_is_due_leaves_and_the_link_opens_the_invitation(office):
    (ana,) = office.invite("ana@home.example")
    sent = await office.sender().send_due()
    assert sent.counts == {"sent": 1}
    assert office.states(ana) == ("sent", "sent")
    mail, invitation = office.mail(ana), office.invitation(ana)
    assert (mail.attempts, mail.sent_at, mail.error) == (1, office.now, "")
    assert invitation.expires_at == office.now + timedelta(days=7)
    assert (invitation.state_by_kind, invitation.state_by_name) == ("system", "mail sender")
    (message,) = office.peer.messages
    assert message["To"] == "ana@home.example"
    assert message["From"].addresses[0].addr_spec == office.peer.mails[0][0] == SENDER
    assert message["Message-ID"] == mail.message_id
    assert mail.message_id.endswith("@clinic.example>"), "in the sender's domain for ever"
    secret = secret_in(message)
    assert invitation.secret_digest == digest_of(secret)
    accepted = office.do(accept_invitation, secret, date(1980, 1, 1), password_hash="hash")
    assert accepted.outcome is Acceptance.ENROLLED
    assert office.states(ana) == ("sent", "enrolled")


async def test_the_result_is_an_act_that_desks_see(office):
    (ana,) = office.invite("ana@home.example")
    await office.sender().send_due()
    assert office.acts() == ["mail_sent"]
    assert office.sentences() == [f"{office.name_of(ana)}’s invitation has left."]
    news = office.rows(ChangeRow, ChangeRow.kind == "mail_sent")
    assert [row.subject_id for row in news] == [ana]
    assert f'"address":"ana@home.example","invitation":{office.invitation(ana).id}' in office.audit()


async def test_the_secret_is_nowhere_but_in_the_mail(office):
    patients = office.invite("ana@home.example", "x.550@home.example", "x.451@home.example")
    await office.sender().send_due()
    key = key_for(office.key_file, None)
    told = "\n".join(office.told) + office.audit() + "\n".join(office.sentences())
    for model in (OutboxRow, InvitationRow, MailStateRow):
        told += "".join(str(vars(row)) for row in office.rows(model))
    for patient in patients:
        invitation = office.invitation(patient)
        assert key.secret(invitation.id, invitation.nonce) not in told
        assert key.opt_out(invitation.id, invitation.nonce).partition(".")[2] not in told
    assert key.value.hex() not in told
    assert "home.example" not in "\n".join(office.told), "the journal holds no addresses"


async def test_what_is_in_hand_shows_no_secret(office):
    office.invite("ana@home.example")
    rules, act = office.sender()._rules, office.desk.act(at=office.now)
    claimed = office.desk.database.write_now(lambda s: mail_acts.claim_mail(s, office.desk.clinic.id, act, rules))
    secret = claimed.mail.link.rpartition("/")[2]
    assert len(secret) == 43
    assert secret not in repr(claimed), "a traceback that shows values would show it"
    assert claimed.mail.opt_out_link.rpartition("/")[2] not in repr(claimed)


async def test_an_erased_patients_mails_say_nothing(office):
    ana, bo, cy = office.invite("ana.451@home.example", "bo.550@home.example", "cy@home.example")
    await office.sender().send_due()
    for patient in (ana, bo, cy):
        office.do(erase_patient, patient, who=office.desk.manager, legal_request="asked in writing")
    office.wait(timedelta(hours=1))
    await office.sender().send_due()
    told = office.audit() + "\n".join(office.sentences())
    for model in (OutboxRow, InvitationRow):
        told += "".join(str(vars(row)) for row in office.rows(model))
    assert "home.example" not in told
    assert office.states(ana) == ("withheld", "withheld")


async def test_what_is_held_does_not_leave_before_its_time(office):
    patient = office.add("ana@home.example")
    office.do(inviting.invite, patient, source=inviting.Source.COMMAND, hold=timedelta(seconds=30))
    sender = office.sender()
    office.wait(timedelta(seconds=29))
    assert not await sender.is_due()
    assert (await sender.send_due()).counts == {}
    office.wait(timedelta(seconds=1))
    assert await sender.is_due()
    assert (await sender.send_due()).counts == {"sent": 1}


async def test_what_was_taken_back_does_not_leave(office):
    (ana,) = office.invite("ana@home.example")
    office.do(undo)
    assert (await office.sender().send_due()).counts == {}
    assert office.states(ana) == ("withdrawn", "removed")
    assert office.peer.mails == []


# -- checked again at the moment of sending


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda office, ana: office.end_consent(ana), "has opted out of emails (mgarcia, "),
        (lambda office, ana: office.new_address(ana, "ana@new.example"), "no longer ana@home.example"),
        (lambda office, ana: office.new_address(ana, None), "has no email address on record"),
        (lambda office, ana: office.change(PatientRow, PatientRow.id == ana, active=False), "is inactive"),
        (lambda office, ana: office.change(PatientRow, PatientRow.id == ana, erased_at=office.now), "no such patient"),
        (lambda office, ana: office.change(ClinicRow, ClinicRow.id == 1, online=False), "no longer takes part"),
    ],
)
async def test_what_may_not_be_written_any_more_is_withheld(office, spoil, why):
    ana, bo = office.invite("ana@home.example", "bo@home.example")
    spoil(office, ana)
    await office.sender().send_due()
    assert office.states(ana) == ("withheld", "withheld")
    for row in (office.mail(ana), office.invitation(ana)):
        assert why in row.error
    assert office.invitation(ana).secret_digest is None, "no link works"
    assert "ana@home.example" not in office.peer.tried
    assert "mail_withheld" in office.acts()
    if "takes part" not in why:
        assert office.states(bo) == ("sent", "sent"), "the others leave"


# -- refused, put off, given up


async def test_the_recipients_refusal_fails_the_invitation_with_its_words(office):
    (rory,) = office.invite("rory.550@home.example")
    assert (await office.sender().send_due()).counts == {"failed": 1}
    assert office.states(rory) == ("failed", "failed")
    assert office.mail(rory).error == office.invitation(rory).error == "550 5.1.1 mailbox unknown"
    assert office.sentences() == [f"{office.name_of(rory)}’s invitation failed: 550 5.1.1 mailbox unknown."]
    office.wait(timedelta(days=3))
    assert (await office.sender().send_due()).counts == {}, "it is not tried again"


async def test_a_mail_that_is_put_off_waits_twice_as_long_each_time(office):
    (ana,) = office.invite("ana.451@home.example")
    sender = office.sender()
    for attempt in range(1, 13):
        assert (await sender.send_due()).counts == {"put off": 1}
        mail = office.mail(ana)
        assert (mail.state, mail.attempts, mail.error) == ("queued", attempt, "451 4.7.1 try again later")
        nominal = min(MINUTE * 2 ** (attempt - 1), timedelta(hours=4))
        assert nominal * 0.5 <= mail.next_at - office.now <= min(nominal * 1.5, timedelta(hours=4))
        office.clock.now = mail.next_at - timedelta(milliseconds=1)
        assert (await sender.send_due()).counts == {}
        office.clock.now = mail.next_at
    assert office.invitation(ana).state == "queued"


async def test_the_same_mail_is_sent_again_after_it_was_put_off(office):
    (ana,) = office.invite("ana.lost@home.example")
    sender = office.sender()
    await sender.send_due()
    assert office.states(ana) == ("queued", "queued"), "the answer was lost: it may or may not have arrived"
    office.wait(2 * MINUTE)
    await sender.send_due()
    first, second = office.peer.messages
    assert first["Message-ID"] == second["Message-ID"] == office.mail(ana).message_id
    assert secret_in(first) == secret_in(second), "a retry renders the same link"


async def test_after_48_hours_it_has_failed(office):
    (ana,) = office.invite("ana.451@home.example")
    office.wait(timedelta(days=5))  # nobody sent: that is not the mail's own time
    sender = office.sender()
    begun = office.now
    while office.mail(ana).state == "queued":
        await sender.send_due()
        office.clock.now = max(office.mail(ana).next_at, office.now)
    assert timedelta(hours=48) <= office.now - begun <= timedelta(hours=52)
    assert office.states(ana) == ("failed", "failed")
    assert office.invitation(ana).error == "given up after 48 hours: 451 4.7.1 try again later"


async def test_a_network_that_is_away_puts_off(office):
    (ana,) = office.invite("ana@home.example")
    nowhere = SmtpCourier(MailServer(host="127.0.0.1", port=1, tls=Tls.NONE))
    assert (await office.sender(courier=nowhere).send_due()).counts == {"put off": 1}
    assert office.mail(ana).error == "the mail server cannot be reached: connection refused"
    office.wait(2 * MINUTE)
    assert (await office.sender().send_due()).counts == {"sent": 1}


# -- our own fault


async def test_a_refused_sender_stops_the_queue_and_burns_no_invitation(office):
    ana, bo = office.invite("ana@home.example", "bo@home.example")
    office.peer.sender_answer = "553 5.7.1 no"
    sender = office.sender()
    sent = await sender.send_due()
    why = "No mail leaves: 553 5.7.1 no. Put that right, then “ctfront mail --test ADDRESS” starts it again."
    assert (sent.counts, sent.stopped) == ({}, why)
    for patient in (ana, bo):
        assert (office.states(patient), office.mail(patient).attempts) == (("queued", "queued"), 0)
    assert await office.post.why_mail_waits() == why
    assert (await office.sender().send_due()).stopped == why, "no other sender goes on"
    assert office.acts() == ["mail_stopped"]
    assert await sender.prove() == why, "it is still refused"
    office.peer.sender_answer = ""
    assert await sender.prove() == ""
    assert await office.post.why_mail_waits() == ""
    assert (await sender.send_due()).counts == {"sent": 2}
    assert office.acts() == ["mail_stopped", "mail_started", "mail_sent", "mail_sent"]


async def test_a_test_mail_that_leaves_starts_the_queue(office):
    office.invite("ana@home.example")
    office.peer.sender_answer = "550 no"
    sender = office.sender()
    assert (await sender.send_due()).stopped
    assert (await sender.test("admin@clinic.example", "Main Street Clinic")).verdict is Verdict.OURS
    office.peer.sender_answer = ""
    assert (await sender.test("admin@clinic.example", "Main Street Clinic")).verdict is Verdict.DELIVERED
    assert office.peer.messages[0]["Subject"] == "Main Street Clinic: mail leaves"
    assert (await sender.send_due()).counts == {"sent": 1}


@pytest.mark.parametrize("act", ["unlink", "change"])
async def test_a_key_file_that_is_not_the_clinics_stops_the_queue(office, act):
    office.invite("ana@home.example")
    sender = office.sender()
    await sender.send_due()
    kept = office.key_file.read_bytes()
    if act == "unlink":
        office.key_file.unlink()
    else:
        office.key_file.write_text(f"{'ab' * 32}\n")
    (bo,) = office.invite("bo@home.example")
    why = (await sender.send_due()).stopped
    assert why.startswith(f"Mail waits: the key file {office.key_file} is ")
    assert (office.states(bo), office.mail(bo).attempts) == (("queued", "queued"), 0)
    assert await office.post.why_mail_waits() == await sender.prove() == why
    office.key_file.write_bytes(kept)
    office.key_file.chmod(0o600)
    assert await sender.prove() == ""
    assert (await sender.send_due()).counts == {"sent": 1}


async def test_a_lost_key_can_be_given_up(office):
    office.invite("ana@home.example")
    sender = office.sender()
    await sender.send_due()
    secret = secret_in(office.peer.messages[0])
    office.key_file.unlink()
    office.invite("bo@home.example")
    assert (await sender.send_due()).stopped
    await sender.take_new_key()
    assert await sender.prove() == ""
    assert (await sender.send_due()).counts == {"sent": 1}
    accepted = office.do(accept_invitation, secret, date(1980, 1, 1), password_hash="hash")
    assert accepted.outcome is Acceptance.ENROLLED, "links that have left go on working"


async def test_the_service_starts_a_queue_that_stood_still_and_ends_when_told(office):
    (ana,) = office.invite("ana@home.example")
    office.peer.sender_answer = "553 no"
    assert (await office.sender().send_due()).stopped
    office.peer.sender_answer = ""
    stop = asyncio.Event()
    watching = asyncio.create_task(office.sender().watch(stop))
    while office.states(ana) != ("sent", "sent"):
        await asyncio.sleep(0.01)
    stop.set()
    await watching
    assert "the queue is started again" in office.told


async def test_the_service_waits_for_a_database_that_is_away(office, monkeypatch):
    monkeypatch.setattr(mail_sending, "AWAY_SECONDS", 0.01)
    (ana,) = office.invite("ana@home.example")
    sender, stop = office.sender(), asyncio.Event()
    answer, asked = sender.is_due, []

    async def away() -> bool:
        asked.append(1)
        if len(asked) < 3:
            raise DatabaseUnavailable("The database does not answer.")
        return await answer()

    monkeypatch.setattr(sender, "is_due", away)
    watching = asyncio.create_task(sender.watch(stop))
    while office.states(ana) != ("sent", "sent"):
        await asyncio.sleep(0.01)
    stop.set()
    await watching
    assert office.told[:2] == ["The database does not answer."] * 2


# -- several senders, leases, the limit


async def test_two_senders_at_once_never_send_twice(office):
    patients = office.invite(*(f"p{number}@home.example" for number in range(30)))
    rounds = await asyncio.gather(*(office.sender().send_due() for _ in range(3)))
    assert sorted(office.peer.recipients) == sorted(f"p{number}@home.example" for number in range(30))
    assert sum(sent.counts["sent"] for sent in rounds) == 30
    assert [sent.counts["sent"] > 0 for sent in rounds] == [True] * 3
    assert {office.states(patient) for patient in patients} == {("sent", "sent")}
    assert {office.mail(patient).attempts for patient in patients} == {1}


async def test_a_result_counts_from_the_leases_owner_only(office):
    (ana,) = office.invite("ana@home.example")
    act, rules = office.desk.act, [office.sender()._rules for _ in range(2)]
    write, clinic_id = office.desk.database.write_now, office.desk.clinic.id
    first = write(lambda s: mail_acts.claim_mail(s, clinic_id, act(at=office.now), rules[0]))
    assert isinstance(write(lambda s: mail_acts.claim_mail(s, clinic_id, act(), rules[1])), mail_acts.Waiting)
    office.wait(timedelta(seconds=121))
    second = write(lambda s: mail_acts.claim_mail(s, clinic_id, act(at=office.now), rules[1]))
    assert first == second or (first.mail.link, first.mail_id) == (second.mail.link, second.mail_id)
    late = act(at=office.now)
    assert not write(lambda s: mail_acts.record_refused(s, clinic_id, late, rules[0], first, "550 late"))
    assert not write(lambda s: mail_acts.record_sent(s, clinic_id, late, rules[0], first))
    assert not write(lambda s: mail_acts.record_later(s, clinic_id, late, rules[0], first, "451 late", 0.5))
    assert office.states(ana) == ("sending", "queued")
    done = act(at=office.now)
    assert write(lambda s: mail_acts.record_sent(s, clinic_id, done, rules[1], second))
    again = act(at=office.now)
    assert not write(lambda s: mail_acts.record_sent(s, clinic_id, again, rules[1], second)), "a retry is harmless"
    assert office.states(ana) == ("sent", "sent")


async def test_a_sender_that_died_leaves_its_mail_to_the_next(office):
    (ana,) = office.invite("ana@home.example")
    rules = office.sender()._rules
    office.desk.database.write_now(
        lambda s: mail_acts.claim_mail(s, office.desk.clinic.id, office.desk.act(at=office.now), rules)
    )
    office.wait(timedelta(seconds=119))
    assert (await office.sender().send_due()).counts == {}
    office.wait(timedelta(seconds=2))
    assert (await office.sender().send_due()).counts == {"sent": 1}
    assert office.mail(ana).attempts == 2


async def test_the_limit_holds_over_all_senders(office):
    office.invite(*(f"p{number}@home.example" for number in range(5)), "x.550@home.example", "x.451@home.example")
    first, second = office.sender(per_minute=3), office.sender(per_minute=3)
    begun = office.now
    sent = await first.send_due()
    assert (sent.counts, sent.until) == ({"sent": 3}, begun + MINUTE)
    assert (await second.send_due()).counts == {}
    office.wait(timedelta(seconds=59))
    assert (await second.send_due()).until == begun + MINUTE
    office.wait(timedelta(seconds=1))
    assert (await second.send_due()).counts == {"failed": 1, "sent": 2}, "what is refused was handed in, too"
    assert (await first.send_due()).counts == {}
    office.wait(MINUTE)
    assert (await first.send_due()).counts == {"put off": 1}


# -- while it is under way


async def under_way(office, meanwhile):
    """Let something happen while the server thinks about the mail."""
    office.peer.thinking = True
    sending = asyncio.create_task(office.sender().send_due())
    while not office.peer.tried:
        await asyncio.sleep(0.005)
    meanwhile()
    office.peer.thinking = False
    await sending


async def test_an_invitation_removed_under_way_stays_removed(office):
    (ana,) = office.invite("ana@home.example")
    await under_way(office, lambda: office.do(inviting.remove, ana))
    assert office.states(ana) == ("sent", "removed")
    secret = secret_in(office.peer.messages[0])
    accepted = office.do(accept_invitation, secret, date(1980, 1, 1), password_hash="hash")
    assert accepted.outcome is Acceptance.UNKNOWN, "its link is dead"
    assert office.sentences() == [f"{office.name_of(ana)}’s invitation left while it was taken back; its link is dead."]


async def test_a_removal_under_way_that_is_taken_back_ends_as_sent(office):
    (ana,) = office.invite("ana@home.example")
    await under_way(office, lambda: office.do(inviting.remove, ana))
    office.do(undo)
    assert office.states(ana) == ("sent", "queued")
    await office.sender().sweep()
    assert office.states(ana) == ("sent", "sent")
    assert office.invitation(ana).expires_at == office.mail(ana).sent_at + timedelta(days=7)


async def test_a_removal_of_a_mail_put_off_withdraws_it(office):
    (ana,) = office.invite("ana.data451@home.example")
    await under_way(office, lambda: office.do(inviting.remove, ana))
    office.wait(2 * MINUTE)
    await office.sender().send_due()
    assert office.states(ana) == ("withdrawn", "removed")
    office.do(undo)
    await office.sender().sweep()
    assert office.states(ana) == ("queued", "queued"), "taken back, it waits again"


async def test_what_has_begun_to_leave_is_not_taken_back(office):
    (ana,) = office.invite("ana@home.example")

    def take_back():
        with pytest.raises(inviting.NothingToUndo, match="has left"):
            office.do(undo)

    await under_way(office, take_back)
    assert office.states(ana) == ("sent", "sent")


# -- time, templates, bounces


async def test_a_sent_invitation_whose_time_is_over_expires(office):
    ana, bo = office.invite("ana@home.example", "bo@home.example")
    sender = office.sender(expires_after=timedelta(days=3))
    await sender.send_due()
    sent_at = office.now
    office.wait(timedelta(days=3) - timedelta(seconds=1))
    await sender.sweep()
    assert office.states(ana) == ("sent", "sent")
    office.wait(timedelta(hours=1))
    await sender.sweep()
    await sender.sweep()
    assert office.states(ana) == office.states(bo) == ("sent", "expired")
    assert office.invitation(ana).state_at == sent_at + timedelta(days=3), "since its time, not since it was seen"
    assert office.acts().count("invitation_expired") == 1


async def test_many_expire_in_portions(office, monkeypatch):
    monkeypatch.setattr(mail_acts, "PORTION", 2)
    patients = office.invite(*(f"p{number}@home.example" for number in range(5)))
    sender = office.sender()
    await sender.send_due()
    office.wait(timedelta(days=8))
    await sender.sweep()
    assert {office.states(patient) for patient in patients} == {("sent", "expired")}
    assert office.acts().count("invitation_expired") == 3


async def test_a_template_that_fails_is_told_once_and_mended(office, tmp_path):
    template = tmp_path / "invitation.txt"
    template.write_text("{{ nmae }} {{ link }}")
    office.invite("ana@home.example", "bo@home.example")
    assert (await office.sender(templates=tmp_path).send_due()).counts == {"sent": 2}
    await office.sender(templates=tmp_path).send_due()
    fault = "The shipped wording is used, because of the clinic’s own template invitation.txt: 'nmae' is undefined."
    assert (await office.post.sendings()).template_fault == fault
    assert office.acts().count("template_failed") == 1
    template.write_text("Come in: {{ link }}")
    office.invite("cy@home.example")
    await office.sender(templates=tmp_path).send_due()
    assert (await office.post.sendings()).template_fault == ""
    assert office.peer.messages[-1].get_body(("plain",)).get_content().startswith("Come in: ")


async def test_a_mail_that_came_back_fails_its_invitation(office):
    (ana,) = office.invite("ana@home.example")
    await office.sender().send_due()
    message_id = office.mail(ana).message_id

    def bounce(words):
        act = office.desk.act(at=office.now)
        return office.desk.database.write_now(
            lambda s: mail_acts.fail_bounced(s, office.desk.clinic.id, act, message_id, words)
        )

    assert bounce("550 5.1.1 gone") == "The invitation to ana@home.example has failed: 550 5.1.1 gone"
    assert office.states(ana) == ("failed", "failed")
    assert office.invitation(ana).error == "550 5.1.1 gone"
    assert bounce("550 again") == "The mail to ana@home.example has failed already: 550 5.1.1 gone"


async def test_why_mail_waits_is_told_as_long_as_it_does(office):
    office.invite("ana@home.example")
    assert await office.post.why_mail_waits() == "Mail waits: nothing is set."
    sender = office.sender()
    await sender.sweep()
    assert await office.post.why_mail_waits() == "", "a sender runs"
    office.wait(timedelta(minutes=6))
    assert await office.post.why_mail_waits() == "Mail waits: nothing is set."
    assert (await office.post.sendings()).waiting == 1


async def test_an_app_without_the_log_in_sends_nothing(office):
    office.invite("ana@home.example")
    assert not office.post.sends
    await office.post.send_due()
    assert office.peer.mails == []


async def test_two_servers_and_one_database_do_not_mix(office):
    """A sender whose server is another one still never sends a mail twice."""
    office.invite(*(f"p{number}@home.example" for number in range(10)))
    with Peer() as other:
        courier = SmtpCourier(MailServer(host="127.0.0.1", port=other.port, tls=Tls.NONE))
        await asyncio.gather(office.sender().send_due(), office.sender(courier=courier).send_due())
        both = office.peer.recipients + other.recipients
    assert sorted(both) == sorted(f"p{number}@home.example" for number in range(10))
