"""Speaks SMTP over one connection that is kept for the next mail.

Whose fault a refusal is goes by where in the conversation it came: up to MAIL FROM it is ours, from RCPT TO on the
recipient's.
"""

import asyncio
import os
import ssl
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ctfront.domain.mails import Outcome, Verdict
from ctfront.domain.text import safe
from ctfront.mail.wire_form import as_sent

if TYPE_CHECKING:  # 60 ms, and not needed before a mail is due
    from aiosmtplib import SMTP as Client

ALL_SECONDS = 60.0
"""From connecting to the answer to the message; well below the lease of a mail."""

STEP_SECONDS = 30.0
"""For one answer of the server."""

LEAVE_SECONDS = 2.0
"""For the server to answer QUIT."""

LONGEST_WORDS = 300

CLOSING = 421
"""The server says with it that it hangs up."""


class Tls(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """On this machine only."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    tls: Tls = Tls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    """Whom a certificate may come from, for a server with an authority of its own."""


class _NoWay(Exception):
    """The server does not offer what the settings ask for."""


@dataclass
class SmtpCourier:
    """Hands messages to a mail server."""

    server: MailServer
    seconds: float = ALL_SECONDS
    _client: "Client | None" = None

    async def deliver(self, message: EmailMessage, *, sender: str, to: str) -> Outcome:
        """Hand in one message for one recipient; delivered means that the server has answered for it."""
        international = not (sender.isascii() and to.isascii())
        content = as_sent(message, international=international)
        return await self._talk(sender, to, content, international)

    async def prove(self, sender: str) -> Outcome:
        """Tell whether the server lets us in and takes our address, without sending anything."""
        return await self._talk(sender, None, b"", not sender.isascii())

    async def close(self) -> None:
        """Take leave of the server."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            from aiosmtplib import SMTPException

            with suppress(SMTPException, OSError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await client.quit()
            client.close()

    async def _talk(self, sender: str, to: str | None, content: bytes, international: bool) -> Outcome:
        from aiosmtplib import SMTPException, SMTPResponseException

        stage = "connect"
        try:
            async with asyncio.timeout(self.seconds):
                client = await self._connected(sender)
                options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
                if international and not client.supports_extension("smtputf8"):
                    return Outcome(verdict=Verdict.REFUSED, words="the mail server takes no international addresses")
                encoding = "utf-8" if international else "ascii"
                stage = "sender"
                await client.mail(sender, options=options, encoding=encoding)
                stage = "recipient"
                if to is not None:
                    await client.rcpt(to, encoding=encoding)
                    stage = "message"
                    response = await client.data(content)
                    return Outcome(verdict=Verdict.DELIVERED, words=_words(response.code, response.message))
                await client.rset()
                return Outcome(verdict=Verdict.DELIVERED)
        except SMTPResponseException as error:
            if error.code == CLOSING:
                self._drop()
            return Outcome(verdict=_verdict(stage, error.code), words=_words(error.code, error.message))
        except (_NoWay, SMTPException, OSError) as error:  # a timeout of either kind is among them
            self._drop()
            cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
            ours = isinstance(cause, _NoWay | ssl.SSLError)
            return Outcome(verdict=Verdict.OURS if ours else Verdict.LATER, words=_plain(cause))

    async def _connected(self, sender: str) -> "Client":
        """Return the kept connection if it still answers, else a new one."""
        from aiosmtplib import SMTPException

        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
            except (SMTPException, OSError):
                self._drop()
            else:
                return self._client
        self._client = await self._connect(sender)
        return self._client

    async def _connect(self, sender: str) -> "Client":
        from aiosmtplib import SMTP as Client

        server = self.server
        context = None if server.tls is Tls.NONE else ssl.create_default_context(cafile=server.ca_file)
        client = Client(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls is Tls.TLS,
            start_tls=False,
            tls_context=context,
            timeout=STEP_SECONDS,
            # The name said in EHLO: without one the machine's own would be looked up and told to everybody.
            local_hostname=sender.rpartition("@")[2],
        )
        with ExitStack() as unless_all_went_well:
            unless_all_went_well.callback(client.close)
            await client.connect()
            await client.ehlo()
            if server.tls is Tls.STARTTLS:
                if not client.supports_extension("starttls"):
                    raise _NoWay("the mail server offers no STARTTLS")
                await client.starttls(tls_context=context)
                await client.ehlo()
            if server.user:
                if not client.supported_auth_methods:
                    raise _NoWay("the mail server offers no log-in")
                await client.login(server.user, server.password)
            unless_all_went_well.pop_all()
        return client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _verdict(stage: str, code: int) -> Verdict:
    if code < 500:
        return Verdict.LATER
    return Verdict.REFUSED if stage in {"recipient", "message"} else Verdict.OURS


def _words(code: int, message: str) -> str:
    return safe(f"{code} {message}")[:LONGEST_WORDS]


def _plain(error: BaseException) -> str:
    """Return what an error says, without the cause's own words about objects."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the mail server’s certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"the encryption with the mail server failed: {(error.reason or 'no reason given').lower()}"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return f"the mail server cannot be reached: {os.strerror(error.errno).lower()}"
    if isinstance(error, OSError) and error.strerror:  # the name server's own numbers are negative
        return safe(f"the mail server cannot be reached: {error.strerror.lower()}")[:LONGEST_WORDS]
    return safe(str(error))[:LONGEST_WORDS] or "the mail server does not answer"
