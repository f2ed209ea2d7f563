"""How fast mail leaves: claim, render, hand in, write the result down."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from bench.booking import NOW, copied
from bench.timing import Figure, Report
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.invitations import Source
from ctfront.domain.patients import Channel, PatientDraft
from ctfront.domain.staff import Act, Actor
from ctfront.mail.links import key_for
from ctfront.mail.message import Composer
from ctfront.mail.smtp import MailServer, SmtpCourier, Tls
from ctfront.services.identity import who_is
from ctfront.services.inviting import invite
from ctfront.services.mail_acts import Rules
from ctfront.services.mail_sending import MailSending, system_actor
from ctfront.services.patients import add_patient

MAILS = 500
"""Sent in a round."""

ROUNDS = 3
MAIL_MILLISECONDS = 20.0
"""What one mail may take: 50 a second."""


async def measure_mailing(report: Report, path: Path) -> None:
    """Report what one mail takes over one reused connection, with no limit."""
    with copied(path) as copy, _sink() as port:
        database = Database(f"sqlite:///{copy}")
        database.ready()
        clinic, actor = who_is(database, os_user="", asked_user="admin")
        spent = []
        for number in range(ROUNDS):
            database.write_now(partial(_invite, clinic=clinic, actor=actor, first=number * MAILS))
            sending = _sending(database, clinic, copy.with_name("link.key"), port)
            begun = time.perf_counter()
            sent = await sending.send_due()
            spent.append((time.perf_counter() - begun) * 1000 / MAILS)
            await sending.close()
            assert sent.counts == {"sent": MAILS}, sent
        await database.close()
    best = min(spent)
    report.add(
        "Mail",
        Figure(
            what="an invitation, from its claim to its result on disk",
            measured=best,
            budget=MAIL_MILLISECONDS,
            beside=f"{1000 / best:.0f} mails a second, {1000 / max(spent):.0f} in the slowest round",
        ),
    )
    report.note(
        "Mail",
        f"{MAILS} mails a round, the best of {ROUNDS}, on a copy of the database of ten years with `synchronous=FULL`; "
        "a local server in a process of its own, one reused connection, no limit per minute.",
    )


def _sending(database: Database, clinic: Clinic, key_file: Path, port: int) -> MailSending:
    composer = Composer("desk@clinic.example")
    key = partial(key_for, key_file)
    rules = Rules(site="https://book.example.org", domain=composer.domain, key_for=key, per_minute=0, owner="bench")
    courier = SmtpCourier(MailServer(host="127.0.0.1", port=port, tls=Tls.NONE))
    return MailSending(
        database, clinic.id, system_actor(), lambda: NOW, courier=courier, composer=composer, rules=rules
    )


def _invite(session: Session, *, clinic: Clinic, actor: Actor, first: int) -> None:
    for number in range(first, first + MAILS):
        draft = PatientDraft(
            last_name=f"Mailer{number}",
            first_name="Ana",
            birth_date=date(1900, 1, 1) + timedelta(days=number),
            email=f"p{number}@home.example",
            consent=frozenset({Channel.EMAIL}),
        )
        added = Act(who=actor, at=NOW, op_id=f"bench-add-{number}")
        patient = add_patient(session, clinic, added, draft, another_person=True)
        asked = Act(who=actor, at=NOW, op_id=f"bench-invite-{number}")
        invite(session, clinic, asked, patient, source=Source.COMMAND, hold=timedelta(0))


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "bench.mail_sink"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()
