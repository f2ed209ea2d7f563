"""What the clinic's mails say, as rows."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctfront.data.database import Reader
from ctfront.data.models import MailTextRow
from ctfront.domain.letters import BUILT_IN, MailWording
from ctfront.domain.mails import MailText


def _select(clinic_id: int) -> Select[Any]:
    return select(MailTextRow.__table__).where(MailTextRow.clinic_id == clinic_id)


async def read_wordings(reader: Reader, clinic_id: int) -> tuple[MailWording, ...]:
    """Return what each mail says, in the order of Set-up."""
    return _wordings_of(await reader.execute(_select(clinic_id)))


def load_wordings(session: Session, clinic_id: int) -> tuple[MailWording, ...]:
    """Return the same inside an act."""
    return _wordings_of(session.execute(_select(clinic_id)))


def load_own(session: Session, clinic_id: int, kind: str) -> MailText | None:
    """Return the clinic's own words of a mail, None for the built-in ones."""
    return _text_of(session.execute(_select(clinic_id).where(MailTextRow.kind == kind)).first())


def save(session: Session, clinic_id: int, kind: str, text: MailText) -> MailWording:
    """Write what a mail says; what is built in is not kept, so that a later release may put it better."""
    row = session.get(MailTextRow, (clinic_id, kind)) or MailTextRow(clinic_id=clinic_id, kind=kind)
    own = text != BUILT_IN[kind]
    row.subject, row.body = (text.subject, "\n".join(text.paragraphs)) if own else (None, None)
    session.add(row)
    flag_modified(row, "kind")
    session.flush()
    return next(wording for wording in load_wordings(session, clinic_id) if wording.kind == kind)


def _wordings_of(rows: Iterable[Any]) -> tuple[MailWording, ...]:
    known = {row.kind: row for row in rows}
    return tuple(
        MailWording(
            id=number,
            kind=kind,
            text=_text_of(known.get(kind)) or text,
            version=known[kind].version if kind in known else 0,
        )
        for number, (kind, text) in enumerate(BUILT_IN.items(), 1)
    )


def _text_of(row: Any) -> MailText | None:
    if row is None or row.subject is None:
        return None
    return MailText(subject=row.subject, paragraphs=tuple(row.body.splitlines()))
