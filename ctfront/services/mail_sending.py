"""Sends what is due: claims a mail, has it written and handed in, and writes down what became of it.

Any number of senders may run at once: a mail is leased to one of them, and only its result counts.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol, TypeVar
from uuid import uuid4

from sqlalchemy.orm import Session

from ctfront.data import mail_queue
from ctfront.data.database import Database
from ctfront.domain.errors import DatabaseUnavailable, InputRefused
from ctfront.domain.mails import Outcome, Verdict
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.mail.links import KeyRefused
from ctfront.mail.message import Composer
from ctfront.mail.wire_form import recipient_of
from ctfront.services import mail_acts
from ctfront.services.mail_acts import Claim, Claimed, NotSent, Rules, Stopped, Waiting

Result = TypeVar("Result")
Tell = Callable[[str], None]

LOOK_SECONDS = 1.0
"""Between two looks for mail that is due."""

SWEEP_SECONDS = 60.0
"""Between two looks for what has expired; each also says that a sender runs."""

PROOF_SECONDS = 300.0
"""Between two tries to start a queue that stands still."""

AWAY_SECONDS = 5.0
"""Before the database is asked again when it did not answer."""

LATEST_SECONDS = 50.0
"""A claimed mail that was not handed in by then is left to its lease: the process was asleep."""

WORDS = {
    Verdict.DELIVERED: "sent",
    Verdict.LATER: "put off",
    Verdict.REFUSED: "failed",
    Verdict.OURS: "not sent, and the queue is stopped",
}
"""What became of a mail, for the journal."""

SENDER_NAME = "mail sender"
"""Who sends, where a clerk's name would stand."""


class Courier(Protocol):
    """Hands messages in: to a mail server, or to a mailbox."""

    async def deliver(self, message: EmailMessage, *, sender: str, to: str) -> Outcome:
        """Hand in one message for one recipient."""

    async def prove(self, sender: str) -> Outcome:
        """Tell whether a message could be handed in."""

    async def close(self) -> None:
        """Let go of what is kept open."""


@dataclass
class Sent:
    """What became of the mails of one round."""

    counts: dict[str, int] = field(default_factory=dict)
    """By what became of them: sent, put off, failed, withheld."""
    stopped: str = ""
    """Why the queue stands still."""
    until: datetime | None = None
    """From when the limit lets more go."""

    def count(self, what: str) -> None:
        """Add one."""
        self.counts[what] = self.counts.get(what, 0) + 1


def system_actor(*, os_user: str = "", session: str = "", origin: str = "local") -> Actor:
    """Return who does what no person does."""
    return Actor(kind=ActorKind.SYSTEM, id=None, name=SENDER_NAME, os_user=os_user, session=session, origin=origin)


