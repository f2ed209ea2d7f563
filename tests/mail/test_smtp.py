"""Each answer that a mail server can give, from a real one on loopback."""

import asyncio
import socket
from email.message import EmailMessage

import pytest

from ctfront.domain.mails import Outcome, Verdict
from ctfront.mail.smtp import MailServer, SmtpCourier, Tls
from tests.mail.peer import Peer

SENDER = "desk@clinic.example"

openssl = pytest.mark.part("openssl")


def message(to: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = SENDER, to, "Hello", f"<{to}>"
    made.set_content("A line.\n.\n..and one that begins with dots\n")
    return made


async def deliver(courier: SmtpCourier, to: str = "ana@home.example") -> Outcome:
    return await courier.deliver(message(to), sender=SENDER, to=to)


def courier_to(peer: Peer, tls: Tls = Tls.NONE, **more) -> SmtpCourier:
    return SmtpCourier(MailServer(host="127.0.0.1", port=peer.port, tls=tls, **more))


async def test_a_mail_is_delivered_whole(peer):
    courier = courier_to(peer)
    assert await deliver(courier) == Outcome(verdict=Verdict.DELIVERED, words="250 2.0.0 taken")
    await courier.close()
    ((sender, to, _),) = peer.mails
    assert (sender, to) == (SENDER, "ana@home.example")
    assert peer.messages[0].get_content().replace("\r\n", "\n") == "A line.\n.\n..and one that begins with dots\n"


async def test_one_connection_takes_all_mails(peer):
    courier = courier_to(peer)
    for number in range(5):
        await deliver(courier, f"p{number}@home.example")
    await courier.close()
    assert (len(peer.mails), peer.connections) == (5, 1)


@pytest.mark.parametrize(
    ("to", "verdict", "words"),
    [
        ("x.550@home.example", Verdict.REFUSED, "550 5.1.1 mailbox unknown"),
        ("x.451@home.example", Verdict.LATER, "451 4.7.1 try again later"),
        ("x.421@home.example", Verdict.LATER, "421 4.3.2 going down"),
        ("x.data550@home.example", Verdict.REFUSED, "550 5.1.1 mailbox unknown"),
        ("x.data451@home.example", Verdict.LATER, "451 4.7.1 try again later"),
        ("x.data421@home.example", Verdict.LATER, "421 4.3.2 going down"),
    ],
)
async def test_the_recipients_side_answers_for_its_mail_only(peer, to, verdict, words):
    courier = courier_to(peer)
    assert await deliver(courier, to) == Outcome(verdict=verdict, words=words)
    assert (await deliver(courier)).verdict is Verdict.DELIVERED, "the next mail is none the worse"
    await courier.close()
    assert peer.connections == (2 if "421" in to else 1)


@pytest.mark.parametrize("to", ["x.dropped@home.example", "x.lost@home.example"])
async def test_a_dropped_connection_is_tried_again_later(peer, to):
    courier = courier_to(peer)
    assert (await deliver(courier, to)).verdict is Verdict.LATER
    assert (await deliver(courier)).verdict is Verdict.DELIVERED
    await courier.close()
    assert peer.recipients == [*(["x.lost@home.example"] if "lost" in to else []), "ana@home.example"]


async def test_a_server_that_hangs_is_left_in_time(peer):
    courier = courier_to(peer)
    courier.seconds = 0.3
    assert await deliver(courier, "x.hang@home.example") == Outcome(
        verdict=Verdict.LATER, words="the mail server does not answer"
    )
    assert (await deliver(courier)).verdict is Verdict.DELIVERED
    await courier.close()


async def test_slow_answers_are_waited_for(peer):
    peer.thinking = True
    courier = courier_to(peer)
    delivering = asyncio.create_task(deliver(courier))
    done, _ = await asyncio.wait({delivering}, timeout=0.2)
    assert not done
    peer.thinking = False
    assert (await delivering).verdict is Verdict.DELIVERED
    await courier.close()


async def test_a_connection_that_was_closed_meanwhile_is_made_again(peer):
    courier = courier_to(peer)
    await deliver(courier)
    peer.hang_up()
    assert (await deliver(courier, "bo@home.example")).verdict is Verdict.DELIVERED
    await courier.close()
    assert (peer.recipients, peer.connections) == (["ana@home.example", "bo@home.example"], 2)


async def test_nobody_listening_is_the_networks_fault():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = await deliver(SmtpCourier(MailServer(host="127.0.0.1", port=port, tls=Tls.NONE)))
    assert outcome == Outcome(verdict=Verdict.LATER, words="the mail server cannot be reached: connection refused")


async def test_a_refused_sender_is_our_fault(peer):
    peer.sender_answer = "553 5.7.1 not your address"
    courier = courier_to(peer)
    expected = Outcome(verdict=Verdict.OURS, words="553 5.7.1 not your address")
    assert await deliver(courier) == expected
    assert await courier.prove(SENDER) == expected
    peer.sender_answer = "451 4.3.0 wait"
    assert (await deliver(courier)).verdict is Verdict.LATER
    peer.sender_answer = ""
    assert (await courier.prove(SENDER)).verdict is Verdict.DELIVERED
    await courier.close()
    assert peer.mails == [], "a proof sends nothing"


@openssl
async def test_the_log_in_goes_over_starttls(server_tls, certificate):
    with Peer(tls=server_tls, login=("desk", "hunter2 ü")) as peer:
        courier = courier_to(peer, Tls.STARTTLS, user="desk", password="hunter2 ü", ca_file=certificate[0])
        assert (await deliver(courier)).verdict is Verdict.DELIVERED
        await courier.close()
        assert (peer.encrypted, peer.log_ins) == ([True], [True])


@openssl
async def test_tls_from_the_first_byte(server_tls, certificate):
    with Peer(tls=server_tls, implicit=True, login=("desk", "hunter2")) as peer:
        courier = courier_to(peer, Tls.TLS, user="desk", password="hunter2", ca_file=certificate[0])
        assert (await deliver(courier)).verdict is Verdict.DELIVERED
        await courier.close()
        assert (peer.encrypted, peer.log_ins) == ([True], [True])


@openssl
@pytest.mark.parametrize("password", ["wrong", ""])
async def test_a_wrong_password_is_our_fault_and_stays_secret(server_tls, certificate, password):
    with Peer(tls=server_tls, login=("desk", "hunter2")) as peer:
        courier = courier_to(peer, Tls.STARTTLS, user="desk", password=password, ca_file=certificate[0])
        outcome = await deliver(courier)
        assert outcome.verdict is Verdict.OURS
        assert outcome.words.startswith("535 ")
        assert "wrong" not in outcome.words + repr(courier)


@openssl
async def test_a_certificate_nobody_vouches_for_is_our_fault(server_tls):
    words = "the mail server’s certificate is not trusted: self-signed certificate"
    for tls in (Tls.STARTTLS, Tls.TLS):
        with Peer(tls=server_tls, implicit=tls is Tls.TLS) as peer:
            outcome = await deliver(courier_to(peer, tls, user="desk", password="hunter2"))
            assert (outcome, peer.mails) == (Outcome(verdict=Verdict.OURS, words=words), [])


@openssl
@pytest.mark.parametrize(
    ("answer", "verdict"), [("454 4.7.0 TLS not available", Verdict.LATER), ("502 no TLS here", Verdict.OURS)]
)
async def test_refused_tls_sends_nothing_openly(server_tls, certificate, answer, verdict):
    with Peer(tls=server_tls, login=("desk", "hunter2")) as peer:
        peer.starttls_answer = answer
        courier = courier_to(peer, Tls.STARTTLS, user="desk", password="hunter2", ca_file=certificate[0])
        assert await deliver(courier) == Outcome(verdict=verdict, words=answer)
        assert peer.mails == []


async def test_a_server_without_tls_or_log_in_is_not_talked_into_it(peer):
    outcome = await deliver(courier_to(peer, Tls.STARTTLS))
    assert outcome == Outcome(verdict=Verdict.OURS, words="the mail server offers no STARTTLS")
    outcome = await deliver(courier_to(peer, user="desk", password="hunter2"))
    assert outcome == Outcome(verdict=Verdict.OURS, words="the mail server offers no log-in")
    assert peer.mails == []


async def test_an_international_address_needs_a_server_that_takes_them(peer):
    courier = courier_to(peer)
    outcome = await deliver(courier, "zoë@home.example")
    assert outcome == Outcome(verdict=Verdict.REFUSED, words="the mail server takes no international addresses")
    await courier.close()
    with Peer(international=True) as other:
        courier = courier_to(other)
        assert (await deliver(courier, "zoë@home.example")).verdict is Verdict.DELIVERED
        await courier.close()
        assert other.recipients == ["zoë@home.example"]
        assert other.messages[0]["To"] == "zoë@home.example"


async def test_a_greeting_that_refuses_us_is_our_fault():
    async def refuse(reader, writer):
        writer.write(b"554 no SMTP service here\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outcome = await deliver(SmtpCourier(MailServer(host="127.0.0.1", port=port, tls=Tls.NONE)))
    server.close()
    await server.wait_closed()
    assert outcome == Outcome(verdict=Verdict.OURS, words="554 no SMTP service here")
