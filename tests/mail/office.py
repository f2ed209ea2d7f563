"""A small clinic with a mail server on loopback, a clock that is set by hand, and senders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import select

from ctfront.data.models import ActRow, AuditDetailRow, AuditRow, ConsentRow, InvitationRow, OutboxRow, PatientRow
from ctfront.data.patients import load_name
from ctfront.domain.invitations import Source
from ctfront.domain.patients import Channel, PatientDraft
from ctfront.mail.links import key_for
from ctfront.mail.message import Composer
from ctfront.mail.smtp import MailServer, SmtpCourier, Tls
from ctfront.services import inviting
from ctfront.services.mail_acts import Rules
from ctfront.services.mail_post import MailPost
from ctfront.services.mail_sending import MailSending, system_actor
from ctfront.services.patients import add_patient
from tests.clinics import NOW, SmallClinic
from tests.mail.peer import Peer

SENDER = "desk@clinic.example"
SITE = "https://book.example.org"
MINUTE = timedelta(minutes=1)


class Clock:
    """The clinic's time, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """What the tests of sending act on."""

    desk: SmallClinic
    peer: Peer
    key_file: Path
    clock: Clock = field(default_factory=Clock)
    senders: list[MailSending] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    serial: count = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        return self.clock.now

    def wait(self, by: timedelta) -> None:
        self.clock.now += by

    def sender(self, *, courier=None, templates: Path | None = None, **rules) -> MailSending:
        """Make a sender with its own connection."""
        composer = Composer(SENDER, templates)
        named = {"per_minute": 0, "owner": f"sender {next(self.serial)}", **rules}
        sending = MailSending(
            self.desk.database,
            self.desk.clinic.id,
            system_actor(),
            self.clock,
            courier=courier or SmtpCourier(MailServer(host="127.0.0.1", port=self.peer.port, tls=Tls.NONE)),
            composer=composer,
            rules=Rules(site=SITE, domain=composer.domain, key_for=partial(key_for, self.key_file), **named),
            tell=self.told.append,
        )
        self.senders.append(sending)
        return sending

    @property
    def post(self) -> MailPost:
        return MailPost(self.desk.database, self.desk.clinic.id, self.clock, lacking="Mail waits: nothing is set.")

    # -- what the desk does

    def add(self, address: str) -> int:
        """Add a patient who consents to emails, named by the address."""
        draft = PatientDraft(
            last_name=f"Patient{next(self.serial)}",
            first_name="Ana",
            birth_date=date(1980, 1, 1),
            email=address,
            consent=frozenset({Channel.EMAIL}),
        )
        return self.do(add_patient, draft, another_person=True)

    def invite(self, *addresses: str) -> list[int]:
        """Invite new patients; return their ids."""
        patients = [self.add(address) for address in addresses]
        for patient in patients:
            self.do(inviting.invite, patient, source=Source.COMMAND, hold=timedelta(0))
        return patients

    def name_of(self, patient_id: int) -> str:
        """Return the patient's name as it is shown."""
        return self.desk.database.write_now(lambda s: load_name(s, self.desk.clinic.id, patient_id).name)

    def do(self, act_on, *what, who=None, **how):
        act = self.desk.act(who, at=self.now)
        return self.desk.database.write_now(lambda session: act_on(session, self.desk.clinic, act, *what, **how))

    def change(self, model, wanted, **values) -> None:
        """Change rows as an act elsewhere would."""

        def do(session):
            for row in session.scalars(select(model).where(wanted)):
                for name, value in values.items():
                    setattr(row, name, value)

        self.desk.database.write_now(do)

    def end_consent(self, patient: int) -> None:
        self.change(ConsentRow, ConsentRow.patient_id == patient, ended_at=self.now, ended_name="mgarcia")

    def new_address(self, patient: int, address: str) -> None:
        self.change(PatientRow, PatientRow.id == patient, email=address, folded_email=address)

    # -- what the database says

    def rows(self, model, *wanted) -> Sequence:
        return self.desk.database.write_now(
            lambda session: list(session.scalars(select(model).where(*wanted).order_by(*model.__table__.primary_key)))
        )

    def mail(self, patient: int) -> OutboxRow:
        return self.rows(OutboxRow, OutboxRow.patient_id == patient)[-1]

    def invitation(self, patient: int) -> InvitationRow:
        return self.rows(InvitationRow, InvitationRow.patient_id == patient)[-1]

    def states(self, patient: int) -> tuple[str, str]:
        """Return how far mail and invitation have come."""
        return self.mail(patient).state, self.invitation(patient).state

    def acts(self) -> list[str]:
        """Return the kinds of what the senders did."""
        return [row.kind for row in self._system_acts()]

    def sentences(self) -> list[str]:
        return [row.sentence for row in self._system_acts()]

    def _system_acts(self) -> list[ActRow]:
        return sorted(self.rows(ActRow, ActRow.by_kind == "system"), key=lambda row: row.serial)

    def audit(self) -> str:
        """Return everything that the audit trail holds, as text."""
        details = self.rows(AuditDetailRow)
        entries = self.rows(AuditRow)
        return "\n".join([*(f"{d.before} {d.after}" for d in details), *(f"{e.act} {e.digest}" for e in entries)])
