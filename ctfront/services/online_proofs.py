"""Links that prove an address: for a forgotten password, and for those who register uninvited.

Whether anybody is known by an address shows neither in an answer nor in its time: what differs is done after it.
"""

import json
import secrets
from dataclasses import asdict
from datetime import date

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from ctfront.data import ledger, online_sessions, outbox
from ctfront.data.folding import fold_email
from ctfront.data.models import OnlineAccountRow, OnlineLinkRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError, InputRefused
from ctfront.domain.invitations import Source
from ctfront.domain.online_mails import WORKS, MailKind
from ctfront.domain.passwords import check_password
from ctfront.domain.patients import Phone
from ctfront.domain.staff import Act
from ctfront.domain.text import clean_line
from ctfront.mail.links import digest_of
from ctfront.services import enrolling
from ctfront.services.enrolling import Registration
from ctfront.services.front import Front
from ctfront.services.online_accounts import MustWait, OnlineAccounts, tries_of
from ctfront.services.password_hashing import PasswordHashing
from ctfront.services.patients import checked_email, checked_phone

FREE_OF_ADDRESS = 2
"""Mails to one address that are sent without a wait."""

FREE_OF_ORIGIN = 10


class LinkOver(ClinicError):
    """The link was used, its time is over, or it never was."""


class OnlineProofs:
    """Forgotten passwords and registrations."""

    def __init__(self, front: Front, accounts: OnlineAccounts, hashing: PasswordHashing) -> None:
        self._front = front
        self._accounts = accounts
        self._hashing = hashing

    async def check_may_ask(self, address: str, *, origin: str) -> str:
        """Return the address as mail goes there. Raises `InputRefused`, or `MustWait` after too many mails."""
        checked = checked_email(address)
        if checked is None:
            raise InputRefused("Enter your email address.", field="email")
        keys = [(f"mail {fold_email(checked)}", FREE_OF_ADDRESS), (f"mails from {origin}", FREE_OF_ORIGIN)]
        now = self._front.clock()
        until = await self._front.database.write(lambda session: online_sessions.begin_try(session, keys, now))
        if until is not None:
            raise MustWait(max(1, round((until - now).total_seconds())))
        return checked

    async def send_reset(self, address: str, *, origin: str) -> None:
        """Mail a link for a new password to an address that is a log-in; else do nothing."""
        await self._front.write(_send_reset, self._front.act(origin=origin), address)

    async def send_registration(self, who: Registration, *, origin: str) -> None:
        """Mail a link to the address just stated, with nothing of what else was stated."""
        await self._front.write(_send_link, self._front.act(origin=origin), MailKind.REGISTER, who.email, None, who)

    async def is_open(self, kind: MailKind, secret: str) -> bool:
        """Tell whether the link works now."""
        async with self._front.database.reading() as session:
            return (await session.execute(_select_link(kind, secret, self._front))).first() is not None

    async def has_account(self, secret: str) -> bool:
        """Tell whether a registration's address, which the link proves, has a log-in with a password."""

        def load(session: Session) -> bool:
            link = session.scalars(_select_link(MailKind.REGISTER, secret, self._front)).first()
            return link is not None and enrolling.has_log_in(session, link.address)

        async with self._front.database.reading() as session:
            return await session.run_sync(load)

    async def reset(self, secret: str, password: str, *, origin: str) -> None:
        """Keep a new password; whoever is logged in is logged out. Raises `InputRefused` or `LinkOver`."""
        await self._check_password(MailKind.RESET, secret, password)
        kept = await self._hashing.hash(password)
        await self._front.write(_reset, self._front.act(origin=origin), self._front, secret, kept)

    async def register(self, secret: str, password: str, *, token: str, origin: str) -> str:
        """Keep the request of a registration whose address is proved, and log in; return the new token.

        With a log-in that is there already the password is its own. Raises `InputRefused`, `LinkOver`, or as a log-in.
        """
        account_id, kept = None, None
        if await self.has_account(secret):
            account_id = await self._accounts.prove(await self._address(secret), password, origin=origin)
        else:
            await self._check_password(MailKind.REGISTER, secret, password)
            kept = await self._hashing.hash(password)
        act = self._front.act(origin=origin)
        joined = await self._front.write(_register, act, self._front, secret, account_id, kept)
        return await self._accounts.begin(joined, token=token)

    async def _address(self, secret: str) -> str:
        async with self._front.database.reading() as session:
            link = (await session.scalars(_select_link(MailKind.REGISTER, secret, self._front))).first()
        if link is None:
            raise LinkOver
        return link.address

    async def _check_password(self, kind: MailKind, secret: str, password: str) -> None:
        async with self._front.database.reading() as session:
            link = (await session.scalars(_select_link(kind, secret, self._front))).first()
        if link is None:
            raise LinkOver
        stated = json.loads(link.details) if link.details else {}
        names = (stated.get("first_name", ""), stated.get("last_name", ""))
        clinic = (await self._front.practice()).clinic
        check_password(password, about=(link.address, clinic.name, *names))


