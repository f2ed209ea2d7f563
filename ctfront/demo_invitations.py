"""The invitations and requests of the demo's cast, made through the services in the order of time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ctfront.demo_people import BAUERS_ADDRESS
from ctfront.domain.clinic import Clinic
from ctfront.domain.invitations import Source
from ctfront.domain.mails import InvitationMail
from ctfront.domain.patients import PatientDraft
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.services import accepting, enrolling, happenings, inviting, mail_acts, profile
from ctfront.services.enrolling import Registration

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MAILBOX_UNKNOWN = "550 5.1.1 no mailbox here by that name"

REQUESTS = (
    (
        time(19, 40),
        Registration(
            last_name="Park", first_name="Soo-jin", birth_date=date(1995, 3, 3), email="sj.park@example.net",
            phone="(555) 010-8216",
        ),
    ),
    (
        time(21, 5),
        Registration(
            last_name="Castellan", first_name="Jude", birth_date=date(1979, 11, 12), email="jude@example.net",
            phone="(555) 010-4090",
        ),
    ),
)  # fmt: skip
"""When they came in yesterday, and who asks: a known patient under another address, and a stranger."""

MAIL_SENDER = Actor(kind=ActorKind.SYSTEM, id=None, name="mail sender")
SITE = Actor(kind=ActorKind.SYSTEM, id=None, name="Online Appointments")

Step = tuple[datetime, int, Callable[[], None]]
"""When, in which order of those at one time, and what is done."""


@dataclass(frozen=True, kw_only=True)
class CastInvitations:
    """What is done for the cast's way into Online Appointments."""

    session: "Session"
    clinic: Clinic
    rules: mail_acts.Rules
    frame: Callable[[Actor, datetime], Act]
    ago: Callable[[int, time], datetime]
    """The instant some days before today, at a wall-clock time."""
    patient: Callable[[str], int]
    """The id of one of the cast, by surname."""
    clerk: Actor
    colleague: Actor
    links: dict[str, str] = field(default_factory=dict)
    """The secret of each link that left, by address."""

    def steps(self) -> Iterator[Step]:
        """Yield every act with its time."""
        acts = [
            (self.ago(9, time(9, 12)), lambda at: self.invite("Sato", at)),
            (self.ago(9, time(9, 13)), self.deliver),
            (self.ago(6, time(14, 2)), lambda at: self.invite("Hassan", at)),
            (self.ago(6, time(14, 3)), self.deliver),
            (self.ago(5, time(11, 31)), lambda at: self.invite("Kapoor", at)),
            (self.ago(5, time(11, 32)), self.deliver),
            (self.ago(5, time(16, 20)), lambda at: self.invite("Bauer", at)),
            (self.ago(5, time(16, 21)), self.deliver),
            (self.ago(4, time(10, 45)), self.remove_hassan),
            (self.ago(3, time(10, 5)), lambda at: self.invite("Novak", at)),
            (self.ago(3, time(10, 6)), self.deliver),
            (self.ago(2, time(9, 30)), self.expire),
            (self.ago(2, time(15, 50)), lambda at: self.invite("Quinn", at)),
            (self.ago(2, time(15, 51)), self.fail),
            (self.ago(1, time(13, 15)), self.correct_bauer),
            (self.ago(1, time(18, 5)), self.look),
            *((self.ago(1, at), self._request(who)) for at, who in REQUESTS),
        ]
        for number, (at, do) in enumerate(acts):
            yield at, number, lambda do=do, at=at: do(at)  # type: ignore[misc]

    def invite(self, surname: str, at: datetime) -> None:
        """Invite from Patient Information."""
        who = self.frame(self.clerk, at)
        source = Source.PATIENT_INFORMATION
        inviting.invite(self.session, self.clinic, who, self.patient(surname), source=source, hold=timedelta(0))

    def _claim(self, at: datetime) -> mail_acts.Claimed:
        claimed = mail_acts.claim_mail(self.session, self.clinic.id, self.frame(MAIL_SENDER, at), self.rules)
        assert isinstance(claimed, mail_acts.Claimed), "the one mail that is due"
        assert isinstance(claimed.mail, InvitationMail), "no other kind is queued yet"
        self.links[claimed.mail.address] = claimed.mail.link.rpartition("/")[2]
        return claimed

    def deliver(self, at: datetime) -> None:
        """Let the one mail that is due leave."""
        claimed = self._claim(at)
        act = self.frame(MAIL_SENDER, at)
        mail_acts.record_sent(self.session, self.clinic.id, act, self.rules, claimed)

    def fail(self, at: datetime) -> None:
        """Let the recipient's side refuse the one mail that is due."""
        claimed = self._claim(at)
        act = self.frame(MAIL_SENDER, at)
        mail_acts.record_refused(self.session, self.clinic.id, act, self.rules, claimed, MAILBOX_UNKNOWN)

    def expire(self, at: datetime) -> None:
        """Write down whose time is over."""
        mail_acts.expire(self.session, self.clinic.id, self.frame(MAIL_SENDER, at))

    def remove_hassan(self, at: datetime) -> None:
        """Remove an invitation in Patient Access."""
        inviting.remove(self.session, self.clinic, self.frame(self.clerk, at), self.patient("Hassan"))

    def correct_bauer(self, at: datetime) -> None:
        """Save the right address, which makes the invitation stale."""
        act, patient_id = self.frame(self.colleague, at), self.patient("Bauer")
        profile.change_email(self.session, self.clinic, act, patient_id, BAUERS_ADDRESS)

    def accept(self, patient: PatientDraft, at: datetime) -> Actor:
        """Accept the invitation that was mailed, and return who then books."""
        assert patient.email is not None, "who was invited has an address"
        act = self.frame(SITE, at)
        accepted = accepting.accept_invitation(
            self.session, self.clinic, act, self.links[patient.email], patient.birth_date
        )
        assert accepted.enrollment_id is not None, "the right birth date on a live link"
        return Actor.enrolled(accepted.enrollment_id, f"{patient.first_name} {patient.last_name}")

    def look(self, at: datetime) -> None:
        """Let the clerk have looked at what is new before going home."""
        happenings.look_at_all(self.session, self.clerk, at)

    def _request(self, who: Registration) -> Callable[[datetime], None]:
        def ask(at: datetime) -> None:
            act = self.frame(SITE, at)
            account = enrolling.add_account(self.session, act, who.email, None)
            enrolling.request_enrollment(self.session, self.clinic, act, account, who)

        return ask