class MailSending:
    """One sender of a clinic's mail."""

    def __init__(
        self,
        database: Database,
        clinic_id: int,
        actor: Actor,
        clock: Callable[[], datetime],
        *,
        courier: Courier,
        composer: Composer,
        rules: Rules,
        tell: Tell = lambda sentence: None,
    ) -> None:
        """Prepare; `tell` hears what happens, without names or addresses."""
        self._database = database
        self._clinic_id = clinic_id
        self._actor = actor
        self._clock = clock
        self._courier = courier
        self._composer = composer
        self._rules = rules
        self._tell = tell
        self._template_fault: str | None = None

    async def is_due(self) -> bool:
        """Tell whether any mail may leave now."""
        async with self._database.reading() as session:
            return await mail_queue.is_due(session, self._clinic_id, self._clock())

    async def send_due(self, stop: asyncio.Event | None = None) -> Sent:
        """Send until nothing is due, the limit is reached or the queue stands still. Raises `DatabaseUnavailable`."""
        sent = Sent()
        claimed_at = asyncio.get_running_loop().time()
        claim = await self._write(mail_acts.claim_mail, self._rules)
        while True:
            match claim:
                case Waiting(until=until):
                    sent.until = until
                    return sent
                case Stopped(why=why):
                    sent.stopped = why
                    return sent
                case NotSent(mail_id=mail_id):
                    self._tell(f"mail {mail_id}: withheld")
                    sent.count("withheld")
                    if stop is not None and stop.is_set():
                        return sent
                    claim = await self._write(mail_acts.claim_mail, self._rules)
                case Claimed():
                    outcome = await self._hand_in(claim, claimed_at)
                    claimed_at = asyncio.get_running_loop().time()
                    claim = await self._finish(claim, outcome, sent, last=stop is not None and stop.is_set())

    async def prove(self) -> str:
        """Start the queue if mail can leave again; return why it cannot, empty when it can."""
        outcome = await self._courier.prove(self._composer.sender)
        if outcome.verdict is not Verdict.DELIVERED:
            return _our_fault(outcome)
        return await self._start()

    async def take_new_key(self) -> None:
        """Make the key file's key the clinic's. Raises `KeyRefused`."""
        await self._write(mail_acts.take_new_key, self._rules)

    async def test(self, to: str, clinic_name: str) -> Outcome:
        """Send the test mail; when it leaves, a queue that stood still starts. Raises `InputRefused`, `KeyRefused`."""
        message = self._composer.test(
            to, clinic=clinic_name, message_id=f"<{uuid4()}@{self._composer.domain}>", date=self._clock()
        )
        outcome = await self._courier.deliver(message, sender=self._composer.sender, to=recipient_of(message))
        if outcome.verdict is Verdict.DELIVERED and (refusal := await self._start()):
            return Outcome(verdict=Verdict.OURS, words=refusal)
        return outcome

    async def sweep(self) -> None:
        """Write down what has expired, and that a sender runs."""
        await self._write(mail_acts.see)
        while await self._write(mail_acts.expire) == mail_acts.PORTION:
            pass
        await self._write(mail_acts.settle_strays, self._rules)

    async def watch(self, stop: asyncio.Event) -> None:
        """Send whatever becomes due until told to stop; a mail that is being handed in is finished first."""
        loop = asyncio.get_running_loop()
        next_sweep, next_proof = loop.time(), loop.time()
        while not stop.is_set():
            pause = LOOK_SECONDS
            try:
                if loop.time() >= next_sweep:
                    next_sweep = loop.time() + SWEEP_SECONDS
                    await self.sweep()
                if await self.is_due():
                    sent = await self.send_due(stop)
                    if sent.stopped and loop.time() >= next_proof:
                        next_proof = loop.time() + PROOF_SECONDS
                        self._tell(await self.prove() or "the queue is started again")
                    elif sent.stopped:
                        pause = AWAY_SECONDS
                    elif sent.until is not None:
                        left = (sent.until - self._clock()).total_seconds()
                        pause = min(max(left, LOOK_SECONDS), AWAY_SECONDS)
                else:
                    await self._courier.close()  # nothing is kept open at the server without need
            except DatabaseUnavailable as refusal:
                self._tell(str(refusal))
                pause = AWAY_SECONDS
            await _pause(stop, pause)

    async def close(self) -> None:
        """Let go of the mail server."""
        await self._courier.close()

    async def _start(self) -> str:
        try:
            await self._write(mail_acts.start, self._rules)
        except KeyRefused as refusal:
            return str(refusal)
        return ""

    async def _hand_in(self, claimed: Claimed, claimed_at: float) -> Outcome:
        try:
            composed = self._composer.compose(claimed.mail)
        except InputRefused as refusal:
            return Outcome(verdict=Verdict.REFUSED, words=str(refusal))
        if self._composer.own_templates is not None and composed.fault != self._template_fault:
            self._template_fault = composed.fault
            await self._write(mail_acts.note_template, composed.fault)
        if asyncio.get_running_loop().time() - claimed_at > LATEST_SECONDS:
            return Outcome(verdict=Verdict.LATER, words="this machine was asleep")
        message = composed.message
        outcome = await self._courier.deliver(message, sender=self._composer.sender, to=recipient_of(message))
        words = outcome.words
        for link in (getattr(claimed.mail, name, "") for name in ("link", "opt_out_link")):
            words = words.replace(link.rpartition("/")[2] or link, "…") if link else words
        return Outcome(verdict=outcome.verdict, words=words)  # a server may quote what it is given

    async def _finish(self, claimed: Claimed, outcome: Outcome, sent: Sent, *, last: bool) -> Claim:
        """Write the result down, however long the database takes: a mail that left must not leave again.

        Returns the next claim, unless this was the last.
        """
        words = _our_fault(outcome) if outcome.verdict is Verdict.OURS else outcome.words
        result = mail_acts.Result(verdict=outcome.verdict, words=words, chance=random.random())
        act, loop = self._act(), asyncio.get_running_loop()
        until = loop.time() + mail_queue.LEASE.total_seconds()
        while True:
            try:
                done, claim = await self._record(act, claimed, result, last=last)
            except DatabaseUnavailable as refusal:
                if loop.time() > until:
                    raise
                self._tell(str(refusal))
                await asyncio.sleep(LOOK_SECONDS)
            else:
                break
        word = WORDS[outcome.verdict]
        self._tell(f"mail {claimed.mail_id}: {word if done else 'came late, another sender has it'}")
        if done and outcome.verdict is not Verdict.OURS:
            sent.count(word)
        return claim

    async def _record(self, act: Act, claimed: Claimed, result: mail_acts.Result, *, last: bool) -> tuple[bool, Claim]:
        next_act = self._act()

        def do(session: Session) -> tuple[bool, Claim]:
            if last:
                return mail_acts.record(session, self._clinic_id, act, self._rules, claimed, result), Waiting()
            return mail_acts.record_and_claim(session, self._clinic_id, act, next_act, self._rules, claimed, result)

        return await self._database.write(do)

    def _act(self) -> Act:
        return Act(who=self._actor, at=self._clock(), op_id=str(uuid4()))

    async def _write(self, act_on: Callable[..., Result], *what: object) -> Result:
        act = self._act()

        def do(session: Session) -> Result:
            return act_on(session, self._clinic_id, act, *what)

        return await self._database.write(do)


def _our_fault(outcome: Outcome) -> str:
    """Return the sentence that is shown while the queue stands still."""
    return f"No mail leaves: {outcome.words}. Put that right, then “ctfront mail --test ADDRESS” starts it again."


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
