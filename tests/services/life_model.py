"""The invitation's life once more, written small and apart from the program: what the random acts are held against."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

LIVE = {"queued", "sent"}
REMOVABLE = {"queued", "sent", "failed", "withheld", "expired", "locked"}
WEEK, HOLD, LEASE = timedelta(days=7), timedelta(seconds=30), timedelta(seconds=120)


@dataclass(kw_only=True, eq=False)
class Invited:
    """One sending."""

    address: str
    made: datetime
    state: str = "queued"
    stamp: datetime | None = None
    """When the state last changed."""
    mail: str = "queued"
    due: datetime
    """From when its mail may leave."""
    owner: str = ""
    """Whose lease its mail is on, until when."""
    lease: datetime | None = None
    left: datetime | None = None
    secret: str = ""
    expires: datetime | None = None
    wrong: int = 0

    def may_be_claimed(self, now: datetime) -> bool:
        over = self.lease is not None and self.lease < now
        return (self.mail == "queued" and self.due <= now) or (self.mail == "sending" and over)

    def turn(self, state: str, at: datetime) -> None:
        self.state, self.stamp = state, at


@dataclass(kw_only=True, eq=False)
class Joined:
    """One enrollment; a void one was taken back."""

    ended: datetime | None = None
    void: bool = False


@dataclass(kw_only=True, eq=False)
class Person:
    """What is on record of a patient, and how they stand."""

    email: str | None
    consents: bool = True
    active: bool = True
    last: Invited | None = None
    joined: list[Joined] = field(default_factory=list)

    @property
    def reachable(self) -> bool:
        return self.active and bool(self.email) and self.consents

    @property
    def stale(self) -> bool:
        return self.last is not None and self.last.address != (self.email or "").casefold()

    @property
    def enrolled(self) -> bool:
        return any(each.ended is None and not each.void for each in self.joined)

    def state(self, now: datetime) -> str:
        ends = [each.ended for each in self.joined if each.ended is not None and not each.void]
        if self.enrolled:
            return "enrolled"
        if ends and (self.last is None or self.last.made <= ends[-1]):
            return "ended"
        if self.last is None:
            return "none"
        return "expired" if self.is_over(now) else self.last.state

    def is_over(self, now: datetime) -> bool:
        last = self.last
        return last is not None and last.state == "sent" and last.expires is not None and last.expires <= now

    def opens(self, secret: str, now: datetime) -> bool:
        """Whether a link works now."""
        last = self.last
        live = last is not None and last.secret == secret and last.state == "sent" and not self.is_over(now)
        return live and self.active and not self.stale


def leave(invited: Invited, now: datetime) -> None:
    """The server took the mail."""
    invited.mail, invited.left = "sent", now
    if invited.state == "queued":
        invited.turn("sent", now)
        invited.expires = now + WEEK


def fail(invited: Invited, now: datetime, states: Iterable[str] = ("queued",)) -> None:
    """The recipient's server refused it, or it came back."""
    invited.mail = "failed"
    if invited.state in states:
        invited.turn("failed", now)


def settle_stray(person: Person, now: datetime) -> None:
    """One put back as waiting whose mail is through meanwhile has what its mail has."""
    last = person.last
    if last is None or last.state != "queued" or last.mail in {"queued", "sending"}:
        return
    if last.mail == "sent":
        last.turn("sent", now)
        last.expires = last.left + WEEK
    elif last.mail == "withdrawn":
        last.mail, last.due = "queued", now
    else:
        last.turn("failed", now)


# Each act returns what takes it back (which tells whether it could), or None when it is refused.
Back = Callable[[datetime], bool]


def settle(person: Person, now: datetime) -> None:
    """An act that is done writes down that the time was over."""
    if person.is_over(now):
        person.last.turn("expired", person.last.expires)


def give_way(person: Person, now: datetime) -> Callable[..., bool]:
    """Remove the last one; return what revives it, or tells that it cannot."""
    last = person.last
    was, withdrawn = replace(last), last.mail == "queued"
    if withdrawn:
        last.mail = "withdrawn"
    last.turn("removed", now)
    return revival(person, last, was, withdrawn)


