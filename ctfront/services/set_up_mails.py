"""Set-up: what the mails to patients say."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import mail_texts
from ctfront.domain.clinic import Clinic
from ctfront.domain.letters import MailWording, check_text
from ctfront.domain.mails import MailText
from ctfront.domain.staff import Act
from ctfront.services.set_up_saving import Kind, save


def save_mail(
    session: Session, clinic: Clinic, act: Act, mail_id: int, text: MailText, *, version: int | None = None
) -> MailWording:
    """Save what a mail says."""
    return save(session, clinic, act, MAILS, mail_id, text, version=version)


def _put(
    session: Session,
    clinic: Clinic,
    act: Act,
    known: Sequence[MailWording],
    was: MailWording | None,
    draft: MailText,
) -> MailWording:
    assert was is not None, "no mail is ever added"
    return mail_texts.save(session, clinic.id, was.kind, check_text(was.kind, draft))


def _read(fields: Mapping[str, Any]) -> MailText:
    return MailText(subject=fields["subject"], paragraphs=tuple(fields["paragraphs"]))


MAILS = Kind(
    name="mail_text",
    words="mail",
    rows=lambda session, clinic: mail_texts.load_wordings(session, clinic.id),
    draft_of=lambda session, wording: wording.text,
    put=_put,
    read=_read,
)
