"""Random acts of several clerks, patients and senders: what may never be, is not, whatever came before."""

import itertools
import shutil
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text

from ctfront.data import invitations, ledger
from ctfront.data.folding import fold_email
from ctfront.data.models import AuditRow, InvitationRow, OutboxRow, PatientRow
from ctfront.domain.errors import ChangedElsewhere, InvitationRefused, NothingToUndo
from ctfront.domain.invitations import Source
from ctfront.domain.staff import Act
from ctfront.mail.links import LinkKey
from ctfront.services import accepting, enrolling, inviting, mail_acts, undoing
from tests.clinics import NOW, PEOPLE, SmallClinic, small_clinic
from tests.sendings import SENDER, set_consent
from tests.services import life_model as life
from tests.stories import copy_of

EXAMPLES, STEPS_OF_ONE = 20, 80
BORN = {name: born for name, _, born, _ in PEOPLE}
WRONG = date(1900, 1, 1)
FINE = {"email": "ana@example.org", "consents": True, "active": True}
CHANGES = [
    FINE,
    {"email": "ANA@Example.org"},
    {"email": "other@example.org"},
    {"email": "other@example.org"},
    {"email": None},
    {"consents": False},
    {"active": False},
]

PATIENTS = ("RUIZ", "KAPOOR")
CLERKS = ("mgarcia", "tlee", "manager")
WAITS = (timedelta(seconds=20), timedelta(hours=5), timedelta(days=3), timedelta(days=8))

ACTS = {
    "information": (inviting.invite, life.invite, {"source": Source.PATIENT_INFORMATION}),
    "new patient": (inviting.invite, life.invite, {"source": Source.NEW_PATIENT}),
    "command": (inviting.invite, life.invite, {"source": Source.COMMAND}),
    "send": (inviting.send, life.send_from_access, {}),
    "send too": (inviting.send, life.send_from_access, {}),
    "remove": (inviting.remove, life.remove, {}),
    "replace": (inviting.replace, life.replace_it, {}),
    "reactivate": (inviting.reactivate, life.reactivate, {}),
    "enroll": (enrolling.enroll_request, life.enroll, {}),
    "end": (enrolling.end_enrollment, life.end, {}),
}
"""Each act of a clerk beside its model."""

REFUSALS = (InvitationRefused, ChangedElsewhere, NothingToUndo)
RULES = mail_acts.Rules(
    site="https://book.example.org",
    domain="clinic.example",
    key_for=lambda check: LinkKey(b"k" * 32),
    per_minute=0,
)


@pytest.fixture(scope="module")
def founded(sqlite_template, tmp_path_factory) -> SmallClinic:
    """The small clinic in a file that every example copies."""
    path = tmp_path_factory.mktemp("life") / "founded.db"
    shutil.copyfile(sqlite_template, path)
    clinic = small_clinic(f"sqlite:///{path}")
    clinic.database.close_writer()
    return clinic


def hurry(connection, record) -> None:
    """Nobody pulls the plug here."""
    connection.execute("PRAGMA synchronous=OFF").close()


