"""A real mail server on loopback that answers as its recipients' names ask: `x.451@…`, `x.550@…`, `x.hang@…`."""

import asyncio
import email
import ssl
import threading
from collections import Counter
from email.message import EmailMessage
from email.policy import default
from functools import partial

from aiosmtpd.smtp import SMTP, AuthResult

ANSWERS = {
    "421": "421 4.3.2 going down",
    "451": "451 4.7.1 try again later",
    "550": "550 5.1.1 mailbox unknown",
}


class Conversation(SMTP):
    """One connection; STARTTLS can be refused."""

    peer: "Peer"

    async def smtp_STARTTLS(self, arg):
        if self.peer.starttls_answer:
            await self.push(self.peer.starttls_answer)
        else:
            await super().smtp_STARTTLS(arg)


class Peer:
    """The server, in a thread of its own, and what was delivered to it."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
        international: bool = False,
    ) -> None:
        self.tls, self.implicit, self.login, self.international = tls, implicit, login, international
        self.starttls_answer = ""
        self.sender_answer = ""
        self.thinking = False
        """While it is, no mail is answered for."""
        self.mails: list[tuple[str, str, bytes]] = []
        """(sender, recipient, content), as they were answered for."""
        self.connections = 0
        self.tried: Counter[str] = Counter()
        """Recipients asked for."""
        self.encrypted: list[bool] = []
        self.log_ins: list[bool] = []
        self._open: set[asyncio.BaseTransport] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    # -- as aiosmtpd calls it

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.sender_answer:
            return self.sender_answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tried[address] += 1
        wish = address.partition("@")[0].rpartition(".")[2]
        if wish in ANSWERS:
            return ANSWERS[wish]
        if wish == "dropped":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        wish = address.partition("@")[0].rpartition(".")[2]
        while self.thinking:
            await asyncio.sleep(0.005)
        if wish.startswith("data"):
            return ANSWERS[wish.removeprefix("data")]
        if wish == "hang":
            await self._ended.wait()
        self.mails.append((envelope.mail_from, address, envelope.original_content))
        self.encrypted.append(session.ssl is not None or self.implicit)
        if wish == "lost":  # taken, but the sender never hears of it
            server.transport.abort()
        return "250 2.0.0 taken"

    def _authenticate(self, server, session, envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode())
        self.log_ins.append(given == self.login)
        return AuthResult(success=given == self.login, handled=False)

    # -- as a test uses it

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(content, policy=default) for _, _, content in self.mails]

    @property
    def recipients(self) -> list[str]:
        return [to for _, to, _ in self.mails]

    def hang_up(self) -> None:
        """Close every connection and wait until that is done."""
        done = threading.Event()

        def close() -> None:
            for transport in list(self._open):
                transport.close()
            self._loop.call_soon(done.set)

        self._loop.call_soon_threadsafe(close)
        assert done.wait(10)

    def __enter__(self) -> "Peer":
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            self._conversation, "127.0.0.1", 0, ssl=self.tls if self.implicit else None
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._ended.wait()
        server.close()
        for transport in list(self._open):
            transport.abort()
        await asyncio.sleep(0)  # the aborted ones say so in the next turn of the loop

    def _conversation(self) -> SMTP:
        self.connections += 1
        conversation = Conversation(
            self,
            hostname="peer.example",
            enable_SMTPUTF8=self.international,
            tls_context=None if self.implicit else self.tls,
            auth_required=self.login is not None and not self.implicit,  # aiosmtpd knows of TLS by STARTTLS only
            auth_require_tls=self.login is not None and not self.implicit,
            auth_exclude_mechanism=[] if self.login else ["LOGIN", "PLAIN"],
            authenticator=self._authenticate if self.login else None,
            loop=self._loop,
        )
        conversation.peer = self
        made, lost = conversation.connection_made, conversation.connection_lost
        conversation.connection_made = partial(self._made, made)
        conversation.connection_lost = partial(self._lost, conversation, lost)
        return conversation

    def _made(self, made, transport) -> None:
        self._open.add(transport)
        made(transport)

    def _lost(self, conversation, lost, error) -> None:
        self._open = {t for t in self._open if not t.is_closing()}
        lost(error)
