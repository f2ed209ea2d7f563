"""Reads a delivery-status message: which mail came back, and what the recipient's side said."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from ctfront.domain.text import safe

LARGEST = 1_000_000
"""Bytes that are read; the report stands in front of what it sends back."""

LONGEST_WORDS = 300


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A mail that came back."""

    message_id: str
    """Of the mail that was sent."""
    recipient: str
    words: str
    """Status and diagnosis, as the recipient's side gave them."""


def read_bounce(data: bytes) -> Bounce | None:
    """Return what failed for good; None for a delay, a receipt, or a message that is no report."""
    report = message_from_bytes(data[:LARGEST], policy=policy.default)
    assert isinstance(report, EmailMessage)
    message_id = _sent_id(report)
    if message_id is None:
        return None
    for fields in _fields(report):
        if _word(fields, "Action").casefold() == "failed":
            status, diagnosis = _word(fields, "Status"), _after_kind(_word(fields, "Diagnostic-Code"))
            words = diagnosis if status and status in diagnosis else f"{status} {diagnosis}".strip()
            recipient = _after_kind(_word(fields, "Final-Recipient") or _word(fields, "Original-Recipient"))
            return Bounce(message_id=message_id, recipient=safe(recipient), words=safe(words)[:LONGEST_WORDS])
    return None


def _fields(report: EmailMessage) -> Iterator[Message]:
    """Yield the blocks of a delivery-status part: one of the message, then one of each recipient."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, Message))


def _sent_id(report: EmailMessage) -> str | None:
    """Return the Message-ID of the mail that is sent back, whole or its headers."""
    for part in report.walk():
        if part.get_content_type() in {"message/rfc822", "message/rfc822-headers"} and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message) and inner["Message-ID"]:
                return str(inner["Message-ID"]).strip()
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            headers = message_from_bytes(payload if isinstance(payload, bytes) else b"")
            if headers["Message-ID"]:
                return str(headers["Message-ID"]).strip()
    return None


def _word(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _after_kind(value: str) -> str:
    """Return `x@y` of `rfc822; x@y`."""
    kind, found, rest = value.partition(";")
    return rest.strip() if found else kind.strip()