def checked_registration(who: Registration) -> Registration:
    """Return what somebody states about themselves, as it is kept. Raises `InputRefused` naming the field."""
    names = {name: clean_line(getattr(who, name), field=name) for name in ("first_name", "last_name")}
    for name, words in (("first_name", "first name"), ("last_name", "last name")):
        if not names[name]:
            raise InputRefused(f"Enter your {words}.", field=name)
    phone = who.phone.strip()
    try:
        phone = checked_phone(Phone(kind="mobile", number=phone)).number if phone else ""
    except InputRefused as refusal:
        raise InputRefused(str(refusal), field="phone") from None
    return Registration(**names, birth_date=who.birth_date, email=who.email, phone=phone)


def _select_link(kind: MailKind, secret: str, front: Front) -> Select[OnlineLinkRow]:
    link = OnlineLinkRow
    return select(link).where(
        link.secret_digest == digest_of(secret),
        link.kind == kind.value,
        link.clinic_id == front.clinic_id,
        link.used_at.is_(None),
        link.expires_at > front.clock(),
    )


def _send_reset(session: Session, clinic: Clinic, act: Act, address: str) -> None:
    account = enrolling.account_of(session, address)
    if account is not None and account.locked_at is None:
        _send_link(session, clinic, act, MailKind.RESET, account.login_address, account.id, None)


def _send_link(
    session: Session,
    clinic: Clinic,
    act: Act,
    kind: MailKind,
    address: str,
    account_id: int | None,
    who: Registration | None,
) -> None:
    over = (OnlineLinkRow.expires_at <= act.at, OnlineLinkRow.details != "")
    session.execute(update(OnlineLinkRow).where(*over).values(details=""))
    stated = {} if who is None else {**asdict(who), "birth_date": who.birth_date.isoformat()}
    link = OnlineLinkRow(
        clinic_id=clinic.id,
        kind=kind.value,
        account_id=account_id,
        address=address,
        nonce=secrets.token_urlsafe(24),
        details=json.dumps(stated) if stated else "",
        made_at=act.at,
        expires_at=act.at + WORKS[kind],
    )
    session.add(link)
    session.flush()
    outbox.add(
        session, clinic.id, act, kind=kind.value, address=address, source=Source.SITE, due=act.at, link_id=link.id
    )


def _take(session: Session, act: Act, front: Front, kind: MailKind, secret: str) -> OnlineLinkRow:
    """Return a link that works, used by now. Raises `LinkOver`."""
    link: OnlineLinkRow | None = session.scalars(_select_link(kind, secret, front).with_for_update()).first()
    if link is None:
        raise LinkOver
    link.used_at = act.at
    return link


def _reset(session: Session, clinic: Clinic, act: Act, front: Front, secret: str, kept: str) -> None:
    link = _take(session, act, front, MailKind.RESET, secret)
    assert link.account_id is not None, "such a link is of an account"
    session.get_one(OnlineAccountRow, link.account_id).password_hash = kept
    online_sessions.end_all(session, link.account_id)
    online_sessions.forgive(session, [tries_of(link.address, "")[0][0]])
    others = (OnlineLinkRow.account_id == link.account_id, OnlineLinkRow.used_at.is_(None))
    session.execute(update(OnlineLinkRow).where(*others).values(used_at=act.at))
    ledger.record(
        session,
        clinic.id,
        act,
        kind="reset_password",
        subject_kind="online_account",
        subject_id=link.account_id,
        sentence="A patient chose a new password for Online Appointments.",
    )


def _register(
    session: Session, clinic: Clinic, act: Act, front: Front, secret: str, account_id: int | None, kept: str | None
) -> int:
    link = _take(session, act, front, MailKind.REGISTER, secret)
    stated = json.loads(link.details)
    if account_id is None:
        account_id = enrolling.log_in_for(session, act, link.address, kept)
    if account_id is None:
        raise LinkOver
    who = Registration(**{**stated, "birth_date": date.fromisoformat(stated["birth_date"])})
    enrolling.request_enrollment(session, clinic, act, account_id, who)
    link.details = ""
    return account_id