def revival(person: Person, row: Invited, was: Invited, withdrawn: bool) -> Callable[..., bool]:
    def revive(left: tuple, at: datetime) -> bool:
        trace = (row.state, row.stamp, person.last is row)
        if trace != left or (was.state in LIVE and person.enrolled):
            return False
        for name in ("state", "stamp", "secret", "expires", "wrong"):
            setattr(row, name, getattr(was, name))
        if withdrawn:
            row.mail, row.due = "queued", at
        person.last = row
        return True

    return revive


def send(person: Person, now: datetime, *, replacing: bool = False) -> Back:
    settle(person, now)
    before, revive = person.last, None
    if before is not None and (replacing or before.state in {"queued", "sent", "locked"}):
        revive = give_way(person, now)
    elif before is not None:
        revive = revival(person, before, replace(before), withdrawn=False)
    made = person.last = Invited(address=person.email.casefold(), made=now, stamp=now, due=now + HOLD)
    left = None if before is None else (before.state, before.stamp, False)

    def back(at: datetime) -> bool:
        if person.last is not made or made.state != "queued" or made.mail != "queued":
            return False
        person.last = None
        if revive is not None and not revive(left, at):
            person.last = made
            return False
        made.mail = "withdrawn"
        made.turn("removed", at)
        return True

    return back


def invite(person: Person, now: datetime) -> Back | None:
    """The desk: never invited, or one that came to nothing at the same address."""
    state = person.state(now)
    allowed = state == "none" or (state in {"failed", "withheld", "expired"} and not person.stale)
    return send(person, now) if allowed and person.reachable else None


def send_from_access(person: Person, now: datetime) -> Back | None:
    state = person.state(now)
    allowed = state in {"none", "ended", "removed"} or (
        state in {"sent", "locked", "failed", "withheld", "expired"} and not person.stale
    )
    return send(person, now) if allowed and person.reachable else None


def reactivate(person: Person, now: datetime) -> Back | None:
    allowed = person.state(now) == "removed" and not person.stale and person.reachable
    return send(person, now) if allowed else None


def replace_it(person: Person, now: datetime) -> Back | None:
    allowed = person.state(now) in REMOVABLE and person.stale and person.reachable
    return send(person, now, replacing=True) if allowed else None


def remove(person: Person, now: datetime) -> Back | None:
    if person.state(now) not in REMOVABLE:
        return None
    settle(person, now)
    revive = give_way(person, now)
    left = ("removed", now, True)
    return lambda at: revive(left, at)


def enroll(person: Person, now: datetime) -> Back | None:
    if person.enrolled or not person.reachable:
        return None
    revive = give_way(person, now) if person.last is not None and person.last.state in LIVE else None
    made = Joined()
    person.joined.append(made)

    def back(at: datetime) -> bool:
        if made.ended is not None:
            return False
        made.void = True
        if revive is not None and not revive(("removed", now, True), at):
            made.void = False
            return False
        return True

    return back


def end(person: Person, now: datetime) -> Back | None:
    standing = [each for each in person.joined if each.ended is None and not each.void]
    if not standing:
        return None
    for each in standing:
        each.ended = now
    revive = None
    if person.last is not None and person.last.state == "enrolled":
        was = replace(person.last)
        person.last.turn("ended", now)
        revive = revival(person, person.last, was, withdrawn=False)

    def back(at: datetime) -> bool:
        if person.enrolled or (person.last is not None and person.last.state in LIVE):
            return False
        for each in standing:
            each.ended = None
        if revive is not None and not revive(("ended", now, True), at):
            for each in standing:
                each.ended = now
            return False
        return True

    return back


def accept(person: Person, secret: str, now: datetime, *, right: bool) -> str:
    """The patient follows a link and says a birth date."""
    if not person.opens(secret, now):
        return "unknown"
    last = person.last
    if right:
        last.turn("enrolled", now)
        person.joined.append(Joined())
        return "enrolled"
    last.wrong += 1
    if last.wrong < 5:
        return "wrong birth date"
    last.turn("locked", now)
    return "locked"
