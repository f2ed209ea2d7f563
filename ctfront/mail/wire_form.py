"""A message as the bytes that are sent, and addresses as they go on the envelope."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from ctfront.domain.errors import InputRefused
from ctfront.domain.text import brief

LINE = 990
"""Longest header line: a shorter limit would break links in headers into encoded words."""

_ASCII, _UTF8 = SMTP.clone(max_line_length=LINE), SMTPUTF8.clone(max_line_length=LINE)


def as_sent(message: EmailMessage, *, international: bool = False, line_end: str = "\r\n") -> bytes:
    """Return the bytes; headers in UTF-8 only where the recipient's own address leaves no other way."""
    return message.as_bytes(policy=(_UTF8 if international else _ASCII).clone(linesep=line_end))


def address_of(text: str, *, name: str = "") -> Address:
    """Return an address as headers and envelope take it, its domain in ASCII.

    Raises `InputRefused` for what is none.
    """
    local, _, domain = text.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        if not local.isascii():  # `addr_spec` takes ASCII only
            return Address(display_name=name, username=local, domain=domain)
        return Address(display_name=name, addr_spec=f"{local}@{domain}")
    except (MessageError, ValueError, IndexError) as error:  # the parser also runs off the end
        raise InputRefused(f"“{brief(text)}” is no address that mail can be sent to.", field="email") from error


def recipient_of(message: EmailMessage) -> str:
    """Return the one address that a message of ours is sent to."""
    return str(message["To"].addresses[0].addr_spec)