class Life:
    """Two patients of one family, three clerks, and a sender."""

    def __init__(self, founded: SmallClinic, folder: Path, rng: Random) -> None:
        self.rng = rng
        self.desk = copy_of(founded, folder / "life.db")
        event.listen(self.desk.database._write_engine, "connect", hurry)
        self.now = NOW
        self.people = {name: life.Person(email="ana@example.org") for name in ("RUIZ", "KAPOOR")}
        self.secrets: list[tuple[str, str]] = []
        self.done: dict[str, list] = {"mgarcia": [], "tlee": [], "manager": []}
        """What each clerk may take back, newest last."""
        self.rows: dict[int, tuple[str, life.Invited]] = {}
        """Every invitation by its row, with whose it is."""
        self.sending: list[tuple] = []
        """What senders are at."""
        self.senders = itertools.count()
        self.accounts = itertools.count()
        for name in self.people:
            self._write(lambda s, name=name: self._record(s, name, email="ana@example.org", consents=True))

    def close(self) -> None:
        assert self._write(lambda session: ledger.broken_links(session, self.desk.clinic.id)) == []
        self.desk.database.close_writer()

    # -- what the rules share

    def _write(self, act):
        return self.desk.database.write_now(act)

    def _act(self, who) -> Act:
        self.now += timedelta(seconds=1, microseconds=1234)
        return self.desk.act(who, self.now)

    def _record(self, session, name: str, *, email="?", consents=None, active=None) -> None:
        row = session.get_one(PatientRow, self.desk.patients[name])
        if email != "?":
            row.email, row.folded_email = email, None if email is None else fold_email(email)
        if active is not None:
            row.active = active
        if consents is not None:
            set_consent(session, self.desk, row.id, consents, self.now)

    def _try(self, clerk: str, act_on, *what, **how) -> bool:
        """Do an act as a clerk; tell whether it was done. Done, it is one more link of the chain; refused, none."""
        act, before = self._act(getattr(self.desk, clerk)), self._links()
        try:
            self._write(lambda session: act_on(session, self.desk.clinic, act, *what, **how))
        except REFUSALS:
            done = False
        else:
            done = True
        assert self._links() == before + done
        return done

    def _links(self) -> int:
        return self._write(lambda s: s.execute(select(func.count()).select_from(AuditRow)).scalar_one())

    def _expect(self, clerk: str, back, done: bool) -> None:
        assert done == (back is not None)
        if back is not None:
            self.done[clerk].append(back)
            for name, person in self.people.items():
                if person.last is not None:
                    self.rows.setdefault(self._write(lambda s, name=name: self._last(s, name).id), (name, person.last))

    def _last(self, session, name: str) -> InvitationRow:
        return invitations.last_row(session, self.desk.clinic.id, self.desk.patients[name])

    @property
    def moment(self):
        """The present moment as the database keeps it."""
        return self.now.replace(microsecond=round(self.now.microsecond / 1000) * 1000)

    # -- clerks

    def act_whatever_the_rules_say(self) -> None:
        self._do(self.rng.choice(CLERKS), self.rng.choice(PATIENTS), self.rng.choice([*ACTS]))

    def act_by_the_rules(self) -> None:
        name = self.rng.choice(PATIENTS)
        allowed = [what for what, (_, model, _) in ACTS.items() if model(deepcopy(self.people[name]), self.moment)]
        often = [1 if what in {"enroll", "end"} else 3 for what in allowed]
        if allowed:
            self._do(self.rng.choice(CLERKS), name, self.rng.choices(allowed, often)[0])

    def _do(self, clerk: str, name: str, what: str) -> None:
        act_on, model, how = ACTS[what]
        whom = (self.desk.patients[name],)
        if act_on is enrolling.enroll_request:
            whom = (self._register(name), *whom)
        done = self._try(clerk, act_on, *whom, **how)
        self._expect(clerk, model(self.people[name], self.moment), done)

    def _register(self, name: str) -> int:
        """Somebody registers uninvited under another address."""
        email = f"login{next(self.accounts)}@example.net"
        who = enrolling.Registration(last_name=name, first_name="A", birth_date=BORN[name], email=email)
        act = self._act(SENDER)

        def register(session):
            account = enrolling.add_account(session, act, email, "hash")
            return enrolling.request_enrollment(session, self.desk.clinic, act, account, who)

        return self._write(register)

    def take_back(self) -> None:
        if not any(self.done.values()):
            return
        clerk = self.rng.choice([clerk for clerk, mine in self.done.items() if mine])
        mine = self.done[clerk]
        done = self._try(clerk, undoing.undo)
        assert done == mine[-1](self.moment)
        if done:
            mine.pop()
            self._settle_strays()

    def _settle_strays(self) -> None:
        act = self._act(SENDER)
        self._write(lambda s: mail_acts.settle_strays(s, self.desk.clinic.id, act, RULES))
        for person in self.people.values():
            life.settle_stray(person, self.moment)

    # -- the record

    def change_the_record(self) -> None:
        """An address, consent or activity; often back to what lets a mail leave."""
        name, change = self.rng.choice(PATIENTS), self.rng.choice(CHANGES)
        self._write(lambda s: self._record(s, name, **change))
        for what, value in change.items():
            setattr(self.people[name], what, value)

    def let_time_pass(self) -> None:
        self.now += self.rng.choice(WAITS)

    # -- the sender

    def send_a_mail(self) -> None:
        """A sender claims what has been due longest, and mostly ends its sending at once."""
        self.now += self.rng.choice([timedelta(0), life.HOLD])
        if self._claim() and self.rng.random() < 0.8:
            self.end_a_sending()

    def _claim(self) -> bool:
        """Consent and address are held against the model's at the very moment of the claim."""
        act, rules = self._act(SENDER), replace(RULES, owner=f"sender {next(self.senders)}")
        claim = self._write(lambda s: mail_acts.claim_mail(s, self.desk.clinic.id, act, rules))
        due = [invited for _, invited in self.rows.values() if invited.may_be_claimed(self.moment)]
        if isinstance(claim, mail_acts.Waiting):
            assert due == []
            return False
        row_id = self._write(lambda s: s.get_one(OutboxRow, claim.mail_id).invitation_id)
        name, invited = self.rows[row_id]
        person = self.people[name]
        assert invited in due
        if invited.state != "queued":
            assert isinstance(claim, mail_acts.NotSent)
            invited.mail = "withdrawn"
        elif not person.reachable or person.stale:
            assert isinstance(claim, mail_acts.NotSent)
            invited.mail = "withheld"
            invited.turn("withheld", self.moment)
        else:
            assert isinstance(claim, mail_acts.Claimed)
            assert person.last is invited
            assert fold_email(claim.mail.address) == invited.address
            secret = claim.mail.link.rpartition("/")[2]
            assert invited.secret in {"", secret}  # a retry renders the same link
            if not invited.secret:
                self.secrets.append((name, secret))
            invited.mail, invited.secret = "sending", secret
            invited.owner, invited.lease = rules.owner, self.moment + life.LEASE
            self.sending.append((claim, rules, invited))
            return True
        return False

    def end_a_sending(self) -> None:
        """A mail has left or was refused; the invitation may be removed meanwhile, the lease another sender's."""
        if not self.sending:
            return
        claimed, rules, invited = self.sending.pop(self.rng.randrange(len(self.sending)))
        act, delivered = self._act(SENDER), self.rng.random() < 0.75
        mine = invited.mail == "sending" and invited.owner == rules.owner
        if delivered:
            done = self._write(lambda s: mail_acts.record_sent(s, self.desk.clinic.id, act, rules, claimed))
        else:
            done = self._write(lambda s: mail_acts.record_refused(s, self.desk.clinic.id, act, rules, claimed, "550"))
        assert done == mine
        if mine:
            (life.leave if delivered else life.fail)(invited, self.moment)

    def let_it_bounce(self) -> None:
        left = [row_id for row_id, (_, invited) in self.rows.items() if invited.mail == "sent"]
        if left:
            row_id, act = self.rng.choice(left), self._act(SENDER)

            def bounce(session):
                mail = session.scalars(select(OutboxRow).where(OutboxRow.invitation_id == row_id)).one()
                return mail_acts.fail_bounced(session, self.desk.clinic.id, act, mail.message_id, "550 nobody")

            self._write(bounce)
            life.fail(self.rows[row_id][1], self.moment, life.LIVE)

    def sweep(self) -> None:
        """What a sender does now and then: write down what is over."""
        act = self._act(SENDER)
        self._write(lambda s: mail_acts.expire(s, self.desk.clinic.id, act))
        for person in self.people.values():
            life.settle(person, self.moment)

    # -- patients

    def follow_any_link(self) -> None:
        if self.secrets:
            self._follow(self.rng.choice(self.secrets), right=self.rng.random() < 0.5)

    def follow_a_live_link(self) -> None:
        if live := self._live():
            link, right = self.rng.choice(live), self.rng.random() < 0.4
            for _ in range(1 if right else self.rng.choice([1, 4, 5])):
                self._follow(link, right=right)

    def _live(self) -> list[tuple[str, str]]:
        return [link for link in self.secrets if self.people[link[0]].opens(link[1], self.now)]

    def _follow(self, link: tuple[str, str], *, right: bool) -> None:
        name, secret = link
        act, born = self._act(SENDER), BORN[name] if right else WRONG
        answer = self._write(lambda session: self._accept(session, act, secret, born))
        assert answer == life.accept(self.people[name], secret, self.moment, right=right)

    def _accept(self, session, act: Act, secret: str, born: date) -> str:
        with session.begin_nested() as tried:
            first = accepting.accept_invitation(session, self.desk.clinic, act, secret, born, password_hash="hash")
            if first.outcome is not accepting.Outcome.HAS_ACCOUNT:
                return first.outcome.value
            tried.rollback()
        address = accepting._invited(session, self.desk.clinic, secret, act.at).address
        account = enrolling.account_of(session, address).id
        how = {"account_id": account}
        return accepting.accept_invitation(session, self.desk.clinic, act, secret, born, **how).outcome.value

    # -- what may never be

    def _check(self, session) -> None:
        now = self.now
        for name, person in self.people.items():
            patient_id = self.desk.patients[name]
            access = invitations.load_access(
                session, self.desk.clinic.id, patient_id, now=now, zone=self.desk.clinic.tz
            )
            state = access.standing.state.value if access.standing.state is not None else "none"
            assert state == person.state(now), name
            if state not in {"none", "enrolled", "ended"}:
                assert access.standing.stale == person.stale
        for what, most in (("state IN ('queued', 'sent')", 1), ("is_last", 1)):
            counts = f"SELECT count(*) FROM invitation WHERE {what} GROUP BY patient_id"
            assert max(session.execute(text(counts)).scalars(), default=0) <= most
        strays = select(OutboxRow.id).join(InvitationRow, InvitationRow.id == OutboxRow.invitation_id)
        lost = strays.where(OutboxRow.state == "queued", ~((InvitationRow.state == "queued") & InvitationRow.is_last))
        assert session.scalars(lost).all() == []
        for name, secret in self.secrets:
            opened = accepting._invited(session, self.desk.clinic, secret, now)
            assert (opened is not None) == self.people[name].opens(secret, now)
        enrolled_and_live = (
            "SELECT 1 FROM enrollment e JOIN invitation i ON i.patient_id = e.patient_id "
            "WHERE e.ended_at IS NULL AND i.state IN ('queued', 'sent')"
        )
        assert session.execute(text(enrolled_and_live)).first() is None


STEPS = (
    (Life.act_by_the_rules, 9),
    (Life.act_whatever_the_rules_say, 3),
    (Life.take_back, 4),
    (Life.change_the_record, 3),
    (Life.let_time_pass, 2),
    (Life.send_a_mail, 9),
    (Life.end_a_sending, 2),
    (Life.let_it_bounce, 1),
    (Life.sweep, 1),
    (Life.follow_any_link, 2),
    (Life.follow_a_live_link, 2),
)
"""What may happen, and how often."""


def test_whatever_is_done_in_whatever_order(founded, tmp_path, request):
    rounds = max(1, request.config.getoption("--soak"))

    @settings(max_examples=EXAMPLES * rounds, deadline=None, derandomize=rounds == 1, database=None)
    @given(seed=st.integers(0, 2**32))
    def live(seed: int) -> None:
        clinic = Life(founded, tmp_path, Random(seed))
        try:
            for step in clinic.rng.choices([step for step, _ in STEPS], [often for _, often in STEPS], k=STEPS_OF_ONE):
                step(clinic)
                clinic._write(clinic._check)
        finally:
            clinic.close()

    live()
